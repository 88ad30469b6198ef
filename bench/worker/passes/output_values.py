"""Outputs in short: few enough numbers to be stored, which depend on every one of the values.

Outputs of one process can be held against each other whole; those of two processes meet later, as
what is stored of them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any, Optional

from bench.domain.findings.evidence import OutputValues

MOST, LEAST = 2048, 64
"""Numbers that are stored of all outputs together, and of each of many at least."""

_AT_ONCE = 1 << 20


def values_of(arrays: Sequence[Any]) -> tuple[OutputValues, ...]:
    """What is stored of each of ``arrays``."""
    return tuple(_values(each, max(LEAST, MOST // len(arrays))) for each in arrays)


def numbers_of(array: Any) -> Optional[Any]:
    """The numbers of ``array`` as float64 in one row, complex ones as two; None where it has none.

    NumPy knows floating-point numbers of less than four bytes as foreign ones.
    """
    import numpy as np

    if array.dtype.kind == "c":
        array = np.stack([array.real, array.imag], axis=-1)
    is_number = array.dtype.kind in "iufb" or "float" in str(array.dtype)
    return np.ravel(array).astype("float64") if is_number else None


def _values(array: Any, most: int) -> OutputValues:
    import numpy as np

    numbers = numbers_of(array)
    if numbers is None:
        texts = "\0".join(map(str, np.ravel(array)))
        return OutputValues(sums=(), summed=1, largest=0.0, rest=_digest(texts.encode()))
    finite = np.isfinite(numbers)
    rest = "" if finite.all() else _digest(kinds(numbers).tobytes())
    numbers[~finite] = 0.0
    largest = float(np.max(np.abs(numbers), initial=0.0))
    sums, summed = (numbers, 1) if len(numbers) <= most else _summed(numbers, most)
    return OutputValues(tuple(map(_rounded, sums)), summed, _rounded(largest), rest)


def _summed(numbers: Any, most: int) -> tuple[Any, int]:
    """``most`` sums over all ``numbers``, and of how many the largest is made.

    Each number has a sum and a sign that its place decides, by a generator whose numbers never
    change (a count sketch: Charikar, Chen and Farach-Colton 2002, with sums of equal size).
    """
    import numpy as np

    generator = np.random.RandomState(0)
    sums, summed = np.zeros(most), 0
    for begin in range(0, len(numbers), _AT_ONCE):
        some = numbers[begin : begin + _AT_ONCE]
        places = generator.permutation(len(some)) % most
        signs = 2 * generator.randint(0, 2, len(some)) - 1
        sums += np.bincount(places, signs * some, most)
        summed += -(-len(some) // most)
    return sums, summed


def kinds(numbers: Any) -> Any:
    """For each of ``numbers``: 0 where it is finite, and which of the others it is."""
    import numpy as np

    return np.isnan(numbers) + 2 * np.isposinf(numbers) + 3 * np.isneginf(numbers)


def _rounded(number: float) -> float:
    return float(f"{number:.6g}")


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:16]
