"""Logarithm and exponential that give the same digits on every processor.

NumPy chooses its own kernels for both by the processor, and their last digits differ. These go
through the C library, one value at a time, so that findings can be reproduced elsewhere.
"""

from __future__ import annotations

import numpy as np
from scipy import special

from bench.analysis.invocations import Floats


def log(values: Floats) -> Floats:
    """The natural logarithm of each value, any shape; -inf of 0, NaN of NaN and below 0."""
    return np.asarray(special.xlogy(1.0, values), dtype=np.float64)


def exp(values: Floats) -> Floats:
    """``e`` to the power of each value, any shape."""
    return np.asarray(special.inv_boxcox(values, 0.0), dtype=np.float64)
