"""Arrays of numbers, their medians, and a logarithm and exponential fit to be reproduced.

NumPy chooses its own kernels for logarithm and exponential by the processor, and their last digits
differ. Those below go through the C library, one value at a time, so that findings are the same on
every machine.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import special

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Booleans = npt.NDArray[np.bool_]


def log(values: Floats) -> Floats:
    """The natural logarithm of each value, any shape; -inf of 0, NaN of NaN and below 0."""
    return np.asarray(special.xlogy(1.0, values), dtype=np.float64)


def exp(values: Floats) -> Floats:
    """``e`` to the power of each value, any shape."""
    return np.asarray(special.inv_boxcox(values, 0.0), dtype=np.float64)


def median(values: Floats) -> float:
    """The median of ``values`` (observations,), of which there is at least one."""
    ordered, count = np.sort(values), len(values)
    return float(ordered[(count - 1) // 2] + ordered[count // 2]) / 2


def row_medians(values: Floats) -> Floats:
    """The median of each row (rows, rounds), NaN left out; NaN for a row of nothing else."""
    ordered = np.sort(values, axis=1)  # NaN goes last
    count = (~np.isnan(values)).sum(axis=1)
    medians = np.full(len(values), np.nan)
    some = np.flatnonzero(count)
    lower = ordered[some, (count[some] - 1) // 2]
    upper = ordered[some, count[some] // 2]
    medians[some] = (lower + upper) / 2
    return medians
