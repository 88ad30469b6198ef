"""Verdicts, and the forecast of the rounds until there is one."""

from __future__ import annotations

import math

import numpy as np
import pytest

from bench.analysis.arrays import Floats
from bench.analysis.inference.intervals import Interval, median_interval
from bench.analysis.inference.verdicts import judge, more_rounds

MARGIN = 0.05
EDGE = math.log1p(MARGIN)


@pytest.mark.parametrize(
    ("interval", "verdict", "within"),
    [
        (Interval(0.10, 0.30), "slower", False),
        (Interval(-0.30, -0.10), "faster", False),
        (Interval(0.01, 0.20), "slower", False),
        (Interval(0.01, 0.04), "slower", True),
        (Interval(-0.04, -0.01), "faster", True),
        (Interval(-0.04, 0.04), "equivalent", True),
        (Interval(0.0, 0.04), "equivalent", True),
        (Interval(-EDGE, EDGE), "equivalent", True),
        (Interval(-0.06, 0.01), "unresolved", False),
        (Interval(0.0, 0.06), "unresolved", False),
        (Interval(-math.inf, math.inf), "unresolved", False),
        (Interval(0.1, math.inf), "slower", False),
    ],
)
def test_verdict(interval: Interval, verdict: str, within: bool) -> None:
    assert judge(interval, MARGIN) == (verdict, within)


@pytest.mark.parametrize("width", [0.01, 0.049, 0.2])
@pytest.mark.parametrize("centre", [-0.3, -0.03, 0.0, 0.03, 0.3])
def test_swapping_the_arms_swaps_the_verdict(centre: float, width: float) -> None:
    mirrored = {"slower": "faster", "faster": "slower"}
    forward = judge(Interval(centre - width, centre + width), MARGIN)
    backward = judge(Interval(-centre - width, -centre + width), MARGIN)
    assert backward.verdict == mirrored.get(forward.verdict, forward.verdict)
    assert backward.within_margin == forward.within_margin


def test_rounds_that_agree_lack_only_what_unanimity_takes() -> None:
    assert more_rounds(np.full(4, 0.4), 0.05, MARGIN) == 2
    assert more_rounds(np.full(4, 0.0), 0.05, MARGIN) == 2
    assert more_rounds(np.full(5, 0.4), 0.05 / 30, MARGIN) == 6


def test_dissent_takes_more_rounds_than_agreement() -> None:
    agreed = np.array([0.1, 0.2, 0.3, 0.2, 0.1])
    split = np.array([-0.1, 0.2, 0.3, 0.2, 0.1])
    more, most = (more_rounds(seen, 0.05, MARGIN) for seen in (agreed, split))
    assert more is not None
    assert most is not None
    assert more < most


@pytest.mark.parametrize("seen", [0, 1, 2])
def test_a_few_rounds_tell_nothing_about_those_to_come(seen: int) -> None:
    assert more_rounds(np.full(seen, 0.4), 0.05, MARGIN) is None


def test_rounds_that_contradict_each_other_are_not_resolved_by_more_of_them() -> None:
    assert more_rounds(np.array([-0.5, 0.5] * 6), 0.05, MARGIN) is None


def test_forecast_is_of_the_size_of_what_it_takes(random: np.random.Generator) -> None:
    """From 12 rounds the forecast errs both ways, but not by much in the middle."""
    error, seen = 0.05 / 30, 12
    forecasts, needed = [], []
    for effects in random.normal(0.06, 0.06, (200, 300)):
        forecast = more_rounds(effects[:seen], error, MARGIN)
        if forecast is not None:
            forecasts.append(forecast)
            needed.append(rounds_until_resolved(effects, error) - seen)
    assert len(forecasts) >= 150
    assert 0.5 < np.median(forecasts) / np.median(needed) < 2


def rounds_until_resolved(effects: Floats, error: float) -> int:
    return next(
        look
        for look in range(1, len(effects) + 1)
        if judge(median_interval(effects[:look], error), MARGIN).verdict != "unresolved"
    )


@pytest.mark.parametrize(
    ("interval", "verdict"),
    [
        (Interval(0.01, 0.04), "equivalent"),
        (Interval(0.01, 0.4), "unresolved"),
        (Interval(0.25, 0.4), "slower"),
        (Interval(-0.4, -0.25), "faster"),
        (Interval(-0.4, -0.01), "unresolved"),
    ],
)
def test_negligible_difference_is_never_claimed(interval: Interval, verdict: str) -> None:
    assert judge(interval, 0.2, negligible=0.2).verdict == verdict
