"""Medians of many short series: a dozen rounds each, and hundreds of them after every round."""

from __future__ import annotations

import numpy as np

from bench.analysis.invocations import Floats


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
