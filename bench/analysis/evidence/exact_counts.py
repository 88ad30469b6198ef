"""Exact laws of counts: which polynomial of the number of layers a count is, without any error.

Counts have no noise, so there is nothing to estimate: a law holds at every depth that was looked
at, at least one more than it has coefficients, or it does not hold.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache
from typing import Literal, NamedTuple

LawKind = Literal["constant", "linear", "n log n", "quadratic", "cubic", "irregular"]

_POLYNOMIALS: tuple[LawKind, ...] = ("constant", "linear", "quadratic", "cubic")


class ExactGrowth(NamedTuple):
    """What a count is at every depth n.

    ``coefficients`` are those of 1, n, n², … of a polynomial, of 1, n, n·log₂ n for ``n log n``,
    and none of an ``irregular`` count. ``order`` says how fast it grows: the exponent of n, 1.5 for
    ``n log n``, and of an irregular count the exponent between its last two increments.
    """

    kind: LawKind
    coefficients: tuple[Fraction, ...]
    order: float

    def text(self) -> str:
        """The law as a formula: ``n(n + 1)/2``, ``8154 n + 12039``, ``451``.

        Two depths, and counts that fall, show neither law nor exponent: ``no law``.
        """
        if self.kind == "irregular":
            return f"about n^{self.order:.2f}" if self.order else "no law"
        if self.coefficients == _TRIANGULAR:
            return "n(n + 1)/2"
        return " + ".join(reversed(self._terms())).replace("+ -", "- ") or "0"

    def leading(self) -> str:
        """The term that grows fastest: ``254 n²``; ``about n^1.65`` of an irregular count."""
        return self.text() if self.kind == "irregular" else [*["0"], *self._terms()][-1]

    def _terms(self) -> list[str]:
        names = ("", "n", "n log2 n") if self.kind == "n log n" else ("", "n", "n²", "n³")
        return [
            _term(coefficient, name)
            for coefficient, name in zip(self.coefficients, names, strict=False)
            if coefficient
        ]

    def at(self, depth: int) -> Fraction | None:
        """The count at ``depth``; None for an irregular one."""
        if self.kind == "irregular":
            return None
        if self.kind == "n log n":
            a, b, c = self.coefficients
            return a + b * depth + c * Fraction(depth * math.log2(depth))
        return sum(
            (each * depth**power for power, each in enumerate(self.coefficients)), Fraction(0)
        )


def exact_growth(depths: Sequence[int], counts: Sequence[int]) -> ExactGrowth:
    """The simplest law that ``counts`` obey at all of ``depths``, which ascend.

    With d + 1 coefficients, at least d + 2 depths must agree: so three depths do for a multiple of
    n(n + 1)/2, n² or n(n - 1)/2 and a constant, in whole numbers, which are two. Raises
    ``ValueError`` when the two differ in length, or there are fewer than two.
    """
    if len(depths) != len(counts) or len(depths) < 2:
        raise ValueError(f"{len(depths)} depths and {len(counts)} counts tell no law")
    return _law(tuple(depths), tuple(counts))


@lru_cache(maxsize=1 << 16)
def _law(depths: tuple[int, ...], counts: tuple[int, ...]) -> ExactGrowth:
    """Thousands of functions and edges of a phase have the same few hundred counts."""
    differences = _divided(depths, counts)
    for degree, kind in enumerate(_POLYNOMIALS[: len(depths) - 1]):
        if not any(differences[degree + 1 :]):
            return ExactGrowth(kind, _expanded(depths, differences[: degree + 1]), float(degree))
        if kind == "linear" and (coefficients := _logarithmic(depths, counts)):
            return ExactGrowth("n log n", coefficients, 1.5)
    if len(depths) == 3 and (plain := _plain_quadratic(depths, counts)):
        return ExactGrowth("quadratic", plain, 2.0)
    return ExactGrowth("irregular", (), _exponent(depths, counts))


_TRIANGULAR = (Fraction(0), Fraction(1, 2), Fraction(1, 2))
_PLAIN = (
    _TRIANGULAR,
    (Fraction(0), Fraction(0), Fraction(1)),
    (Fraction(0), Fraction(-1, 2), Fraction(1, 2)),
)
"""The squares without coefficients of their own, as those of 1, n, n²."""


def _term(coefficient: Fraction, name: str) -> str:
    if not name:
        return str(coefficient)
    if coefficient == 1:
        return name
    if coefficient.denominator == 1:
        return f"{coefficient} {name}"
    top = {1: name, -1: f"-{name}"}.get(coefficient.numerator, f"{coefficient.numerator} {name}")
    return f"{top}/{coefficient.denominator}"


def _divided(depths: Sequence[int], counts: Sequence[int]) -> list[Fraction]:
    """Newton's divided differences: those beyond the d-th vanish for a polynomial of degree d."""
    column = [Fraction(count) for count in counts]
    found = [column[0]]
    for order in range(1, len(depths)):
        column = [
            (column[i + 1] - column[i]) / (depths[i + order] - depths[i])
            for i in range(len(column) - 1)
        ]
        found.append(column[0])
    return found


def _expanded(depths: Sequence[int], differences: Sequence[Fraction]) -> tuple[Fraction, ...]:
    """Coefficients of 1, n, n², … from Newton's form."""
    total = [Fraction(0)] * len(differences)
    basis = [Fraction(1)]
    for order, difference in enumerate(differences):
        for power, each in enumerate(basis):
            total[power] += difference * each
        shifted = [Fraction(0), *basis]
        basis = [
            high - depths[order] * low
            for high, low in zip(shifted, [*basis, Fraction(0)], strict=True)
        ]
    return tuple(total)


def _plain_quadratic(depths: Sequence[int], counts: Sequence[int]) -> tuple[Fraction, ...] | None:
    """a + b·f(n) at all depths, f being one of ``_PLAIN``, with whole a, and b from 1; or None."""
    for plain in _PLAIN:
        law = ExactGrowth("quadratic", plain, 2.0)
        values = [law.at(depth) or Fraction(0) for depth in depths]
        if values[0] == values[1]:
            continue
        b = Fraction(counts[1] - counts[0]) / (values[1] - values[0])
        a = counts[0] - b * values[0]
        is_whole = b.denominator == a.denominator == 1 and b >= 1
        if is_whole and all(a + b * f == n for f, n in zip(values, counts, strict=True)):
            return (a, *(b * each for each in plain[1:]))
    return None


def _logarithmic(
    depths: Sequence[int], counts: Sequence[int]
) -> tuple[Fraction, Fraction, Fraction] | None:
    """a, b, c of a + b·n + c·n·log₂ n, where all of at least four depths are powers of two."""
    if len(depths) < 4 or any(depth < 1 or depth & (depth - 1) for depth in depths):
        return None
    logs = [depth.bit_length() - 1 for depth in depths]
    (n0, n1, n2), (k0, k1, k2) = depths[:3], logs[:3]
    y0, y1, y2 = (Fraction(count) for count in counts[:3])
    # Two equations without a: differences to the first depth.
    p1, q1, r1 = n1 - n0, n1 * k1 - n0 * k0, y1 - y0
    p2, q2, r2 = n2 - n0, n2 * k2 - n0 * k0, y2 - y0
    determinant = p1 * q2 - p2 * q1
    b = (r1 * q2 - r2 * q1) / determinant
    c = (p1 * r2 - p2 * r1) / determinant
    a = y0 - b * n0 - c * n0 * k0
    holds = all(
        a + b * n + c * n * k == count for n, k, count in zip(depths, logs, counts, strict=True)
    )
    return (a, b, c) if holds else None


def _exponent(depths: Sequence[int], counts: Sequence[int]) -> float:
    """The exponent of n between the last two increments; 0 where the count does not rise."""
    if len(depths) < 3:
        return 0.0
    before, after = counts[-2] - counts[-3], counts[-1] - counts[-2]
    if before <= 0 or after <= 0:
        return 0.0
    # Rates between depths, at the middles of the two intervals.
    rates = before / (depths[-2] - depths[-3]), after / (depths[-1] - depths[-2])
    middles = (depths[-2] + depths[-3]) / 2, (depths[-1] + depths[-2]) / 2
    return max(0.0, 1 + math.log(rates[1] / rates[0]) / math.log(middles[1] / middles[0]))
