"""Costs put together from co-scheduled and solo invocations, worked by hand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from bench.analysis.arrays import Floats, log, median
from bench.analysis.inference.intervals import median_interval
from bench.analysis.samples.co_scheduling import RECOVERY_S, with_co_scheduled
from bench.analysis.samples.invocations import to_invocations
from bench.analysis.samples.rounds import RoundCosts, reduce_rounds
from bench.domain.metrics import CPU_SECONDS, PEAK_BYTES, RETAINED_BYTES
from bench.domain.panel import Cell
from tests.analysis.sample_tables import failed, frame, invocation, panel

COMPOSITES = {"function": {"ready": ("construct", "build")}}
BASELINES = {
    Cell(panel(layers), arm): Cell(panel(layers), "inline")
    for layers in (4, 16)
    for arm in ("incremental", "placebo")
}
Rows = list[dict[str, Any]]


def costs_of(*invocations: Rows, baselines: Mapping[Cell, Cell] = BASELINES) -> RoundCosts:
    """The costs of a run of these invocations, whose orders are those in which they are given."""
    rows = [{**row, "order": order} for order, each in enumerate(invocations) for row in each]
    everything = to_invocations(frame(rows))
    solo = reduce_rounds(
        everything.chosen(everything.group < 0),
        composites=COMPOSITES,
        iterating={"inference"},
        rounds=np.unique(everything.round),
    )
    return with_co_scheduled(
        solo,
        everything,
        baselines,
        composites=COMPOSITES,
        iterating={"inference"},
        computing=0.9,
        margin=0.05,
    )


def inline(seconds: Mapping[str, float | None], **changes: Any) -> Rows:
    return invocation(panel(), "inline", seconds, **changes)


def incremental(seconds: Mapping[str, float | None], **changes: Any) -> Rows:
    return invocation(panel(), "incremental", seconds, **changes)


def seconds(costs: RoundCosts, phase: str = "construct", arm: str = "incremental") -> list[float]:
    return [round(each, 9) for each in costs.of(Cell(panel(), arm), phase).tolist()]


def test_arm_costs_what_its_baseline_does_solo_times_their_ratio_on_one_core() -> None:
    costs = costs_of(
        inline({"construct": 1.0}),
        inline({"construct": 1.5}, group=0),
        incremental({"construct": 3.0}, group=0),
    )
    assert seconds(costs) == [2.0]
    assert seconds(costs, arm="inline") == [1.0]
    assert (Cell(panel(), "incremental"), "construct") in costs.co_scheduled


def test_ratio_is_that_of_cpu_times_and_not_of_wall_times() -> None:
    costs = costs_of(
        inline({"construct": 1.0}),
        inline({"construct": 9.0}, cpu_seconds={"construct": 2.0}, group=0),
        incremental({"construct": 9.0}, cpu_seconds={"construct": 3.0}, group=0),
    )
    assert seconds(costs) == [1.5]
    assert costs.of(Cell(panel(), "incremental"), "construct", CPU_SECONDS).tolist() == (
        pytest.approx([1.5])
    )


def test_solo_times_of_an_arm_do_not_enter_where_it_was_co_scheduled() -> None:
    costs = costs_of(
        inline({"construct": 1.0}),
        incremental({"construct": 5.0}),
        inline({"construct": 1.0}, group=0),
        incremental({"construct": 2.0}, group=0),
    )
    assert seconds(costs) == [2.0]


def test_ratios_are_made_within_a_group_and_several_are_reduced_by_their_geometric_mean() -> None:
    costs = costs_of(
        inline({"construct": 1.0}),
        inline({"construct": 1.0}, group=0),
        incremental({"construct": 2.0}, group=0),
        inline({"construct": 10.0}, group=1, replicate=1),
        incremental({"construct": 80.0}, group=1, replicate=1),
    )
    assert seconds(costs) == [4.0]


def test_phase_that_waits_is_compared_solo() -> None:
    waits = {"construct": 0.5}
    costs = costs_of(
        inline({"construct": 1.0}, cpu_seconds=waits),
        incremental({"construct": 3.0}, cpu_seconds=waits),
        inline({"construct": 1.0}, group=0),
        incremental({"construct": 1.0}, group=0),
    )
    assert seconds(costs) == [3.0]
    assert not costs.co_scheduled


def test_phase_whose_core_others_had_meanwhile_does_not_wait() -> None:
    delay = {"construct": 0.5}
    costs = costs_of(
        inline({"construct": 1.0}, cpu_seconds={"construct": 0.5}, run_delay_seconds=delay),
        incremental({"construct": 3.0}, cpu_seconds={"construct": 2.5}, run_delay_seconds=delay),
        inline({"construct": 1.0}, group=0),
        incremental({"construct": 1.5}, group=0),
    )
    assert seconds(costs) == [1.5]


def test_arm_that_waits_among_others_that_compute_is_compared_by_its_time() -> None:
    costs = costs_of(
        inline({"construct": 1.0}),
        inline({"construct": 1.0}),
        incremental({"construct": 3.0}, cpu_seconds={"construct": 1.0}),
        inline({"construct": 1.0}, group=0),
        incremental({"construct": 1.0}, group=0),
    )
    assert seconds(costs) == [3.0]
    assert not costs.co_scheduled


def test_arm_that_waits_a_little_longer_than_its_baseline_is_compared_by_its_time() -> None:
    """It computes for 95 % of its time, like no other: more than a margin of 5 % may leave out."""
    costs = costs_of(
        *[inline({"construct": 1.0})] * 2,
        *[incremental({"construct": 1.0}, cpu_seconds={"construct": 0.95})] * 2,
        inline({"construct": 1.0}, group=0),
        incremental({"construct": 0.95}, group=0),
    )
    assert seconds(costs) == [1.0]
    assert not costs.co_scheduled


def test_one_invocation_that_waits_says_nothing_of_its_arm() -> None:
    costs = costs_of(
        *[inline({"construct": 1.0})] * 2,
        incremental({"construct": 1.0}, cpu_seconds={"construct": 0.93}),
        incremental({"construct": 1.0}),
        inline({"construct": 1.0}, group=0),
        incremental({"construct": 1.5}, group=0),
    )
    assert seconds(costs) == [1.5]


def test_arms_that_wait_alike_are_compared_by_what_they_compute() -> None:
    costs = costs_of(
        *[inline({"construct": 1.0}, cpu_seconds={"construct": 0.95})] * 2,
        *[incremental({"construct": 1.0}, cpu_seconds={"construct": 0.945})] * 2,
        inline({"construct": 1.0}, group=0),
        incremental({"construct": 1.5}, group=0),
    )
    assert seconds(costs) == [1.5]


def test_clock_that_shows_more_computing_than_time_shows_no_waiting() -> None:
    costs = costs_of(
        inline({"construct": 1.0}, cpu_seconds={"construct": 1.05}),
        incremental({"construct": 1.0}),
        inline({"construct": 1.0}, group=0),
        incremental({"construct": 1.5}, group=0),
    )
    assert seconds(costs) == [1.5]


def test_round_without_its_baseline_solo_has_no_cost_of_the_arm() -> None:
    costs = costs_of(
        inline({"construct": 1.0}, round=0),
        *(inline({"construct": 1.0}, group=0, round=number) for number in (0, 1)),
        *(incremental({"construct": 2.0}, group=0, round=number) for number in (0, 1)),
    )
    first, second = seconds(costs)
    assert first == 2.0
    assert np.isnan(second)


def test_group_whose_baseline_failed_says_nothing() -> None:
    costs = costs_of(
        inline({"construct": 1.0}),
        [{**row, "group": 0} for row in failed(panel(), "inline", "crashed", "killed")],
        incremental({"construct": 3.0}, group=0),
        inline({"construct": 1.0}, group=1),
        incremental({"construct": 2.0}, group=1),
    )
    assert seconds(costs) == [2.0]


def test_block_of_calls_counts_as_one_call() -> None:
    costs = costs_of(
        invocation(panel(), "inline", {}, calls={"inference": [0.25] * 8}),
        inline({"inference": 1.0}, group=0, blocks={"inference": 4}),
        incremental({"inference": 1.0}, group=0, blocks={"inference": 2}),
    )
    assert seconds(costs, "inference") == [0.5]


def test_what_an_arm_computes_alone_counts_as_it_is_once_it_has_recovered() -> None:
    """Sharing makes work take twice the time; the arm goes on alone for its last second."""
    costs = costs_of(
        inline({"construct": 1.0}),
        inline({"construct": 2.0}, group=0, alone_seconds={"construct": 0.0}),
        incremental({"construct": 3.0}, group=0, alone_seconds={"construct": 1.0 + RECOVERY_S}),
    )
    assert seconds(costs) == [2.0]


def test_what_an_arm_computes_before_it_has_recovered_is_slowed_down() -> None:
    costs = costs_of(
        inline({"construct": 1.0}),
        inline({"construct": 2.0}, group=0, alone_seconds={"construct": 0.0}),
        incremental({"construct": 2.2}, group=0, alone_seconds={"construct": RECOVERY_S}),
    )
    assert seconds(costs) == [1.1]


def test_baseline_that_takes_longest_goes_on_alone_as_well() -> None:
    costs = costs_of(
        inline({"construct": 2.0}),
        inline({"construct": 3.0}, group=0, alone_seconds={"construct": 1.0 + RECOVERY_S}),
        incremental({"construct": 2.0}, group=0, alone_seconds={"construct": 0.0}),
    )
    assert seconds(costs) == [1.0]


def test_composite_is_put_together_within_each_member_of_a_group() -> None:
    costs = costs_of(
        inline({"construct": 1.0, "build": None}),
        inline({"construct": 1.0, "build": None}, group=0),
        incremental({"construct": 0.5, "build": 2.5}, group=0),
    )
    assert seconds(costs, "ready") == [3.0]


def test_phase_in_which_the_baseline_has_nothing_to_do_keeps_its_solo_cost() -> None:
    costs = costs_of(
        inline({"construct": 1.0, "build": None}),
        incremental({"construct": 1.0, "build": 7.0}),
        inline({"construct": 1.0, "build": None}, group=0),
        incremental({"construct": 1.0, "build": 9.0}, group=0),
    )
    assert seconds(costs, "build") == [7.0]


def test_memory_is_that_of_the_co_scheduled_invocations() -> None:
    costs = costs_of(
        inline({"construct": 1.0}, change_bytes={"construct": 900}),
        inline({"construct": 1.0}, group=0, change_bytes={"construct": 100}),
        incremental({"construct": 1.0}, group=0, change_bytes={"construct": 300}),
    )
    arm, baseline = (Cell(panel(), name) for name in ("incremental", "inline"))
    assert costs.of(arm, "construct", RETAINED_BYTES).tolist() == [300]
    assert costs.of(baseline, "construct", RETAINED_BYTES).tolist() == [100]
    assert costs.of(arm, "construct", PEAK_BYTES).tolist() == [100_000_300]


def test_noise_that_members_share_leaves_no_trace_in_the_ratio() -> None:
    generator = np.random.default_rng(5)
    rows: list[Rows] = []
    for number in range(20):
        rows.append(inline({"construct": 1.0}, round=number))
        speed = float(np.exp(generator.normal(0, 0.3)))
        rows.append(inline({"construct": speed}, round=number, group=0))
        rows.append(incremental({"construct": 1.04 * speed}, round=number, group=0))
    assert seconds(costs_of(*rows)) == pytest.approx([1.04] * 20, rel=1e-6)


def test_work_that_is_put_off_until_built_costs_what_it_costs_in_construction() -> None:
    """The shared core slows both by a quarter; the baseline has nothing left to build."""
    costs = costs_of(
        inline({"construct": 1.0, "build": None}),
        inline({"construct": 1.25, "build": None}, group=0),
        incremental({"construct": 0.25, "build": 1.0}, group=0),
    )
    assert seconds(costs, "ready") == [1.0]


def test_phases_that_a_baseline_ended_before_it_failed_are_compared() -> None:
    cut_off = inline({"construct": 1.5}, group=0)[:-1]
    costs = costs_of(
        inline({"construct": 1.0, "trace": 1.0}),
        [*cut_off, *failed(panel(), "inline", "builder_error", "no", phase="trace")],
        incremental({"construct": 3.0, "trace": 2.0}, group=0),
    )
    assert seconds(costs) == [2.0]
    assert np.isnan(seconds(costs, "trace")).all()


def test_baseline_of_another_environment_costs_its_ratio_to_the_first_and_its_arms_theirs() -> None:
    """Solo the first takes 2 s; the second is 1.5 times as slow, and its arm 3 times that."""
    there = {"environment": "second"}
    mine = Cell(panel(), "inline")
    other = Cell(panel(), "inline", "second")
    arm = Cell(panel(), "incremental", "second")
    costs = costs_of(
        inline({"construct": 2.0}),
        inline({"construct": 7.0}, **there),
        inline({"construct": 4.0}, group=0),
        inline({"construct": 6.0}, group=0, **there),
        incremental({"construct": 3.0}, group=1, **there),
        inline({"construct": 1.0}, group=1, **there),
        baselines={arm: other, other: mine, mine: mine},
    )
    found = {cell: costs.of(cell, "construct").tolist() for cell in (mine, other, arm)}
    assert found == {mine: [2.0], other: [pytest.approx(3.0)], arm: [pytest.approx(9.0)]}


def test_arms_of_another_environment_are_compared_in_rounds_that_lack_the_first() -> None:
    there = {"environment": "second"}
    mine, other = (Cell(panel(), "inline", name) for name in ("default", "second"))
    arm = Cell(panel(), "incremental", "second")
    groups = [
        inline({"construct": 2.0}),
        inline({"construct": 7.0}, **there),
        inline({"construct": 4.0}, group=0),
        inline({"construct": 6.0}, group=0, **there),
        *(
            each
            for number in (0, 1)
            for each in (
                incremental({"construct": 3.0}, group=1, round=number, **there),
                inline({"construct": 1.0}, group=1, round=number, **there),
            )
        ),
        inline({"construct": 5.0}, round=1, **there),
    ]
    costs = costs_of(*groups, baselines={arm: other, other: mine, mine: mine})
    of_arm, of_other = (costs.of(cell, "construct") for cell in (arm, other))
    assert (of_arm / of_other).tolist() == pytest.approx([3.0, 3.0])
    assert of_other.tolist() == pytest.approx([3.0, 5.0])


def log_ratios_on_a_core_of_two_speeds(seed: int) -> Floats:
    """Those of an arm that takes 3.6 times as long, and computes most of it alone; of 40 rounds.

    Each time the core is slow or fast, and sharing it takes 1.15 times as long.
    """
    random = np.random.default_rng(seed)
    runs: list[Rows] = []
    for round in range(40):
        solo, shared, after = random.choice([1.0, 1.5], 3)
        turns = 1.15 * shared
        left = RECOVERY_S * 1.15 + (2.6 - RECOVERY_S) * after
        runs += [
            inline({"construct": solo}, round=round),
            inline({"construct": turns}, group=0, round=round),
            incremental(
                {"construct": turns + left},
                group=0,
                round=round,
                alone_seconds={"construct": left},
            ),
        ]
    costs = costs_of(*runs)
    mine, its = (costs.of(Cell(panel(), arm), "construct") for arm in ("incremental", "inline"))
    return log(mine / its)


def test_interval_holds_what_is_not_known_of_the_cost_of_sharing() -> None:
    """Every round has its own slowdown, so that its error does not hide from the interval."""
    runs = [log_ratios_on_a_core_of_two_speeds(seed) for seed in range(20)]
    medians = [median(logs) for logs in runs]
    intervals = [median_interval(logs, 0.0025) for logs in runs]
    assert np.mean(np.exp(medians)) == pytest.approx(3.6, rel=0.02)
    assert all(each.low <= np.log(3.6) <= each.high for each in intervals)


def test_solo_invocation_that_failed_does_not_take_the_place_of_another() -> None:
    costs = costs_of(
        inline({"construct": 1.0}),
        [*failed(panel(), "inline", "crashed", "killed")],
        inline({"construct": 2.0}, group=0),
        incremental({"construct": 4.0}, group=0, alone_seconds={"construct": 2.0 + RECOVERY_S}),
    )
    assert seconds(costs) == [3.0]


def test_environment_has_the_slowdown_of_its_own_groups() -> None:
    """Sharing makes the first take twice its time, and the second with its arm none the more."""
    there = {"environment": "second"}
    mine, other = (Cell(panel(), "inline", name) for name in ("default", "second"))
    arm = Cell(panel(), "incremental", "second")
    costs = costs_of(
        inline({"construct": 1.0}),
        inline({"construct": 1.0}, **there),
        inline({"construct": 2.0}, group=0),
        inline({"construct": 2.0}, group=0, **there),
        inline({"construct": 1.0}, group=1, **there),
        incremental(
            {"construct": 3.0}, group=1, alone_seconds={"construct": 2.0 + RECOVERY_S}, **there
        ),
        baselines={arm: other, other: mine, mine: mine},
    )
    assert costs.of(arm, "construct").tolist() == pytest.approx([3.0])


def test_round_whose_solo_cost_is_below_what_was_computed_alone_is_bounded() -> None:
    costs = costs_of(
        inline({"construct": 1.0}),
        inline({"construct": 3.0}, group=0, alone_seconds={"construct": 2.0 + RECOVERY_S}),
        incremental({"construct": 0.5}, group=0, alone_seconds={"construct": 0.0}),
    )
    (found,) = seconds(costs)
    assert 0 < found < 0.5
