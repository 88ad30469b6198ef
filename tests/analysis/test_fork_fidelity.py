"""Ratios over rounds, raw and at the same pace."""

from __future__ import annotations

import numpy as np
import pytest

from bench.analysis.calibration.fork_fidelity import corrected_ratio_over_rounds, ratio_over_rounds


def test_ratio_is_the_median_over_rounds_with_its_interval() -> None:
    found = ratio_over_rounds([2.0] * 5 + [3.0] + [2.0] * 6, [1.0] * 12)
    assert found.ratio == pytest.approx(2.0)
    assert (found.low, found.high) == pytest.approx((2.0, 3.0))


def test_five_rounds_place_no_interval() -> None:
    found = ratio_over_rounds([1.0] * 5, [1.0] * 5)
    assert (found.low, found.high) == (None, None)


def test_pace_is_taken_out_before_timings_are_compared(random: np.random.Generator) -> None:
    def timings(cost: float, rounds: int) -> list[list[tuple[float, float, float | None]]]:
        paces = random.choice([1.0, 1.5], (rounds, 3))
        return [[(cost * pace, cost * pace, 80 * pace) for pace in each] for each in paces]

    found = corrected_ratio_over_rounds(timings(1.1, 12), timings(1.0, 12))
    assert (found.ratio, found.low, found.high) == pytest.approx((1.1, 1.1, 1.1))


def test_timings_without_a_probe_are_compared_as_they_are() -> None:
    twice: list[list[tuple[float, float, float | None]]] = [[(2.0, 2.0, None)] * 3] * 6
    once: list[list[tuple[float, float, float | None]]] = [[(1.0, 1.0, None)] * 3] * 6
    assert corrected_ratio_over_rounds(twice, once).ratio == pytest.approx(2.0)
