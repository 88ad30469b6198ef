"""The effect of an arm: per round, its log ratio to the baseline beside it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bench.analysis.arrays import Floats, log, median
from bench.analysis.samples.rounds import RoundCosts
from bench.domain.comparison import Comparison


@dataclass(frozen=True)
class Effect:
    """Log ratios of an arm to the baseline in the same panel, phase and round.

    ``log_ratio`` has shape (rounds that measured both,), in the order of the rounds;
    ``log_ratio[i] > 0`` means that the arm took longer. ``arm_seconds`` and ``baseline_seconds``
    are medians over all rounds that measured that arm, ``None`` where none did.
    """

    comparison: Comparison
    log_ratio: Floats
    arm_seconds: float | None
    baseline_seconds: float | None


def effect_of(comparison: Comparison, costs: RoundCosts) -> Effect:
    """The effect of one comparison; a round with a missing or zero cost on either side has none."""
    factors, phase = comparison.factors, comparison.phase
    arm = costs.seconds_of(factors, comparison.arm, phase)
    baseline = costs.seconds_of(factors, comparison.baseline, phase)
    both = (arm > 0) & (baseline > 0)
    return Effect(
        comparison=comparison,
        log_ratio=log(arm[both] / baseline[both]),
        arm_seconds=_median(arm),
        baseline_seconds=_median(baseline),
    )


def _median(seconds: Floats) -> float | None:
    measured = seconds[~np.isnan(seconds)]
    return median(measured) if len(measured) else None
