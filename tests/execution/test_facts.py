"""Notes of scenarios' own lifecycles, taken once the rounds are over; in the fake framework."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from bench.domain.design.comparison import family
from bench.domain.design.plan import Plan
from bench.domain.findings.costs import COMPILED_FACT
from bench.domain.findings.run import Findings
from bench.domain.phases import Lifecycle
from bench.domain.scenario import Arm, Scenario
from bench.execution.listener import Listener, RoundReport
from bench.execution.processes.environment import survey
from bench.execution.processes.interpreter import Interpreter
from bench.execution.processes.requests import launch_spec
from bench.execution.rounds.run import execute_run
from bench.planning.build import compose
from bench.planning.run_options import RunOptions
from bench.store.documents import Observation
from bench.store.run_folder import RunFolder
from tests.fakes.plan import fake_folder, fake_plan, fake_preset

FAKES = "tests.fakes.lifecycles"
GOOD, UNBUILT = "tests.fakes.builders:good", "tests.fakes.builders:unbuilt"

ARMS: Mapping[str, Arm] = {
    "good": Arm(GOOD),
    "unbuilt": Arm(UNBUILT, lifecycle_arguments={"value": 12}),
}


def lived_plan(
    arms: Mapping[str, Arm] = ARMS,
    function: str = f"{FAKES}:good",
    rounds: int = 2,
    layers: tuple[int, ...] = (2, 4),
    **changes: Any,
) -> Plan:
    """A plan whose scenario has a lifecycle of its own; the first of ``arms`` is its baseline."""
    scenario = Scenario(
        question="How do fakes live?",
        arms=arms,
        baseline=next(iter(arms)),
        architectures=("tests.fakes.builders:stack",),
        layers=layers,
        headline=("first",),
        lifecycle=Lifecycle(function, ("first", "second", "calls"), time_to_first_output="answer"),
    )
    wishes = RunOptions(
        free_memory_bytes=1 << 29, seed=1, backends=("tests.fakes.framework",), timeout_s=20
    )
    plan = compose({"lives": scenario}, fake_preset(rounds), wishes, sys.executable)
    return Plan.model_validate({**plan.model_dump(), **changes})


class Watching(Listener):
    """Remembers of how many cells notes were taken; interrupts the run where it is asked to."""

    def __init__(self, interrupt_in: str = "") -> None:
        self.noted: list[int] = []
        self._interrupt_in = interrupt_in

    def round_ends(self, report: RoundReport) -> None:
        if self._interrupt_in == "round":
            raise KeyboardInterrupt

    def facts_begin(self, cells: int) -> None:
        self.noted.append(cells)
        if self._interrupt_in == "notes":
            raise KeyboardInterrupt


def test_every_cell_but_the_placebo_is_asked_for_its_notes(tmp_path: Path) -> None:
    folder, listener = fake_folder(tmp_path / "run", lived_plan()), Watching()
    findings = execute_run(folder, listener)
    assert listener.noted == [4]
    assert len(folder.observations(Observation.FACTS)) == 4
    noted: dict[tuple[str, int | None], dict[str, object]] = {}
    for each in findings.facts:
        noted.setdefault((each.arm, each.layers), {})[each.name] = each.value
    common = {"batch": 32, "half": 0.5, "scalar": 7}
    assert noted == {
        ("good", 2): {**common, "layers": 3, "built": True, "value": "some text"},
        ("good", 4): {**common, "layers": 5, "built": True, "value": "some text"},
        ("unbuilt", 2): {**common, "layers": 3, "built": False, "value": 12},
        ("unbuilt", 4): {**common, "layers": 5, "built": False, "value": 12},
    }
    assert findings.status == "complete"
    assert not findings.failures
    assert not [each for each in findings.warnings if each.kind == "facts"]


def outputs_told(findings: Findings) -> list[str]:
    return [each.text for each in findings.warnings if each.kind.startswith("outputs")]


def test_models_that_lifecycles_hand_over_are_compared(tmp_path: Path) -> None:
    folder = fake_folder(tmp_path / "alike", lived_plan(rounds=1))
    assert outputs_told(execute_run(folder, Listener())) == []
    arms = {**ARMS, "longer": Arm("tests.fakes.builders:longer_when_deep")}
    findings = execute_run(fake_folder(tmp_path / "other", lived_plan(arms, rounds=1)), Listener())
    (text,) = outputs_told(findings)
    assert text.startswith("at 4 layers: the outputs of longer differ from those of good")
    assert f"Outputs: {text}." in findings.answer
    assert COMPILED_FACT not in {each.name for each in findings.facts}


def test_lifecycle_that_hands_over_no_model_is_told_in_one_line(tmp_path: Path) -> None:
    arms = {
        "good": Arm(GOOD),
        "unbuilt": Arm(UNBUILT),
        "longer": Arm("tests.fakes.builders:longer"),
    }
    plan = lived_plan(arms, function=f"{FAKES}:returns_nothing", rounds=1)
    findings = execute_run(fake_folder(tmp_path / "run", plan), Listener())
    reason = "the lifecycle returned None, not a model"
    assert outputs_told(findings) == [
        f"the outputs of unbuilt, longer are not compared with those of good: {reason}"
    ]
    assert findings.status == "complete"
    assert not findings.failures


def test_notes_keep_their_types_in_the_stored_findings(tmp_path: Path) -> None:
    folder = fake_folder(tmp_path / "run", lived_plan(rounds=1, layers=(2,)))
    findings = execute_run(folder, Listener())
    stored = RunFolder(folder.path).findings()
    assert stored is not None
    assert [(each.name, each.value, type(each.value)) for each in stored.facts] == [
        (each.name, each.value, type(each.value)) for each in findings.facts
    ]
    kinds = {each.name: type(each.value) for each in stored.facts if each.arm == "good"}
    assert kinds["built"] is bool
    assert kinds["layers"] is int
    assert kinds["half"] is float


@pytest.mark.parametrize("value", ["nan", "inf"])
def test_note_that_is_no_finite_number_does_no_harm(tmp_path: Path, value: str) -> None:
    plan = lived_plan(function=f"{FAKES}:notes_a_number", rounds=1, layers=(2,), arms=_only(value))
    folder = fake_folder(tmp_path / "run", plan)
    execute_run(folder, Listener())
    assert RunFolder(folder.path).findings() is not None


def _only(value: str) -> Mapping[str, Arm]:
    return {"good": Arm(GOOD, lifecycle_arguments={"text": value})}


def test_note_that_fails_becomes_a_warning_and_the_run_is_complete(tmp_path: Path) -> None:
    arms = {**ARMS, "bad": Arm(GOOD, lifecycle_arguments={"value": [1]})}
    folder = fake_folder(tmp_path / "run", lived_plan(arms))
    findings = execute_run(folder, Listener())
    assert folder.record.status == "complete"
    (warning,) = [each for each in findings.warnings if each.kind == "facts"]
    assert warning.text.startswith(
        "there are no facts about lives · tests.fakes.builders:stack · 2 layers · bad, "
        "lives · tests.fakes.builders:stack · 4 layers · bad: "
    )
    assert "note 'value' is a list" in warning.text
    assert {each.arm for each in findings.facts} == {"good", "unbuilt"}
    assert {each.arm for each in findings.cells} == {"good", "placebo", "unbuilt", "bad"}
    assert not findings.failures


def test_cells_that_were_given_up_are_not_asked(tmp_path: Path) -> None:
    arms = {**ARMS, "newer": Arm(GOOD, patch=f"{FAKES}:needs_newer_version")}
    folder, listener = fake_folder(tmp_path / "run", lived_plan(arms)), Watching()
    findings = execute_run(folder, listener)
    assert listener.noted == [4]
    assert {each.arm for each in findings.facts} == {"good", "unbuilt"}
    assert {failure.arm for failure in findings.failures} == {"newer"}
    assert not [each for each in findings.warnings if each.kind == "facts"]


def test_notes_are_taken_after_the_rounds_of_a_resumed_run(tmp_path: Path) -> None:
    folder, listener = fake_folder(tmp_path / "run", lived_plan()), Watching("round")
    with pytest.raises(KeyboardInterrupt):
        execute_run(folder, listener)
    assert listener.noted == []
    assert folder.observations(Observation.FACTS) == {}
    findings = execute_run(RunFolder(folder.path), Listener())
    assert {each.arm for each in findings.facts} == {"good", "unbuilt"}


def test_run_that_is_interrupted_before_its_notes_takes_them_when_it_goes_on(
    tmp_path: Path,
) -> None:
    folder = fake_folder(tmp_path / "run", lived_plan())
    with pytest.raises(KeyboardInterrupt):
        execute_run(folder, Watching("notes"))
    assert folder.record.status == "interrupted"
    findings = execute_run(RunFolder(folder.path), Listener())
    assert findings.status == "complete"
    assert {each.arm for each in findings.facts} == {"good", "unbuilt"}


def test_stored_notes_are_not_taken_again(tmp_path: Path) -> None:
    folder = fake_folder(tmp_path / "run", lived_plan())
    execute_run(folder, Listener())
    stored = folder.observations(Observation.FACTS)
    told = {**stored[0], "values": {"layers": "as it was told"}}
    folder.write_observation(Observation.FACTS, 0, told)
    listener = Watching()
    findings = execute_run(RunFolder(folder.path), listener)
    assert listener.noted == []
    assert folder.observations(Observation.FACTS) == {**stored, 0: told}
    assert "as it was told" in [each.value for each in findings.facts]


def test_notes_that_failed_are_taken_again(tmp_path: Path) -> None:
    folder = fake_folder(tmp_path / "run", lived_plan())
    execute_run(folder, Listener())
    stored = folder.observations(Observation.FACTS)
    number = min(stored)
    folder.write_observation(
        Observation.FACTS, number, {**stored[number], "values": {}, "failed": "too late"}
    )
    listener = Watching()
    execute_run(RunFolder(folder.path), listener)
    assert listener.noted == [1]
    assert folder.observations(Observation.FACTS) == stored


def test_notes_are_stored_as_they_come(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = fake_folder(tmp_path / "run", lived_plan())
    write, written = RunFolder.write_observation, []

    def interrupt(self: RunFolder, kind: Observation, number: int, document: Any) -> None:
        write(self, kind, number, document)
        if kind is Observation.FACTS:
            written.append(number)
        if len(written) == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr(RunFolder, "write_observation", interrupt)
    with pytest.raises(KeyboardInterrupt):
        execute_run(folder, Listener())
    monkeypatch.undo()
    assert sorted(folder.observations(Observation.FACTS)) == sorted(written)
    listener = Watching()
    execute_run(RunFolder(folder.path), listener)
    assert listener.noted == [2]


def test_scenario_with_call_modes_has_no_notes(tmp_path: Path) -> None:
    folder, listener = fake_folder(tmp_path / "run", fake_plan(rounds=1)), Watching()
    findings = execute_run(folder, listener)
    assert listener.noted == []
    assert folder.observations(Observation.FACTS) == {}
    assert {each.name for each in findings.facts} == {COMPILED_FACT}
    assert findings.memory_growth == ()


def test_lifecycle_of_its_own_is_measured_compared_and_summed_up(tmp_path: Path) -> None:
    plan = lived_plan(layers=(2,))
    findings = execute_run(fake_folder(tmp_path / "run", plan), Listener())
    compared = ("first", "second", "calls", "answer")
    assert findings.lifecycles["lives"].compared == compared
    assert {each.phase for each in findings.comparisons} == set(compared)
    assert all(each.rounds == 2 for each in findings.timings)
    assert {(each.arm, each.phase, len(each.seconds)) for each in findings.memory_growth} == {
        (arm, "calls", 3) for arm in ("good", "placebo", "unbuilt")
    }
    seconds = {each.phase: each.value for each in findings.timed_cells if each.arm == "good"}
    assert {"prepare", "prepare_2"} <= set(seconds)
    assert seconds["answer"] >= seconds["calls"]


def test_plan_keeps_its_lifecycles_patches_and_arguments_as_json() -> None:
    patched = Arm(GOOD, patch=f"{FAKES}:good_patch", lifecycle_arguments={"calls": 2})
    plan = lived_plan({**ARMS, "patched": patched})
    again = Plan.model_validate_json(plan.model_dump_json())
    assert again == plan
    assert again.scenario("lives").lifecycle == Lifecycle(
        f"{FAKES}:good", ("first", "second", "calls"), "answer"
    )
    assert again.lifecycles() == plan.lifecycles()
    assert family(again) == family(plan)
    arm = next(arm for arm in again.scenario("lives").arms if arm.name == "patched")
    assert (arm.patch, arm.lifecycle_arguments) == (f"{FAKES}:good_patch", {"calls": 2})


def test_plan_of_call_modes_has_no_lifecycle_as_json() -> None:
    plan = fake_plan()
    again = Plan.model_validate_json(plan.model_dump_json())
    assert again == plan
    assert again.scenarios[0].lifecycle is None


def surveyed(plan: Plan) -> Mapping[str, str]:
    """The references of ``plan`` that do not resolve, and why."""
    with Interpreter(launch_spec(plan, 0)) as interpreter:
        return survey(interpreter, plan).bad


def test_survey_tells_lifecycles_and_patches_that_are_not_there() -> None:
    lost = f"{FAKES}:lost_patch"
    plan = lived_plan({**ARMS, "lost": Arm(GOOD, patch=lost)}, function=f"{FAKES}:lost_life")
    bad = surveyed(plan)
    assert set(bad) == {lost, f"{FAKES}:lost_life"}
    assert "has no 'lost_patch'" in bad[lost]
    assert "has no 'lost_life'" in bad[f"{FAKES}:lost_life"]


def test_survey_finds_lifecycles_and_patches_that_are_there() -> None:
    arms = {**ARMS, "patched": Arm(GOOD, patch=f"{FAKES}:good_patch")}
    assert surveyed(lived_plan(arms)) == {}


def test_note_that_kills_its_interpreter_leaves_the_others_noted(tmp_path: Path) -> None:
    arms = {**ARMS, "kills": Arm("tests.fakes.builders:kills_its_zygote")}
    plan = lived_plan(arms, rounds=1, layers=(2,), jobs=2)
    folder = fake_folder(tmp_path / "run", plan)
    findings = execute_run(folder, Listener())
    assert findings.status == "complete"
    assert {each.arm for each in findings.facts} == {"good", "unbuilt"}
    (warning,) = [each for each in findings.warnings if each.kind == "facts"]
    assert "its interpreter was killed by SIGKILL" in warning.text
