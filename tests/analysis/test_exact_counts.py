"""Exact laws of counts."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.analysis.evidence.exact_counts import exact_growth

DEPTHS = (8, 16, 32, 64)


@pytest.mark.parametrize(
    ("count", "kind", "text"),
    [
        (lambda n: 451, "constant", "451"),
        (lambda n: 0, "constant", "0"),
        (lambda n: n, "linear", "n"),
        (lambda n: 8154 * n + 12039, "linear", "8154 n + 12039"),
        (lambda n: 3 * n - 7, "linear", "3 n - 7"),
        (lambda n: n * (n + 1) // 2, "quadratic", "n(n + 1)/2"),
        (lambda n: n * n, "quadratic", "n²"),
        (lambda n: 2 * n * n + 5, "quadratic", "2 n² + 5"),
        (lambda n: n * (n - 1) // 2, "quadratic", "n²/2 - n/2"),
        (lambda n: 4 * n * (n.bit_length() - 1) + 3, "n log n", "4 n log2 n + 3"),
    ],
)
def test_law_is_found_and_reads_as_people_write_it(
    count: Callable[[int], int], kind: str, text: str
) -> None:
    law = exact_growth(DEPTHS, [count(depth) for depth in DEPTHS])
    assert (law.kind, law.text()) == (kind, text)


def test_law_needs_a_depth_more_than_it_has_coefficients() -> None:
    assert exact_growth((8, 16, 32), [8, 9, 30]).kind == "irregular"
    assert exact_growth((8, 16), [8, 9]).kind == "irregular"
    assert exact_growth((8, 16), [9, 9]).kind == "constant"
    assert exact_growth(DEPTHS, [n**3 for n in DEPTHS]).kind == "irregular"
    assert exact_growth((*DEPTHS, 128), [n**3 for n in (*DEPTHS, 128)]).kind == "cubic"


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (lambda n: n * (n + 1) // 2, "n(n + 1)/2"),
        (lambda n: n * n, "n²"),
        (lambda n: n * (n - 1) // 2, "n²/2 - n/2"),
        (lambda n: 2 * n * n + 5, "2 n² + 5"),
        (lambda n: 3 * n * (n + 1) // 2 + 4, "3 n²/2 + 3 n/2 + 4"),
    ],
)
def test_three_depths_do_for_a_square_without_coefficients_of_its_own(
    count: Callable[[int], int], text: str
) -> None:
    law = exact_growth((8, 16, 32), [count(depth) for depth in (8, 16, 32)])
    assert (law.kind, law.text(), law.order) == ("quadratic", text, 2.0)
    assert law.at(64) == count(64)


@pytest.mark.parametrize(
    "count",
    [
        lambda n: n**3,
        lambda n: 254 * n * n + 8154 * n + 12039,
        lambda n: n * (n + 1) // 2 + (n == 16),
        lambda n: round(n**1.97),
        lambda n: -n * n,
    ],
)
def test_three_depths_do_for_no_other_square(count: Callable[[int], int]) -> None:
    counts = [count(depth) for depth in (8, 16, 32)]
    assert exact_growth((8, 16, 32), counts).kind == "irregular"


def test_one_count_too_many_is_no_law() -> None:
    counts = [n * n for n in DEPTHS]
    counts[1] += 1
    assert exact_growth(DEPTHS, counts).kind == "irregular"


def test_order_of_an_irregular_count_is_near_its_exponent() -> None:
    assert exact_growth(DEPTHS, [round(n**1.7) for n in DEPTHS]).order == pytest.approx(
        1.7, abs=0.05
    )
    assert exact_growth(DEPTHS, [9, 7, 5, 1]).order == 0


def test_law_tells_counts_at_other_depths() -> None:
    assert exact_growth(DEPTHS, [n * (n + 1) // 2 for n in DEPTHS]).at(128) == 128 * 129 // 2
    assert exact_growth(DEPTHS, [n * (n.bit_length() - 1) for n in DEPTHS]).at(128) == 128 * 7
    assert exact_growth(DEPTHS, [1, 5, 3, 9]).at(128) is None


def test_too_few_depths_tell_nothing() -> None:
    with pytest.raises(ValueError, match="tell no law"):
        exact_growth((8,), (8,))
    with pytest.raises(ValueError, match="tell no law"):
        exact_growth((8, 16), (8,))


@given(
    coefficients=st.lists(st.integers(-50, 50), min_size=1, max_size=3),
    depths=st.sets(st.integers(1, 100), min_size=4, max_size=6),
)
def test_every_polynomial_is_recognised_with_its_coefficients(
    coefficients: list[int], depths: set[int]
) -> None:
    while len(coefficients) > 1 and not coefficients[-1]:
        coefficients = coefficients[:-1]
    ordered = sorted(depths)
    counts = [
        sum(each * depth**power for power, each in enumerate(coefficients)) for depth in ordered
    ]
    law = exact_growth(ordered, counts)
    assert law.coefficients == tuple(Fraction(each) for each in coefficients)


def test_two_depths_have_no_exponent() -> None:
    assert exact_growth((4, 8), [10, 30]).text() == "no law"
    assert "n^0" not in exact_growth((4, 8, 16), [30, 20, 11]).text()
