"""Do forked processes time like started ones, and what do they save?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bench.analysis.intervals import median_interval

_ERROR = 0.05


@dataclass(frozen=True)
class RatioOverRounds:
    """Median over rounds of a ratio, with its 95 % anytime-valid interval (None: not bounded)."""

    ratio: float
    low: float | None
    high: float | None


def ratio_over_rounds(
    numerators: Sequence[float], denominators: Sequence[float]
) -> RatioOverRounds:
    """The ratio of two costs, one value of each per round, any common unit."""
    logs = np.log(np.asarray(numerators, float) / np.asarray(denominators, float))
    low, high = median_interval(logs, _ERROR)
    return RatioOverRounds(
        ratio=float(np.exp(np.median(logs))),
        low=float(np.exp(low)) if np.isfinite(low) else None,
        high=float(np.exp(high)) if np.isfinite(high) else None,
    )
