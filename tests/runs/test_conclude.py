"""What the runner tells the analysis of a stored run."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.domain.design.comparison import family
from bench.domain.design.plan import Plan
from bench.domain.findings.explanation import Explanation, StructureFinding
from bench.execution.listener import Listener
from bench.execution.rounds.run import execute_run
from bench.runs.conclude import conclude
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
