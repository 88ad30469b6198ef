"""How the variance splits, on invocations whose split is known, and what replicates are worth."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np
import pytest

from bench.analysis.inference.intervals import expected_reach, rounds_to_exclude
from bench.analysis.inference.variance import (
    RoundCost,
    VarianceComponents,
    best_replicates,
    split_variance,
)
from bench.analysis.samples.invocations import to_invocations
from bench.domain.design.plan import Pilot
from tests.analysis.sample_tables import failed, frame, invocation, panel, panels
from tests.analysis.simulated_runs import BUILD_STYLE, concluded, family, simulate

PANELS = panels(4, 16)


def split_of(**changes: float) -> VarianceComponents | None:
    samples = simulate(BUILD_STYLE, PANELS, **{"rounds": 40, "replicates": 4} | changes)  # type: ignore[arg-type]
    comparisons = family(BUILD_STYLE, PANELS, headline=["construct"])
    return split_variance(to_invocations(samples), comparisons, {})


def test_luck_of_a_round_is_between_and_interference_within() -> None:
    split = split_of(luck=0.05, interference=0.1)
    assert split is not None
    # An effect is the difference of two lucks; log(1 + exponential of mean 0.1) spreads by 0.083.
    assert split.between == pytest.approx(0.05 * 2**0.5, rel=0.15)
    assert split.within == pytest.approx(0.083, rel=0.1)
    assert (split.rounds, split.replicates) == (40, 4)


def test_without_luck_nothing_is_left_between_rounds() -> None:
    split = split_of(luck=0.0, interference=0.1)
    assert split is not None
    assert split.between < 0.03


def test_composites_are_split_as_phases_are() -> None:
    samples = simulate(BUILD_STYLE, PANELS, rounds=40, replicates=4, luck=0.05, interference=0.1)
    comparisons = family(BUILD_STYLE, PANELS, headline=["made"])
    composites = {"function": {"made": ("construct",)}}
    comparisons = [replace(each, phase="made") for each in comparisons if each.phase == "construct"]
    comparisons = [replace(each, headline=True) for each in comparisons]
    made = split_variance(to_invocations(samples), comparisons, composites)
    assert made == split_of(luck=0.05, interference=0.1)
    assert split_variance(to_invocations(samples), comparisons, {}) is None


def test_single_replicates_tell_nothing() -> None:
    assert split_of(replicates=1) is None
    assert split_of(rounds=1) is None


def test_phase_that_failed_in_a_round_is_split_over_the_others() -> None:
    rows: list[dict[str, Any]] = []
    for number, (group, arm) in product(range(4), product(range(2), ("inline", "incremental"))):
        seconds = {"construct": 1.0 + 0.1 * group, "first_call": 1.0}
        if number == 0 and arm == "incremental":
            del seconds["construct"]
        order = len(rows)
        rows += invocation(PANELS[0], arm, seconds, round=number, order=order, group=group)
    comparisons = family(BUILD_STYLE, PANELS[:1], headline=["construct"])
    split = split_variance(to_invocations(frame(rows)), comparisons, {})
    assert split is not None
    assert (split.rounds, split.replicates) == (3, 2)


def test_findings_take_the_split_of_the_run_or_of_its_pilot() -> None:
    findings = concluded(simulate(BUILD_STYLE, PANELS), family(BUILD_STYLE, PANELS))
    assert findings.variance is not None
    assert findings.variance.replicates == 3
    alone = simulate(BUILD_STYLE, PANELS, replicates=1)
    assert concluded(alone, family(BUILD_STYLE, PANELS)).variance is None
    pilot = Pilot(rounds=3, replicates=2, within=0.1, between=0.0, zygote_s=4.0, replicate_s=1.0)
    again = concluded(alone, family(BUILD_STYLE, PANELS), pilot=pilot)
    assert again.variance is not None
    assert (again.variance.within, again.variance.zygote_seconds) == (0.1, 4.0)


TIME: dict[str, Any] = {"jobs": 1, "budget_s": 600.0, "most_rounds": 1000, "error": 0.003}


@pytest.mark.parametrize(
    ("within", "between", "zygote", "replicate", "expected"),
    [
        # What varies between rounds is not made better by replicates.
        (0.0, 0.1, 4.0, 1.0, 1),
        (0.05, 0.10 * 2**0.5, 4.0, 1.0, 1),
        # A round that costs nothing but its replicates wants no more than one.
        (0.1, 0.0, 0.1, 10.0, 1),
        # Where an import costs most of a round, and all varies within it: about as many as may be.
        (0.1, 0.0, 12.0, 0.1, 11),
    ],
)
def test_replicates_balance_the_two(
    within: float, between: float, zygote: float, replicate: float, expected: int
) -> None:
    split = VarianceComponents(within, between, rounds=3, replicates=2)
    cost = RoundCost(zygote, [replicate])
    assert best_replicates([split], cost, **TIME) == (expected,)


def test_rounds_enough_for_a_verdict_always_fit() -> None:
    split = VarianceComponents(within=0.1, between=0.0, rounds=3, replicates=2)
    cost = RoundCost(zygote=5.0, panels=[2.0, 3.0])
    for budget_s in (150.0, 300.0, 600.0, 1200.0):
        chosen = best_replicates([split] * 2, cost, **TIME | {"budget_s": budget_s})
        rounds = budget_s / cost.of_round(chosen, jobs=1)
        assert rounds >= rounds_to_exclude(TIME["error"])


def test_import_of_the_next_zygote_hides_behind_the_replicates() -> None:
    assert RoundCost(zygote=5.0, panels=[1.0]).of_round([2], jobs=2) == 5.0
    assert RoundCost(zygote=5.0, panels=[4.0]).of_round([2], jobs=2) == 6.5
    assert RoundCost(zygote=5.0, panels=[4.0]).of_round([2], jobs=1) == 13.0
    assert RoundCost(zygote=5.0, panels=[4.0, 1.0]).of_round([1, 3], jobs=1) == 12.0


def test_panels_have_the_replicates_with_which_the_widest_interval_is_about_narrowest(
    random: np.random.Generator,
) -> None:
    for _ in range(20):
        splits = [
            VarianceComponents(within, between, 3, 2)
            for within, between in random.uniform(0.01, 0.1, (2, 2)).tolist()
        ]
        cost = RoundCost(float(random.uniform(1, 6)), random.uniform(0.5, 5, 2).tolist())
        widths = {
            pair: max(
                expected_reach(int(600 / cost.of_round(pair, 1)), TIME["error"])
                * (split.between**2 + 2 * split.within**2 / count) ** 0.5
                for split, count in zip(splits, pair, strict=True)
            )
            for pair in product(range(1, 13), repeat=2)
        }
        chosen = best_replicates(splits, cost, **TIME)
        assert widths[chosen] <= 1.1 * min(widths.values()) * (1 + 1e-9)


def test_shallow_panels_that_vary_more_and_cost_less_have_more_replicates() -> None:
    # As measured for build_style at 4, 16 and 64 layers.
    splits = [
        VarianceComponents(within / 2**0.5, 0.0, rounds=3, replicates=2)
        for within in (0.05, 0.03, 0.024)
    ]
    cost = RoundCost(zygote=3.5, panels=[2.0, 2.4, 4.5])
    chosen = best_replicates(splits, cost, **TIME | {"jobs": 2, "most_rounds": 100})
    assert chosen == (4, 2, 1)


def test_phases_that_were_not_reached_are_no_part_of_the_split_of_shared_cores() -> None:
    def effects(construct: float, **place: Any) -> list[dict[str, Any]]:
        mine = invocation(panel(), "mine", {"construct": construct, "trace": 1.0}, **place)
        return [*mine[:1], *failed(panel(), "mine", "builder_error", "no", phase="trace", **place)]

    rows: list[dict[str, Any]] = []
    for number in range(4):
        for replicate, construct in enumerate((1.0, 1.1)):
            place: dict[str, Any] = {"round": number, "order": 2 * replicate}
            seconds = {"construct": 1.0, "trace": 1.0}
            rows += invocation(panel(), "inline", seconds, group=replicate, **place)
            place["order"] += 1
            mine = effects(construct, **place)
            rows += [{**row, "group": replicate} for row in mine]
    comparisons = family(["inline", "mine"], [panel()], headline=["construct", "trace"])
    split = split_variance(to_invocations(frame(rows)), comparisons, {})
    assert split is not None
    assert (split.rounds, split.replicates) == (4, 2)
    assert split.between == pytest.approx(0.0, abs=1e-6)
    assert split.within == pytest.approx(np.log(1.1) / 2, rel=1e-6)
