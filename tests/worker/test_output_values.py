"""What is stored of outputs depends on each of their values, and on nothing but these."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from bench.analysis.summaries.outputs import CellOutputs, outputs_warnings
from bench.domain.findings.evidence import OutputsOutcome, OutputValues
from bench.worker.passes.output_values import LEAST, MOST, values_of
from tests.analysis.test_outputs import SAME, of

ROWS = 32


def outputs(columns: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal((ROWS, columns)).astype("float32")


def answered(array: np.ndarray) -> OutputsOutcome:
    return replace(SAME, shapes=(f"float32{array.shape}",), values=values_of([array]))


def are_told_apart(one: np.ndarray, other: np.ndarray) -> bool:
    found: list[CellOutputs] = [of("base", answered(one)), of("other", answered(other))]
    return bool(outputs_warnings(found, {"styles": "base"}))


@pytest.mark.parametrize("columns", [10, 33, 1024, 4096, 30_000])
def test_arms_that_differ_in_one_column_of_many_are_told_apart(columns: int) -> None:
    one = outputs(columns)
    for column in (0, columns // 3, columns - 1):
        other = one.copy()
        other[:, column] += np.max(np.abs(one)) / 8
        assert are_told_apart(one, other), column


@pytest.mark.parametrize("columns", [10, 33, 1024, 4096, 30_000])
def test_arms_that_differ_in_one_value_alone_are_told_apart(columns: int) -> None:
    one = outputs(columns)
    for column in (0, columns // 3, columns - 1):
        other = one.copy()
        other[7, column] += np.max(np.abs(one)) / 8
        assert are_told_apart(one, other), column


@pytest.mark.parametrize("columns", [10, 1024, 30_000])
def test_arms_that_only_round_are_not_told_apart(columns: int) -> None:
    one = outputs(columns)
    largest = float(np.max(np.abs(one)))
    for seed in range(20):
        errors = np.random.default_rng(seed).uniform(-9e-4, 9e-4, one.shape) * largest
        assert not are_told_apart(one, one + errors.astype("float32"))
    assert not are_told_apart(one, one + np.float32(5e-4 * largest))


def test_columns_that_change_places_are_told_apart() -> None:
    one = outputs(5000)
    other = one.copy()
    other[:, [17, 4321]] = one[:, [4321, 17]]
    assert are_told_apart(one, other)


def test_few_numbers_are_stored_as_they_are_and_many_in_short() -> None:
    few, many = outputs(10), outputs(100_000)
    (stored,) = values_of([few])
    assert stored.sums == pytest.approx(few.ravel().tolist(), rel=5e-6)
    assert (stored.summed, stored.rest) == (1, "")
    (stored,) = values_of([many])
    assert len(stored.sums) == MOST
    assert stored.summed >= many.size / MOST
    assert stored.largest == pytest.approx(float(np.max(np.abs(many))), rel=5e-6)
    assert len(json.dumps(stored)) < 25_000
    several = values_of([many] * 4)
    assert sum(len(each.sums) for each in several) == MOST
    assert {len(each.sums) for each in values_of([many] * 100)} == {LEAST}


def test_same_outputs_are_stored_alike_however_often() -> None:
    array = outputs(50_000)
    assert values_of([array]) == values_of([array.copy()])


def test_texts_and_what_is_no_finite_number_are_stored_as_a_digest() -> None:
    words = np.array([[b"yes"], [b"no"]], dtype=object)
    (stored,), (other,) = values_of([words]), values_of([words[::-1]])
    assert stored.sums == ()
    assert stored.rest != other.rest
    infinite = np.array([1.0, np.inf, 3.0])
    (stored,) = values_of([infinite])
    assert (stored.sums, stored.largest) == ((1.0, 0.0, 3.0), 3.0)
    rests = {
        values_of([np.array([1.0, each, 3.0])])[0].rest for each in (np.inf, -np.inf, np.nan, 2.0)
    }
    assert len(rests) == 4


def test_outputs_without_a_value_have_nothing_to_store() -> None:
    assert values_of([]) == ()
    assert values_of([np.zeros((0, 3))]) == (OutputValues((), 1, 0.0, ""),)


def test_complex_numbers_count_with_both_parts() -> None:
    one = np.full((2, 2), 1 + 1j, dtype="complex64")
    (mine,), (theirs,) = values_of([one]), values_of([one.conj()])
    assert mine != theirs
    assert len(mine.sums) == 8
