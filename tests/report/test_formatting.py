"""Numbers as words."""

from __future__ import annotations

import pytest

from bench.domain.words import listing
from bench.report.text.formatting import (
    duration,
    duration_with_interval,
    memory,
    ratio,
    significant,
)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.194, "194 ms"), (2.706, "2.71 s"), (0.000141, "141 µs"), (3e-8, "30.0 ns"), (0, "0 ns")],
)
def test_durations_have_a_fitting_unit(seconds: float, text: str) -> None:
    assert duration(seconds) == text


def test_memory_is_in_binary_units() -> None:
    assert memory(13.1 * 2**20) == "13.1 MiB"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.9999e-3, "1.00 ms"),
        (0.9996, "1.00 s"),
        (999.9e-9, "1.00 µs"),
        (0.9994, "999 ms"),
        (0.999e-3, "999 µs"),
    ],
)
def test_no_duration_is_a_thousand_of_a_unit(seconds: float, text: str) -> None:
    assert duration(seconds) == text
    assert duration_with_interval(seconds, None, None)[0] == text


@pytest.mark.parametrize(
    ("size_bytes", "text"),
    [(1023.7, "1.00 KiB"), (1023.7 * 2**10, "1.00 MiB"), (1023.0, "1023 B")],
)
def test_no_memory_is_1024_of_a_unit(size_bytes: float, text: str) -> None:
    assert memory(size_bytes) == text


@pytest.mark.parametrize(
    ("value", "text"), [(3.876, "3.88"), (12.41, "12.4"), (123.4, "123"), (0.0512, "0.051")]
)
def test_ratios_are_rounded_to_what_can_be_read(value: float, text: str) -> None:
    assert ratio(value) == text


def test_significant_digits_are_kept_in_plain_notation() -> None:
    assert significant(0.0001234) == "0.000123"
    assert significant(-12.0) == "\N{MINUS SIGN}12.0"


def test_listing_reads_as_a_sentence() -> None:
    assert listing(["a"]) == "a"
    assert listing(["a", "b", "c"]) == "a, b and c"
