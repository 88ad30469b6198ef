"""The effect of an arm: per round, its log ratio to the baseline measured next to it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bench.analysis.arrays import Floats, log, median
from bench.analysis.samples.rounds import RoundCosts
from bench.domain.design.comparison import Comparison


@dataclass(frozen=True)
class Effect:
    """Log ratios of an arm to the baseline in the same panel, phase, metric and round.

    ``log_ratio`` has shape (rounds that measured both,), in the order of the rounds;
    ``log_ratio[i] > 0`` means that the arm needed more. ``arm_value`` and ``baseline_value`` are
    medians over all rounds that measured that arm, in the metric's unit; ``None`` where none did.
    """

    comparison: Comparison
    log_ratio: Floats
    arm_value: float | None
    baseline_value: float | None


def effect_of(comparison: Comparison, costs: RoundCosts) -> Effect:
    """The effect of one comparison; a round has none unless both costs are above zero."""
    arm, baseline = (
        costs.of(cell, comparison.phase, comparison.metric)
        for cell in (comparison.arm, comparison.baseline)
    )
    both = (arm > 0) & (baseline > 0)
    return Effect(
        comparison=comparison,
        log_ratio=log(arm[both] / baseline[both]),
        arm_value=_median(arm),
        baseline_value=_median(baseline),
    )


def _median(values: Floats) -> float | None:
    measured = values[~np.isnan(values)]
    return median(measured) if len(measured) else None
