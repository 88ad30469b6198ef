"""A round in which arms share a core, with the fake framework: who does, and what is stored."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Any

import pytest

from bench.analysis.samples.invocations import to_invocations
from bench.domain.design.plan import CoScheduling, Plan
from bench.domain.findings.costs import MemoryGrowthFinding
from bench.domain.status import CRASHED
from bench.domain.surroundings import OWN_SLICES
from bench.domain.tries import Failures
from bench.execution.listener import Listener
from bench.execution.processes.core_speed import CoreSpeedMonitors
from bench.execution.processes.environment import Survey, environment
from bench.execution.rounds.round import RoundResult, measure_round
from bench.execution.rounds.run import execute_run, seen_phases
from bench.planning.order import SeenPhases
from bench.runs.conclude import conclude
from tests.analysis.sample_tables import frame
from tests.fakes.plan import fake_folder, fake_plan

SHARED = CoScheduling(arms=3, block_ms=2.0, solo_every=2)


def sharing_plan(*builders: str, **changes: Any) -> Plan:
    return fake_plan(*builders, co_scheduling=SHARED, memory_bytes=1 << 30, **changes)


def measured(plan: Plan, number: int = 0, seen: SeenPhases | None = None) -> RoundResult:
    with CoreSpeedMonitors([]) as monitors:
        return measure_round(plan, number, Failures(), monitors, seen=seen or SeenPhases())


def test_members_of_a_group_share_a_core_and_overlap() -> None:
    plan = sharing_plan("computes_for_long", "computes_for_longer", layers=(2,))
    groups: dict[int, list[Any]] = defaultdict(list)
    for row in measured(plan).rows:
        if row["phase"] == "construct" and row["group"] is not None:
            groups[row["group"]].append(row)
    ((_, members),) = groups.items()
    assert Counter(row["arm"] for row in members) == Counter(
        ("computes_for_long", "computes_for_longer", "placebo")
    )
    assert len({row["core"] for row in members}) == 1
    for row in members:
        assert row["wall_ns"] > 1.5 * row["cpu_ns"], "others had the core meanwhile"
    longest = max(members, key=lambda row: row["cpu_ns"])
    assert longest["arm"] == "computes_for_longer"
    assert longest["alone_ns"] > 100_000_000


def test_solo_invocations_and_groups_are_told_apart_in_the_samples() -> None:
    plan = sharing_plan("good", "unbuilt", "computes_for_long", layers=(2, 4))
    found = to_invocations(frame(list(measured(plan, number=1).rows)))
    solo = Counter(found.cells[cell] for cell in found.cell[found.group < 0])
    shared = Counter(found.cells[cell] for cell in found.cell[found.group >= 0])
    for cell in plan.cells():
        is_baseline = cell == plan.baseline_of(cell)
        assert solo[cell] <= 1
        assert not is_baseline or solo[cell] == 1
        assert shared[cell] == (2 if is_baseline else 1)


def test_calls_that_repeat_are_one_block_where_a_core_is_shared() -> None:
    plan = sharing_plan("good", "unbuilt", layers=(2,))
    rows = [row for row in measured(plan).rows if row["phase"] == "inference"]
    shared = [row for row in rows if row["group"] is not None]
    assert shared
    assert all(row["calls"] >= 1 and row["iteration"] is None for row in shared)
    solo = [row for row in rows if row["group"] is None]
    assert any(row["iteration"] is not None for row in solo)
    assert all(row["calls"] is None for row in solo)


def test_arm_that_takes_its_interpreter_down_fails_alone_and_the_others_are_solo() -> None:
    plan = sharing_plan("good", "kills_its_zygote", layers=(2,))
    result = measured(plan, number=1)
    assert {each.kind for each in result.failures} == {CRASHED}
    assert {each.invocation.cell.arm for each in result.failures} == {"kills_its_zygote"}
    measured_arms = {row.get("arm") for row in result.rows if row["status"] == "ok"}
    assert {"good", "placebo"} <= measured_arms
    tried_again = [row for row in result.rows if row["interpreter"] > 0 and row.get("arm")]
    assert tried_again
    assert all(row["group"] is None for row in tried_again)


def test_short_phases_are_seen_and_then_taken_in_turns(tmp_path: Any) -> None:
    plan = sharing_plan("good", "computes_for_long", layers=(2,), rounds=2)
    folder = fake_folder(tmp_path / "run", plan)
    findings = execute_run(folder, Listener(), enough=lambda _: False)
    seen = seen_phases(plan, findings)
    assert (plan.panels[0], "compile") in seen.short
    assert all(phase != "inference" for _, phase in seen.short)


def test_phase_that_waits_is_compared_solo_by_every_arm_from_then_on(tmp_path: Any) -> None:
    plan = sharing_plan("sleeps", "sleeps_longer", layers=(2,), rounds=3)
    folder = fake_folder(tmp_path / "run", plan)
    execute_run(folder, Listener(), enough=lambda _: False)
    findings = conclude(folder)
    construct = next(
        each
        for each in findings.timings
        if (each.phase, each.arm) == ("construct", "sleeps_longer")
    )
    assert construct.scheduled == "solo"
    assert construct.ratio == pytest.approx(2, rel=0.25)
    assert seen_phases(plan, findings).waiting == {plan.panels[0]}
    found = to_invocations(folder.samples())
    for number in (1, 2):
        mine = (found.round == number) & (found.group < 0)
        assert {found.cells[cell].arm for cell in found.cell[mine]} == {
            "sleeps",
            "sleeps_longer",
            "placebo",
        }


def test_arm_that_waits_is_not_called_equal_for_what_it_computes(tmp_path: Any) -> None:
    plan = sharing_plan("computes_for_long", "sleeps", layers=(2,), rounds=2)
    findings = execute_run(fake_folder(tmp_path / "run", plan), Listener(), enough=lambda _: False)
    (construct,) = [
        each for each in findings.timings if (each.phase, each.arm) == ("construct", "sleeps")
    ]
    assert construct.scheduled == "solo"
    assert seen_phases(plan, findings).waiting == {plan.panels[0]}


def test_panel_with_a_series_of_calls_has_solo_invocations_from_then_on(tmp_path: Any) -> None:
    plan = sharing_plan("good", "computes_for_long", layers=(2,), rounds=2)
    findings = execute_run(fake_folder(tmp_path / "run", plan), Listener(), enough=lambda _: False)
    assert not seen_phases(plan, findings).waiting
    series = MemoryGrowthFinding(
        **plan.cells()[0].fields(),
        placebo=False,
        phase="search",
        rounds=2,
        memory="flat",
        retained_bytes=0.0,
        retained_bytes_low=None,
        retained_bytes_high=None,
        slowdown=1.0,
        slowdown_low=None,
        slowdown_high=None,
        seconds=(1.0, 1.0),
        bytes=(0.0, 0.0),
    )
    findings = findings.model_copy(update={"memory_growth": (series,)})
    assert seen_phases(plan, findings).waiting == {plan.panels[0]}


@pytest.mark.parametrize("taken", [True, False])
def test_run_knows_whether_the_kernel_takes_the_length_of_slices(
    taken: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []

    def request_slice(slice_ns: int) -> bool:
        asked.append(slice_ns)
        return taken

    monkeypatch.setattr("bench.execution.resources.request_slice", request_slice)
    survey = Survey(versions={}, populate=True, bad={})
    assert (OWN_SLICES in environment(survey, sharing_plan("good"))) is not taken
    assert OWN_SLICES not in environment(survey, fake_plan("good"))
    assert asked == [3_000_000]
