"""The effect of an arm: per round, its log ratio to the baseline measured next to it."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from bench.analysis.arrays import Booleans, Floats, log, median
from bench.analysis.samples.rounds import RoundCosts
from bench.domain.design.comparison import Comparison


@dataclass(frozen=True)
class Effect:
    """Log ratios of an arm to the baseline in the same panel, phase, metric and round.

    ``log_ratio`` has shape (rounds with a ratio,), in the order of the rounds; ``log_ratio[i] > 0``
    means that the arm needed more. ``without_ratio`` rounds measured both, and one of them as 0 or
    less, as memory that was given back. ``arm_value`` and ``baseline_value`` are
    medians over all rounds that measured that arm, in the metric's unit; ``None`` where none did.
    A ``co_scheduled`` effect rests on invocations that shared a core; ``solo_log_ratio`` (rounds
    that measured both so,) is then what those say that had it to themselves, and else empty.
    """

    comparison: Comparison
    log_ratio: Floats
    arm_value: float | None
    baseline_value: float | None
    without_ratio: int = 0
    co_scheduled: bool = False
    solo_log_ratio: Floats = field(default_factory=lambda: np.empty(0))


def effect_of(
    comparison: Comparison, costs: RoundCosts, solo_costs: RoundCosts | None = None
) -> Effect:
    """The effect of one comparison; a round has no ratio unless both costs are above zero.

    ``solo_costs`` are those of solo invocations alone, where there are others.
    """
    arm, baseline = _costs(comparison, costs)
    cells = comparison.arm, comparison.baseline
    co_scheduled = comparison.metric.corrected is not None and any(
        (cell, comparison.phase) in costs.co_scheduled for cell in cells
    )
    solo = (
        _log_ratio(*_costs(comparison, solo_costs)) if co_scheduled and solo_costs else np.empty(0)
    )
    return Effect(
        comparison=comparison,
        log_ratio=_log_ratio(arm, baseline),
        arm_value=_median(arm),
        baseline_value=_median(baseline),
        without_ratio=int(
            (~np.isnan(arm) & ~np.isnan(baseline) & ~_both_cost(arm, baseline)).sum()
        ),
        co_scheduled=co_scheduled,
        solo_log_ratio=solo,
    )


def _costs(comparison: Comparison, costs: RoundCosts) -> tuple[Floats, Floats]:
    arm, baseline = (
        costs.of(cell, comparison.phase, comparison.metric)
        for cell in (comparison.arm, comparison.baseline)
    )
    return arm, baseline


def _both_cost(arm: Floats, baseline: Floats) -> Booleans:
    return (arm > 0) & (baseline > 0)


def _log_ratio(arm: Floats, baseline: Floats) -> Floats:
    both = _both_cost(arm, baseline)
    return log(arm[both] / baseline[both])


def _median(values: Floats) -> float | None:
    measured = values[~np.isnan(values)]
    return median(measured) if len(measured) else None
