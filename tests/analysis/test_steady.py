"""The steady part of a sequence of calls."""

from __future__ import annotations

import numpy as np

from bench.analysis.invocations import Floats
from bench.analysis.steady import steady_seconds


def steady(*sequences: list[float]) -> Floats:
    belongs = np.repeat(np.arange(len(sequences)), [len(each) for each in sequences])
    iteration = np.concatenate([np.arange(len(each)) for each in sequences])
    seconds = np.concatenate([np.array(each, dtype=float) for each in sequences])
    return steady_seconds(belongs, iteration, seconds, len(sequences))


def test_steady_cost_is_the_median_of_the_second_half() -> None:
    assert steady([90, 50, 20, 3, 1, 2]).tolist() == [2]


def test_middle_call_of_an_odd_number_is_in_the_second_half() -> None:
    assert steady([90, 4, 2]).tolist() == [3]
    assert steady([7]).tolist() == [7]


def test_sequences_are_kept_apart_whatever_their_length() -> None:
    np.testing.assert_array_equal(steady([9, 1], [], [9, 9, 3, 3]), [1, np.nan, 3])


def test_order_of_the_table_does_not_matter(random: np.random.Generator) -> None:
    seconds = random.random(20)
    sequence, iteration = np.repeat([0, 1], 10), np.tile(np.arange(10), 2)
    shuffled = random.permutation(20)
    np.testing.assert_array_equal(
        steady_seconds(sequence, iteration, seconds, 2),
        steady_seconds(sequence[shuffled], iteration[shuffled], seconds[shuffled], 2),
    )
