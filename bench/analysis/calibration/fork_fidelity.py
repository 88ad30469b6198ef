"""Do forked processes time like started ones, and what do they save?"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bench.analysis.arrays import Floats, exp, log
from bench.analysis.inference.intervals import median_interval
from bench.analysis.samples.core_speed import speed_corrected_times

_ERROR = 0.05

Timing = tuple[float, float, float | None]


@dataclass(frozen=True)
class RatioOverRounds:
    """Median over rounds of a ratio, with its 95 % anytime-valid interval (None: not bounded)."""

    ratio: float
    low: float | None
    high: float | None


def corrected_ratio_over_rounds(
    numerators: Sequence[Sequence[Timing]], denominators: Sequence[Sequence[Timing]]
) -> RatioOverRounds:
    """The ratio of two times at the same pace, each round the geometric mean of several of each.

    A timing is wall time, CPU time and the probe's reading, in any one unit; the last may be None.
    """
    timings = np.array([numerators, denominators], dtype=float)
    shape = timings.shape[:-1]
    wall, cpu, probe = timings.reshape(-1, timings.shape[-1]).T
    cell = np.repeat([0, 1], wall.size // 2)
    logs = log(speed_corrected_times(wall, cpu, probe, cell)).reshape(shape).mean(axis=-1)
    return ratio_over_rounds(exp(logs[0]), exp(logs[1]))


def ratio_over_rounds(
    numerators: Sequence[float] | Floats, denominators: Sequence[float] | Floats
) -> RatioOverRounds:
    """The ratio of two costs, one value of each per round, any common unit."""
    logs = log(np.asarray(numerators, float) / np.asarray(denominators, float))
    low, high = median_interval(logs, _ERROR)
    return RatioOverRounds(
        ratio=math.exp(np.median(logs)),
        low=math.exp(low) if np.isfinite(low) else None,
        high=math.exp(high) if np.isfinite(high) else None,
    )
