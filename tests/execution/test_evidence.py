"""Evidence that a run gathers once its rounds are over; with the fake framework."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

from bench.domain.design.plan import Plan
from bench.domain.findings.evidence import Failure
from bench.domain.findings.explanation import Explanation
from bench.domain.panel import Cell
from bench.execution.listener import Listener, RoundReport
from bench.execution.passes.evidence import (
    RECOUNTS,
    SLOWDOWN,
    START_S,
    PassTimer,
    evidence_tasks,
    fastest_seconds,
    law_depths,
)
from bench.execution.passes.tasks import Task, depth_of
from bench.execution.processes.jobs import Completed
from bench.execution.rounds.run import execute_run
from bench.runs.conclude import conclude
from bench.store.run_folder import RunFolder
from tests.fakes.plan import fake_folder, fake_plan

ARMS = ("straight", "copies_the_list", "never_hits_its_cache")


class Watching(Listener):
    """Counts how often evidence was gathered; interrupts the run in it, or in a round."""

    def __init__(self, interrupt_in: str = "") -> None:
        self.began = 0
        self._interrupt_in = interrupt_in

    def round_ends(self, report: RoundReport) -> None:
        if self._interrupt_in == "round":
            raise KeyboardInterrupt

    def evidence_begins(self, seconds: float) -> None:
        self.began += 1
        if self._interrupt_in == "evidence":
            raise KeyboardInterrupt


def plan_with_evidence(
    *arms: str,
    module: str = "tests.fakes.injected_causes",
    layers: tuple[int, ...] = (2, 8),
    evidence_s: float = 60,
    **changes: Any,
) -> Plan:
    return fake_plan(
        *(arms or ARMS), module=module, rounds=1, layers=layers, evidence_s=evidence_s, **changes
    )


def explained(folder: RunFolder) -> Explanation:
    (explanation,) = folder.explanations()
    return explanation


def tasks_of(plan: Plan, **seconds: float) -> list[Task]:
    """The passes of ``plan`` where the arms take so many seconds, and 1 unless given."""
    cells = [cell for cell in plan.cells() if not cell.placebo]
    return evidence_tasks(plan, cells, lambda cell: seconds.get(cell.arm, 1.0))


def test_run_says_why_its_arms_differ_and_what_makes_as_many_calls(tmp_path: Path) -> None:
    folder = fake_folder(tmp_path / "run", plan_with_evidence())
    findings = execute_run(folder, Listener())
    explanation = explained(folder)
    growth = {each.arm: each for each in explanation.growth if each.phase == "construct"}
    assert growth["straight"].depths == (2, 3, 4, 8)
    assert growth["copies_the_list"].edges[0].callee.name == "make_layer"
    more = {each.arm: each for each in explanation.call_differences if each.phase == "construct"}
    assert more["copies_the_list"].leading == "n²"
    assert "inference" in explanation.same_work["never_hits_its_cache"]
    assert not explanation.left_out
    assert findings == conclude(RunFolder(folder.path))


def test_plan_without_time_for_evidence_gathers_none(tmp_path: Path) -> None:
    folder, watching = fake_folder(tmp_path / "run", plan_with_evidence(evidence_s=0)), Watching()
    execute_run(folder, watching)
    assert (folder.explanations(), watching.began) == ([], 0)


def test_what_did_not_fit_is_said(tmp_path: Path) -> None:
    folder = fake_folder(tmp_path / "run", plan_with_evidence(evidence_s=START_S / 2))
    execute_run(folder, Listener())
    explanation = explained(folder)
    assert not explanation.structure
    assert not explanation.growth
    said = {(each.what, each.arm, each.layers) for each in explanation.left_out}
    assert said == {
        (task.what, task.cell.arm, task.cell.panel.layers) for task in tasks_of(folder.record.plan)
    }


@pytest.mark.parametrize("place", ["round", "evidence"])
def test_interrupted_run_is_resumed_with_its_evidence(tmp_path: Path, place: str) -> None:
    folder = fake_folder(tmp_path / "run", plan_with_evidence())
    with pytest.raises(KeyboardInterrupt):
        execute_run(folder, Watching(interrupt_in=place))
    assert folder.explanations() == []
    resumed, again = Watching(), Watching()
    findings = execute_run(RunFolder(folder.path), resumed)
    assert execute_run(RunFolder(folder.path), again) == findings
    assert (resumed.began, again.began) == (1, 0)
    assert explained(folder).growth


def test_arm_that_cannot_be_measured_is_not_examined(tmp_path: Path) -> None:
    plan = plan_with_evidence("good", "needs_newer_version", module="tests.fakes.builders")
    folder = fake_folder(tmp_path / "run", plan)
    execute_run(folder, Listener())
    assert {each.arm for each in explained(folder).counters} == {"good"}
    assert not explained(folder).failures


def test_pass_that_fails_is_reported_and_the_run_is_complete(tmp_path: Path) -> None:
    plan = plan_with_evidence("good", "raises", module="tests.fakes.builders")
    folder = fake_folder(tmp_path / "run", plan)
    findings = execute_run(folder, Listener())
    assert findings.status == "complete"
    assert {each.arm for each in explained(folder).failures} == {"raises"}


def test_single_depth_and_builders_without_depth_have_their_calls_counted(tmp_path: Path) -> None:
    plan = plan_with_evidence(layers=(8,))
    panel = plan.panels[0].model_copy(update={"architecture": None, "layers": None})
    arms = [
        arm.model_copy(update={"builder": f"tests.fakes.builders:{name}"})
        for arm, name in zip(
            plan.scenarios[0].arms, ("without_depth",) * len(plan.scenarios[0].arms), strict=True
        )
    ]
    bare = plan.model_copy(
        update={
            "panels": (panel,),
            "scenarios": (plan.scenarios[0].model_copy(update={"arms": tuple(arms)}),),
        }
    )
    for number, (each, depth) in enumerate(((plan, 8), (bare, 0))):
        folder = fake_folder(tmp_path / str(number), each)
        execute_run(folder, Listener())
        explanation = explained(folder)
        assert {finding.depths for finding in explanation.growth} == {(depth,)}
        assert all(finding.law is None for finding in explanation.growth)
        assert {difference.depths for difference in explanation.call_differences} == {(depth,)}


def test_programs_come_first_then_calls_and_last_what_is_retained() -> None:
    tasks = tasks_of(plan_with_evidence())
    whats = [task.what for task in tasks]
    assert whats == sorted(whats, key=["structure", "growth", "work"].index)
    assert [task.cell.arm for task in tasks if task.what == "structure"] == list(ARMS)
    repeated = [task for task in tasks if task.repetition]
    assert {(task.cell.arm, depth_of(task.cell)) for task in repeated} == {("straight", 2)}
    assert max(task.repetition for task in repeated) == RECOUNTS - 1


def test_arms_that_differ_most_are_counted_at_all_depths_before_the_others() -> None:
    plan = plan_with_evidence("usual", "slower", "alike", "faster")
    counted = [
        (task.cell.arm, depth_of(task.cell))
        for task in tasks_of(plan, slower=2.0, faster=0.25)
        if task.what == "growth" and not task.repetition
    ]
    depths = (8, 4, 3, 2)
    arms = ("usual", "faster", "slower", "alike")
    assert counted == [(arm, depth) for arm in arms for depth in depths]


def test_one_arm_has_nothing_to_be_compared_with() -> None:
    tasks = tasks_of(plan_with_evidence("straight"))
    assert {task.what for task in tasks} == {"growth", "work"}


@pytest.mark.parametrize(
    ("depths", "counted"),
    [
        ((4, 16, 64), [4, 8, 16, 64]),
        ((8, 32), [8, 11, 16, 32]),
        ((2, 4, 8, 16, 32), [2, 4, 8, 16, 32]),
        ((16,), [16]),
        ((1, 2), [1, 2]),
        ((0,), [0]),
    ],
)
def test_calls_are_counted_at_depths_enough_for_a_law(
    depths: tuple[int, ...], counted: list[int]
) -> None:
    assert law_depths(depths) == counted


def test_depth_in_between_takes_what_the_next_deeper_one_takes(tmp_path: Path) -> None:
    plan = plan_with_evidence(evidence_s=0)
    folder = fake_folder(tmp_path / "run", plan)
    execute_run(folder, Listener())
    samples = folder.samples()
    whole = samples["phase"] == "invocation"
    samples.loc[whole, "wall_ns"] = samples.loc[whole, "layers"].astype("int64") * 10**9
    seconds = fastest_seconds(samples)
    shallow, deep = plan.panels

    def cell(layers: int, arm: str = "straight") -> Cell:
        return Cell(deep.model_copy(update={"layers": layers}), arm)

    assert (shallow.layers, deep.layers) == (2, 8)
    assert [seconds(cell(layers)) for layers in (2, 3, 8, 9)] == [2.0, 8.0, 8.0, 0.0]
    assert seconds(cell(2, "never_measured")) == 0.0


def test_pass_is_expected_to_take_as_much_longer_as_those_before_it() -> None:
    cell = plan_with_evidence().cells()[0]
    task, expected_s = Task("growth", cell), START_S + SLOWDOWN * 10
    timer = PassTimer(time.monotonic() + 1.5 * expected_s, lambda cell: 10.0)
    failure = Failure("crashed", "killed by SIGSEGV")
    assert timer.has_time_for(task)
    timer.note(Completed(task, failure, None, 0, process_ns=int(1e9 * expected_s)))
    assert timer.has_time_for(task)
    timer.note(Completed(task, failure, None, 0, process_ns=int(3e9 * expected_s)))
    assert not timer.has_time_for(task)
