"""What a calibration counts, on samples whose truth is known both ways."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest

from bench.analysis.calibration.trials import (
    CalibrationComparison,
    Pair,
    block_rules,
    equal_work,
    injected_work,
    trials,
)
from bench.analysis.inference.intervals import Interval
from tests.analysis.sample_tables import panels
from tests.analysis.simulated_runs import BUILD_STYLE, Lifecycle, family, plan_of, simulate

PANELS = panels(16)
INJECTED = {"again": 0.0, "slowed_20": 0.2}
EXPERIMENTS = 4
_INTERVALS = (Interval(-1, 1), Interval(-1, 1))


def found(factor: float, **changes: float) -> list[CalibrationComparison]:
    slowed = dict(BUILD_STYLE["inline"]) | {"construct": lambda n: factor * (0.01 + 0.003 * n)}
    arms: Mapping[str, Lifecycle] = {
        "inline": BUILD_STYLE["inline"],
        "placebo": BUILD_STYLE["inline"],
        "again": BUILD_STYLE["inline"],
        "slowed_20": slowed,
    }
    samples = simulate(arms, PANELS, **{"rounds": 24, "replicates": EXPERIMENTS} | changes)  # type: ignore[arg-type]
    comparisons = family(arms, PANELS, headline=["construct"])
    return trials(
        samples,
        plan_of(comparisons),
        comparisons,
        injected=INJECTED,
        experiments=EXPERIMENTS,
        replicates=1,
    )


def test_injected_effect_is_found_and_equal_work_is_not_called_different() -> None:
    counted = found(1.2, luck=0.0, seed=2)
    equal_construct, slowed = injected_work(counted)
    assert (slowed.injected, slowed.comparisons, slowed.slower) == (0.2, EXPERIMENTS, EXPERIMENTS)
    assert (equal_construct.injected, equal_construct.comparisons) == (0.0, 2 * EXPERIMENTS)
    assert (equal_construct.slower, equal_construct.rounds_to_find) == (0, None)
    assert equal_construct.equivalent + equal_construct.unresolved == 2 * EXPERIMENTS
    assert slowed.ratio == pytest.approx(1.2, rel=0.03)
    assert slowed.missed == 0
    assert slowed.rounds_to_find is not None
    assert slowed.rounds_to_find <= 12
    equal = equal_work(counted)
    assert equal.comparisons == EXPERIMENTS * (6 + 6 + 4), (
        "six phases of two equal arms, since ready repeats construct, and four of the slowed one "
        "that come after construct"
    )
    assert (equal.slower, equal.faster, equal.ever_claimed) == (0, 0, 0)
    assert equal.experiments_with_claims == 0


def test_lie_about_what_was_injected_shows() -> None:
    _, slowed = injected_work(found(0.8, luck=0.01))
    assert slowed.faster == EXPERIMENTS
    assert slowed.missed == EXPERIMENTS
    assert slowed.rounds_to_find is None


def test_false_alarms_are_counted_by_comparison_and_by_experiment() -> None:
    counted = [
        CalibrationComparison(0, "trace", 0.0, 1.1, ("unresolved", "slower"), _INTERVALS),
        CalibrationComparison(0, "compile", 0.0, 0.9, ("faster", "unresolved"), _INTERVALS),
        CalibrationComparison(1, "trace", 0.0, 1.0, ("unresolved", "unresolved"), _INTERVALS),
    ]
    equal = equal_work(counted)
    assert (equal.slower, equal.faster, equal.unresolved) == (1, 0, 2)
    assert equal.ever_claimed == 2
    assert equal.experiments_with_claims == 1


def test_experiments_share_no_invocation() -> None:
    one = found(1.2, luck=0.0)
    ratios = {trial.ratio for trial in one if trial.injected}
    assert len(ratios) == EXPERIMENTS


def test_too_few_rounds_resolve_nothing() -> None:
    _, slowed = injected_work(found(1.2, rounds=3))
    assert (slowed.unresolved, slowed.found_by_round) == (EXPERIMENTS, (0, 0, 0))


def test_common_rules_alarm_on_drift_and_find_what_is_there(random: np.random.Generator) -> None:
    still = [Pair(*random.normal(1, 0.02, (2, 60))) for _ in range(200)]
    drifting = [
        Pair(random.normal(1, 0.02, 60), random.normal(1 + step, 0.02, 60))
        for step in random.normal(0, 0.06, 200)
    ]
    quiet = {rule.rule: rule for rule in block_rules({0.0: still})}
    assert quiet["means 5 % apart"].slower == 0
    assert quiet["t-test"].slower + quiet["t-test"].faster < 24
    for rule in block_rules({0.0: drifting}):
        assert rule.slower + rule.faster > 50
        assert min(rule.slower, rule.faster) > 10
    injected = [Pair(random.normal(1, 0.02, 60), random.normal(1.1, 0.02, 60)) for _ in range(20)]
    for rule in block_rules({0.1: injected}):
        assert (rule.injected, rule.slower, rule.faster) == (0.1, 20, 0)
