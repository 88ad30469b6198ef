"""Break-even: the number of calls after which faster calls recover a slower start.

In a round, ``start`` is the extra time until an arm's first answer, compared with the baseline, and
``saving`` is the time that each later call saves. The arm breaks even after start / saving
calls: 0 if its start is no slower, infinite if its calls save nothing. Break-even counts are
ordered, so their median has the same anytime-valid interval as an effect, and infinity is a value
like any other.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np

from bench.analysis.arrays import Floats
from bench.analysis.inference.intervals import finite_or_none, median_interval
from bench.analysis.samples.rounds import RoundCosts
from bench.domain.design.comparison import Comparison
from bench.domain.findings.costs import BreakEvenFinding


def calls_to_break_even(start: Floats, saving: Floats) -> Floats:
    """Calls after which ``saving`` per call recovers ``start``; 0 for at once, inf for never.

    Both have shape (rounds,), in one unit of time; either may be negative.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        calls = np.where(saving > 0, start / saving, np.inf)
    return np.where(start <= 0, 0.0, calls)


def break_even_findings(
    comparisons: Sequence[Comparison], costs: RoundCosts, *, start: Mapping[str, str]
) -> tuple[BreakEvenFinding, ...]:
    """One finding for each of ``comparisons``, which are of phases that iterate.

    The placebo's are left out. ``start`` names, for each call mode, the phase or composite that a
    first answer takes. The error of an interval is the comparison's own share. Comparisons that no
    round measured have none.
    """
    found = (
        _finding(comparison, costs, start[comparison.panel.call_mode])
        for comparison in comparisons
        if not comparison.placebo
    )
    return tuple(finding for finding in found if finding is not None)


def _finding(comparison: Comparison, costs: RoundCosts, start: str) -> BreakEvenFinding | None:
    arm, baseline, phase = comparison.arm, comparison.baseline, comparison.phase
    later = costs.of(arm, start) - costs.of(baseline, start)
    saving = costs.of(baseline, phase) - costs.of(arm, phase)
    measured = ~(np.isnan(later) | np.isnan(saving))
    if not measured.any():
        return None
    calls = calls_to_break_even(later[measured], saving[measured])
    interval = median_interval(calls, comparison.error_share)
    middle = float(np.quantile(calls, 0.5, method="lower"))
    return BreakEvenFinding(
        **arm.fields(),
        baseline=baseline.arm,
        baseline_environment=baseline.environment,
        rounds=len(calls),
        calls=finite_or_none(middle),
        calls_low=finite_or_none(max(interval.low, 0.0)),
        calls_high=finite_or_none(interval.high),
        never=math.isinf(interval.low) and interval.low > 0,
    )
