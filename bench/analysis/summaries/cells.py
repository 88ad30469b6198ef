"""What each cell cost, metric by metric: the numbers behind the ratios."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from bench.analysis.arrays import Floats, Integers, row_medians
from bench.analysis.inference.intervals import critical_counts
from bench.analysis.samples.rounds import RoundCosts
from bench.domain.findings.costs import CellFinding
from bench.domain.metrics import METRICS, Metric
from bench.domain.panel import Cell


def cell_findings(
    costs: RoundCosts, declared: Mapping[Cell, int], error: float
) -> tuple[CellFinding, ...]:
    """Median, lowest and highest round of every cell, phase and metric that was measured.

    ``declared`` gives the place of a cell in the plan; cells that it lacks come last, in the order
    of their factors. ``error`` is what the interval of each median may err, at any look (see
    ``median_interval``). Phases are in the order they happened, composites after them; the metrics
    of a phase are in the order of ``METRICS``.
    """
    of_metric = {
        metric: dict(_findings(metric, costs, error))
        for metric in METRICS.values()
        if metric.name in costs.values
    }

    def place(cell: int) -> tuple[int, str]:
        return declared.get(costs.cells[cell], len(declared)), str(costs.cells[cell])

    return tuple(
        found[cell, phase]
        for cell in sorted(range(len(costs.cells)), key=place)
        for phase in range(len(costs.phases))
        for found in of_metric.values()
        if (cell, phase) in found
    )


def _findings(
    metric: Metric, costs: RoundCosts, error: float
) -> Iterator[tuple[tuple[int, int], CellFinding]]:
    """The findings of one metric, by position of cell and phase."""
    series = len(costs.cells) * len(costs.phases)
    values = costs.values[metric.name].reshape(series, len(costs.rounds))
    measured = (~np.isnan(values)).sum(axis=1)
    middle = row_medians(values)
    low = np.fmin.reduce(values, axis=1, initial=np.inf)
    high = np.fmax.reduce(values, axis=1, initial=-np.inf)
    median_low, median_high = _median_intervals(values, measured, error)
    for i in np.flatnonzero(measured).tolist():
        cell, phase = divmod(i, len(costs.phases))
        yield (
            (cell, phase),
            CellFinding(
                **costs.cells[cell].fields(),
                placebo=costs.cells[cell].placebo,
                metric=metric.name,
                unit=metric.unit,
                phase=costs.phases[phase],
                rounds=int(measured[i]),
                value=float(middle[i]),
                value_low=float(low[i]),
                value_high=float(high[i]),
                median_low=_known(median_low[i]),
                median_high=_known(median_high[i]),
            ),
        )


def _median_intervals(series: Floats, measured: Integers, error: float) -> tuple[Floats, Floats]:
    """``median_interval`` of each row, its NaN left out; NaN where a bound cannot be placed."""
    ordered = np.sort(series, axis=1)
    outside = critical_counts(error, series.shape[1])[measured]
    rows, has_bounds = np.arange(len(series)), outside >= 0
    low = np.where(has_bounds, ordered[rows, np.where(has_bounds, outside, 0)], np.nan)
    high = np.where(
        has_bounds, ordered[rows, np.where(has_bounds, measured - 1 - outside, 0)], np.nan
    )
    return low, high


def _known(value: float) -> float | None:
    return None if np.isnan(value) else value
