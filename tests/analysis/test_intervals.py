"""Intervals for a median: worked by hand, against the definition, and as a betting game."""

from __future__ import annotations

import math
from fractions import Fraction
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.analysis.inference.intervals import (
    FEW,
    Interval,
    bounds,
    critical_counts,
    expected_reach,
    finite_or_none,
    median_interval,
    rounds_to_exclude,
)

NOWHERE = Interval(-math.inf, math.inf)
FAMILY_OF_30 = 0.05 / 30


def capital(heads: int, tosses: int) -> Fraction:
    """M(heads, tosses), exactly: the ratio of Beta functions written in binomial coefficients."""
    tails = tosses - heads
    ways = math.comb(2 * heads, heads) * math.comb(2 * tails, tails)
    mixture = Fraction(ways, 2**tosses * math.comb(tosses, heads))
    for_ever = Fraction(2**tosses * ((heads == 0) + (tails == 0)), 4)
    return mixture / 2 + for_ever


def upto(count: int) -> np.ndarray:
    return np.arange(1.0, count + 1)


@pytest.mark.parametrize(("error", "rounds"), [(0.05, 6), (FAMILY_OF_30, 11)])
def test_rounds_that_all_agree_exclude_a_value_after(error: float, rounds: int) -> None:
    assert rounds_to_exclude(error) == rounds
    assert median_interval(upto(rounds - 1), error) == NOWHERE
    assert median_interval(upto(rounds), error) == (1, rounds)


@pytest.mark.parametrize("level", [0.001, 0.005, 0.05, 0.2])
def test_one_bound_errs_at_any_look_with_at_most_the_level(level: float) -> None:
    """Exactly, for a fair coin tossed a thousand times: the chance of ever having few heads."""
    limit = 1000
    critical = critical_counts(level, limit, FEW)
    heads = np.zeros(limit + 2)
    heads[0], erred = 1.0, 0.0
    for tosses in range(1, limit + 1):
        heads[1:] = (heads[1:] + heads[:-1]) / 2
        heads[0] /= 2
        refuted = int(critical[tosses]) + 1
        erred += heads[:refuted].sum()
        heads[:refuted] = 0.0
    assert level / 4 < erred <= level


@pytest.mark.parametrize(("dissenting", "rounds"), [(0, 11), (1, 15), (2, 19), (3, 23)])
def test_bounds_forgive_a_few_rounds(dissenting: int, rounds: int) -> None:
    values = np.zeros(rounds)
    values[:dissenting] = 9.0
    assert bounds(values, 1 / 600).high == 0.0
    assert bounds(values[: rounds - 1], 1 / 600).high > 0.0


@given(heads=st.integers(0, 60), tails=st.integers(0, 60))
def test_few_heads_are_a_fair_game_too(heads: int, tails: int) -> None:
    tosses = heads + tails
    after = math.exp(FEW(heads + 1, tosses + 1)) + math.exp(FEW(heads, tosses + 1))
    assert after / 2 == pytest.approx(math.exp(FEW(heads, tosses)))


def test_no_number_of_rounds_excludes_a_value_without_an_error_budget() -> None:
    assert median_interval(upto(100), 0.0) == NOWHERE
    with pytest.raises(ValueError, match="must be above 0"):
        rounds_to_exclude(0.0)


def test_no_observations_place_no_bound() -> None:
    interval = median_interval(np.empty(0), 0.05)
    assert interval == NOWHERE
    assert not interval.bounded
    assert finite_or_none(interval.low) is None


def test_second_order_statistics_bound_the_median_from_13_rounds() -> None:
    # M(1, 12) is about 14.3 and M(1, 13) about 25.4, on either side of 1/0.05.
    assert capital(1, 12) < 20 < capital(1, 13)
    assert median_interval(upto(12), 0.05) == (1, 12)
    assert median_interval(upto(13), 0.05) == (2, 12)


def test_order_of_observations_does_not_matter(random: np.random.Generator) -> None:
    values = random.normal(size=40)
    assert median_interval(values, 0.05) == median_interval(np.sort(values), 0.05)


def test_one_dissenting_round_keeps_zero_in() -> None:
    values = np.array([-0.01, *[0.2] * 9])
    assert median_interval(values, 0.05).low < 0
    assert median_interval(np.abs(values), 0.05).low > 0


def test_ties_keep_the_tied_value_in() -> None:
    assert median_interval(np.array([0.0, *[1.0] * 8]), 0.05) == (0, 1)
    assert median_interval(np.zeros(20), 0.05) == (0, 0)


@pytest.mark.parametrize("error", [0.3, 0.05, FAMILY_OF_30])
def test_critical_counts_agree_with_exact_capital(error: float) -> None:
    counts = critical_counts(error, 150)
    for tosses in range(150):
        refuting = [k for k in range(tosses // 2 + 1) if capital(k, tosses) >= 1 / error]
        assert counts[tosses] == max(refuting, default=-1), tosses


@settings(deadline=None, derandomize=True)
@given(
    values=st.lists(st.integers(-4, 4), max_size=40),
    candidate=st.sampled_from([-4.5, -4, -1.5, -1, 0, 0.5, 1, 3, 4]),
    error=st.sampled_from([0.3, 0.05, FAMILY_OF_30]),
)
def test_interval_holds_exactly_the_values_not_refuted(
    values: list[int], candidate: float, error: float
) -> None:
    above = sum(value > candidate for value in values)
    ties = sum(value == candidate for value in values)
    kindest = min(capital(k, len(values)) for k in range(above, above + ties + 1))
    interval = median_interval(np.array(values, dtype=float), error)
    assert (interval.low <= candidate <= interval.high) == (kindest < 1 / error)


def test_unknown_observations_lie_where_they_widen_the_interval_most() -> None:
    """Of 13, the second from either end bounds the median (see above)."""
    assert median_interval(upto(13), 0.05, unknown=0) == (2, 12)
    assert median_interval(upto(12), 0.05, unknown=1) == (1, 12)
    assert median_interval(upto(11), 0.05, unknown=2) == NOWHERE
    assert median_interval(np.empty(0), 0.05, unknown=13) == NOWHERE


@settings(deadline=None, derandomize=True)
@given(
    values=st.lists(st.integers(-4, 4), max_size=40),
    unknown=st.integers(0, 12),
    error=st.sampled_from([0.3, 0.05, FAMILY_OF_30]),
    fill=st.randoms(use_true_random=False),
)
def test_interval_with_unknown_observations_is_the_worst_case(
    values: list[int], unknown: int, error: float, fill: Random
) -> None:
    known = np.array(values, dtype=float)
    for bounded in (median_interval, bounds):
        placed = [
            bounded(
                np.array([*[-math.inf] * below, *known, *[math.inf] * (unknown - below)]), error
            )
            for below in range(unknown + 1)
        ]
        found = bounded(known, error, unknown)
        assert found.low == min(each.low for each in placed)
        assert found.high == max(each.high for each in placed)
        anywhere = [fill.uniform(-6, 6) for _ in range(unknown)]
        assert bounded(np.array([*known, *anywhere]), error).within(*found)


@given(heads=st.integers(0, 60), tails=st.integers(0, 60))
def test_capital_is_a_fair_game(heads: int, tails: int) -> None:
    tosses = heads + tails
    after = capital(heads + 1, tosses + 1) + capital(heads, tosses + 1)
    assert after / 2 == capital(heads, tosses)


@pytest.mark.parametrize("error", [0.05, FAMILY_OF_30])
def test_fair_coin_is_ever_refuted_with_at_most_the_error(error: float) -> None:
    """Exact, for whatever distribution has no ties: only the signs matter, and they are fair."""
    counts = critical_counts(error, 500)
    alive = np.array([1.0])  # probability of each number of heads, never refuted so far
    for tosses in range(1, 501):
        alive = (np.append(alive, 0) + np.append(0, alive)) / 2
        refuted = counts[tosses] + 1
        alive[:refuted] = 0
        alive[len(alive) - refuted :] = 0
    ever = 1 - alive.sum()
    assert 0.2 * error < ever <= error


def test_bounds_lie_as_far_from_the_median_as_expected(random: np.random.Generator) -> None:
    values = random.normal(size=(2000, 40))
    lows = [median_interval(each, 0.01).low for each in values]
    assert np.median(lows) == pytest.approx(-expected_reach(40, 0.01), rel=0.05)
    assert expected_reach(3, 0.01) == math.inf
