"""What each cell cost: the numbers behind the ratios."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from bench.analysis.arrays import Floats, Integers, row_medians
from bench.analysis.inference.intervals import critical_counts
from bench.analysis.samples.rounds import RoundCosts
from bench.domain.findings.run import CellFinding
from bench.domain.panel import Panel


def cell_findings(
    costs: RoundCosts, declared: Mapping[tuple[Panel, str], int], error: float
) -> tuple[CellFinding, ...]:
    """Median, lowest and highest round of every cell and phase that was measured.

    ``declared`` gives the place of a panel and arm in the plan; cells that it lacks come last, in
    the order of their factors. ``error`` is what the interval of each median may err, at any look
    (see ``median_interval``). Phases are in the order they happened, composites after them.
    """
    cells, phases = len(costs.cells), len(costs.phases)

    def of_series(values: Floats) -> Floats:
        return values.reshape(cells * phases, len(costs.rounds))

    seconds = of_series(costs.seconds)
    measured = (~np.isnan(seconds)).sum(axis=1)
    middle = row_medians(seconds).tolist()
    low = np.fmin.reduce(seconds, axis=1, initial=np.inf).tolist()
    high = np.fmax.reduce(seconds, axis=1, initial=-np.inf).tolist()
    median_low, median_high = _median_intervals(seconds, measured, error)
    change = row_medians(of_series(costs.memory_change_bytes)).tolist()
    peak = row_medians(of_series(costs.memory_peak_bytes)).tolist()

    def place(cell: int) -> tuple[int, str]:
        factors, arm, _ = costs.cells[cell]
        return declared.get((factors, arm), len(declared)), f"{factors} {arm}"

    return tuple(
        CellFinding(
            **dict(costs.cells[cell].factors),
            arm=costs.cells[cell].arm,
            placebo=costs.cells[cell].placebo,
            phase=phase,
            rounds=int(measured[i]),
            seconds=middle[i],
            seconds_low=low[i],
            seconds_high=high[i],
            median_low=_known(median_low[i]),
            median_high=_known(median_high[i]),
            memory_change_bytes=_known(change[i]),
            memory_peak_bytes=_known(peak[i]),
        )
        for cell in sorted(range(cells), key=place)
        for i, phase in enumerate(costs.phases, start=cell * phases)
        if measured[i]
    )


def _median_intervals(series: Floats, measured: Integers, error: float) -> tuple[Floats, Floats]:
    """``median_interval`` of each row, its NaN left out; NaN where a bound cannot be placed."""
    ordered = np.sort(series, axis=1)
    outside = critical_counts(error, series.shape[1])[measured]
    rows, finite_or_none = np.arange(len(series)), outside >= 0
    low = np.where(finite_or_none, ordered[rows, np.where(finite_or_none, outside, 0)], np.nan)
    high = np.where(
        finite_or_none, ordered[rows, np.where(finite_or_none, measured - 1 - outside, 0)], np.nan
    )
    return low, high


def _known(value: float) -> float | None:
    return None if np.isnan(value) else value
