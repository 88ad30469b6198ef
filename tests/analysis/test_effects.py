"""The effect of an arm, formed within the round."""

from __future__ import annotations

import numpy as np
import pytest

from bench.analysis.inference.effects import Effect, effect_of
from bench.analysis.samples.invocations import to_invocations
from bench.analysis.samples.rounds import reduce_rounds
from tests.analysis.sample_tables import frame, invocation, panel
from tests.analysis.simulated_runs import family


def effect(**arms: list[float | None]) -> Effect:
    """The effect of ``mine`` against ``inline``, from the seconds of each in each round."""
    rows = []
    for place, (arm, seconds) in enumerate(arms.items()):
        for round, each in enumerate(seconds):
            if each is not None:
                timing = {"construct": each}
                rows += invocation(panel(), arm, timing, round=round, order=place)
    costs = reduce_rounds(to_invocations(frame(rows)), composites={}, iterating=())
    comparison = family(["inline", "mine"], [panel()], phases=["construct"])[0]
    return effect_of(comparison, costs)


def test_effect_is_the_log_ratio_of_each_round() -> None:
    found = effect(inline=[1, 2, 4], mine=[2, 4, 2])
    np.testing.assert_allclose(np.exp(found.log_ratio), [2, 2, 0.5])
    assert found.baseline_value == pytest.approx(2)
    assert found.arm_value == pytest.approx(2)


def test_slow_round_cancels() -> None:
    found = effect(inline=[1, 100, 1], mine=[2, 200, 2])
    np.testing.assert_allclose(np.exp(found.log_ratio), 2)


def test_round_that_lacks_one_side_has_no_effect() -> None:
    found = effect(inline=[1, None, 4, 1], mine=[2, 5, None, 2])
    np.testing.assert_allclose(np.exp(found.log_ratio), [2, 2])


def test_zero_cost_has_no_ratio() -> None:
    found = effect(inline=[0, 0], mine=[1, 2])
    assert len(found.log_ratio) == 0
    assert found.baseline_value == 0
    assert found.without_ratio == 2


def test_only_rounds_that_measured_both_are_without_a_ratio() -> None:
    found = effect(inline=[1, 0, None, 4, 0], mine=[2, 5, 3, 0, None])
    np.testing.assert_allclose(np.exp(found.log_ratio), [2])
    assert found.without_ratio == 2


def test_arm_that_was_never_measured_has_no_effect() -> None:
    found = effect(inline=[1, 2])
    assert len(found.log_ratio) == 0
    assert found.arm_value is None
