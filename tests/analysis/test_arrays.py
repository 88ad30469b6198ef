"""Logarithm and exponential are those of the C library, whatever NumPy would choose."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from bench.analysis.arrays import exp, log
from bench.domain.values import DIGITS, Rounded


@given(st.lists(st.floats(min_value=1e-300, max_value=1e300), min_size=1))
def test_logarithms_are_the_c_librarys(values: list[float]) -> None:
    assert log(np.array(values)).tolist() == [math.log(each) for each in values]


@given(st.lists(st.floats(min_value=-700, max_value=700), min_size=1))
def test_exponentials_are_the_c_librarys(values: list[float]) -> None:
    assert exp(np.array(values)).tolist() == [math.exp(each) for each in values]


def test_what_has_no_logarithm_is_marked() -> None:
    assert np.isneginf(log(np.array([0.0])))
    assert np.isnan(log(np.array([np.nan]))).all()


class _Finding(Rounded):
    ratio: float | None
    seconds: tuple[float, ...]


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_numbers_of_findings_have_nine_digits_and_keep_them(value: float) -> None:
    made = _Finding(ratio=value, seconds=(value,))
    assert made.ratio == made.seconds[0] == float(f"{value:.{DIGITS}g}")
    assert _Finding.model_validate_json(made.model_dump_json()) == made
