"""What the runner tells the analysis of a stored run."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from bench.domain.design.comparison import family
from bench.domain.design.plan import Plan
from bench.domain.findings.explanation import Explanation, StructureFinding
from bench.domain.findings.run import Findings
from bench.execution.listener import Listener
from bench.execution.rounds.run import execute_run
from bench.report.answer.compose import compose_answer
from bench.runs.conclude import conclude
from bench.runs.findings import current_findings
from bench.store.files import InvalidRun
from bench.store.run_folder import RunFolder
from tests.fakes.explanations import empty_explanation
from tests.fakes.plan import fake_folder, fake_plan


def called(call_mode: str) -> Plan:
    plan = fake_plan("good", "unbuilt", layers=(2,))
    panels = tuple(panel.model_copy(update={"call_mode": call_mode}) for panel in plan.panels)
    return plan.model_copy(update={"panels": panels})


@pytest.mark.parametrize("call_mode", ["function", "xla", "eager", "predict", "train", "fit"])
def test_steady_calls_of_a_compiled_program_are_the_controls(call_mode: str) -> None:
    plan = called(call_mode)
    (panel,) = plan.panels
    known = {(panel.scenario, panel.architecture, "unbuilt")}
    controls = {each.phase for each in family(plan, known) if each.same_program}
    assert controls == ({"inference"} if call_mode in ("function", "xla") else set())


@pytest.mark.parametrize("baseline", ["good", "unbuilt"])
def test_only_the_run_s_own_baseline_makes_a_control(tmp_path: Path, baseline: str) -> None:
    folder = fake_folder(tmp_path / "run", fake_plan("good", "unbuilt", rounds=2, layers=(2,)))
    noise = execute_run(folder, Listener()).noise
    assert noise.controls == noise.placebo_comparisons
    folder.write_explanation(explained(folder, baseline))
    assert conclude(folder).noise.controls == noise.controls + (baseline == "good")


@pytest.mark.parametrize("content", ["{}", "[]", '{"cell": 1}', '{"cell": [{}, "good", "x"]}'])
@pytest.mark.parametrize("name", ["profile-0000", "notes-0000", "facts-0000", "outputs-0000"])
def test_observation_that_says_nothing_is_named(tmp_path: Path, name: str, content: str) -> None:
    folder = fake_folder(tmp_path / "run", fake_plan("good", "unbuilt", rounds=1, layers=(2,)))
    (folder.path / "observations").mkdir()
    (folder.path / "observations" / f"{name}.json").write_text(content)
    with pytest.raises(InvalidRun, match=rf"{name}\.json cannot be read: ") as raised:
        conclude(folder)
    assert "\n" not in str(raised.value)


def test_what_is_stored_while_a_run_is_concluded_from_is_concluded_from_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = fake_folder(tmp_path / "run", fake_plan("good", "unbuilt", rounds=2, layers=(2,)))
    controls = execute_run(folder, Listener()).noise.controls
    before = folder.sources()

    def another_stores(findings: Findings, explanations: Sequence[Explanation]) -> tuple[str, ...]:
        folder.write_explanation(explained(folder, "good"))
        return compose_answer(findings, explanations)

    with monkeypatch.context() as patched:
        patched.setattr("bench.runs.conclude.compose_answer", another_stores)
        found = conclude(folder)
    assert (found.sources, found.noise.controls) == (before, controls)
    folder.write_findings(found)
    later = current_findings(folder)
    assert (later.sources, later.noise.controls) == (folder.sources(), controls + 1)


def explained(folder: RunFolder, baseline: str) -> Explanation:
    panel = folder.record.plan.panels[0]
    same = StructureFinding(
        arm="unbuilt" if baseline == "good" else "good",
        baseline=baseline,
        layers=2,
        same=("program",),
        different=(),
        first=None,
        difference=(),
        same_program=True,
    )
    found = empty_explanation(panel.scenario, panel.architecture, baseline)
    return found.model_copy(update={"structure": (same,)})
