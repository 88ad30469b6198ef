"""The steady part of a sequence of calls, on sequences whose truth is known."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
import ruptures

from bench.analysis.arrays import Floats
from bench.analysis.samples.steady_state import (
    KINDS,
    SHORTEST,
    Kind,
    SteadyStates,
    segments,
    steadiness,
)

CALLS = 40


def found_in(*sequences: Floats | list[float]) -> SteadyStates:
    belongs = np.repeat(np.arange(len(sequences)), [len(each) for each in sequences])
    iteration = np.concatenate([np.arange(len(each)) for each in sequences])
    seconds = np.concatenate([np.array(each, dtype=float) for each in sequences])
    return steadiness(belongs, iteration, seconds, len(sequences))


def levels(*parts: tuple[float, int]) -> Floats:
    """Calls at each level in turn."""
    return np.concatenate([np.full(calls, level) for level, calls in parts])


def noisy(random: np.random.Generator, series: Floats, width: float = 0.02) -> Floats:
    return np.asarray(series * np.exp(random.normal(0, width, len(series))))


def kinds(found: SteadyStates) -> list[Kind]:
    return [KINDS[number] for number in found.kind]


@pytest.mark.parametrize(
    ("series", "kind", "first"),
    [
        (levels((1.0, CALLS)), "flat", 0),
        (levels((1.5, 10), (1.0, 30)), "warm-up", 10),
        (levels((3.0, 4), (1.5, 6), (1.0, 30)), "warm-up", 10),
        (levels((1.0, 10), (1.5, 30)), "slowdown", 10),
        (levels((2.0, 6), (1.0, 6), (1.5, 28)), "slowdown", 12),
        (levels((1.0, 34), (1.5, 6)), "none", 34),
        (levels((1.0, 20), (1.02, 20)), "flat", 0),
    ],
)
def test_each_kind_is_told_in_almost_every_sequence(
    random: np.random.Generator, series: Floats, kind: Kind, first: int
) -> None:
    found = found_in(*(noisy(random, series) for _ in range(400)))
    assert np.mean([each == kind for each in kinds(found)]) > 0.97
    assert np.mean(np.abs(found.first - first) <= 1) > 0.97


@pytest.mark.parametrize("length", [12, 30, 100])
def test_calls_without_a_change_are_flat(random: np.random.Generator, length: int) -> None:
    found = found_in(*np.exp(random.normal(0, 0.2, (4000, length))))
    assert np.mean(found.kind != KINDS.index("flat")) < 0.02


def test_single_disturbed_calls_change_nothing(random: np.random.Generator) -> None:
    series = [noisy(random, levels((1.0, CALLS))) for _ in range(200)]
    for each in series:
        each[random.integers(CALLS, size=2)] *= 20
    found = found_in(*series)
    assert np.mean(found.kind == KINDS.index("flat")) > 0.97
    np.testing.assert_allclose(found.seconds, 1.0, rtol=0.03)


def test_steady_cost_and_what_came_before_it(random: np.random.Generator) -> None:
    found = found_in(levels((3.0, 10), (1.0, 30)))
    assert found.seconds.tolist() == [1.0]
    assert found.seconds_before.tolist() == [30.0]


def test_without_a_steady_part_the_second_half_stands_for_it() -> None:
    found = found_in(levels((1.0, 34), (2.0, 6)))
    assert kinds(found) == ["none"]
    assert found.seconds.tolist() == [1.0]
    assert found.seconds_before.tolist() == [20.0]


def test_of_few_calls_the_second_half_is_taken() -> None:
    assert found_in([90, 4, 2]).seconds.tolist() == [3]
    assert found_in([7]).seconds.tolist() == [7]


def test_sequences_are_kept_apart_whatever_their_length() -> None:
    found = found_in([9, 1], [], [9, 9, 3, 3])
    np.testing.assert_array_equal(found.seconds, [1, np.nan, 3])
    assert found.kind.tolist() == [0, -1, 0]


def test_order_of_the_table_does_not_matter(random: np.random.Generator) -> None:
    seconds = np.concatenate([noisy(random, levels((2.0, 5), (1.0, 15))) for _ in range(2)])
    sequence, iteration = np.repeat([0, 1], 20), np.tile(np.arange(20), 2)
    shuffled = random.permutation(40)
    straight = steadiness(sequence, iteration, seconds, 2)
    mixed = steadiness(sequence[shuffled], iteration[shuffled], seconds[shuffled], 2)
    np.testing.assert_array_equal(straight.kind, mixed.kind)
    np.testing.assert_array_equal(straight.seconds, mixed.seconds)


@pytest.mark.parametrize("penalty", [3.0, 12.0])
def test_segmentation_is_the_cheapest_there_is(random: np.random.Generator, penalty: float) -> None:
    steps = random.choice([0.0, 0.0, 0.0, 4.0, -3.0], (15, 25)).cumsum(axis=1)
    rows = steps + random.normal(size=steps.shape)
    for found, row in zip(segments(rows, penalty), rows, strict=True):
        # The library finds the cheapest segmentation of each number of segments.
        search = ruptures.Dynp(model="l2", min_size=SHORTEST, jump=1).fit(row)
        tried = [[0, *search.predict(n_bkps=changes)] for changes in range(1, 8)]
        cheapest = min(cost(row, edges, penalty) for edges in [[0, 25], *tried])
        assert cost(row, found, penalty) == pytest.approx(cheapest)


def cost(row: Floats, edges: list[int], penalty: float) -> float:
    parts = (row[begin:end] for begin, end in pairwise(edges))
    return sum(float(((part - part.mean()) ** 2).sum()) + penalty for part in parts)
