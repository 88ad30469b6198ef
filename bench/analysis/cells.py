"""What each cell cost: the numbers behind the ratios."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from bench.analysis.factors import Factors
from bench.analysis.findings import CellFinding
from bench.analysis.invocations import Floats
from bench.analysis.medians import row_medians
from bench.analysis.rounds import RoundCosts


def cell_findings(
    costs: RoundCosts, declared: Mapping[tuple[Factors, str], int]
) -> tuple[CellFinding, ...]:
    """Median, lowest and highest round of every cell and phase that was measured.

    ``declared`` gives the place of a panel and arm in the plan; cells that it lacks come last, in
    the order of their factors. Phases are in the order they happened, composites after them.
    """
    cells, phases = len(costs.cells), len(costs.phases)

    def of_series(values: Floats) -> Floats:
        return values.reshape(cells * phases, len(costs.rounds))

    seconds = of_series(costs.seconds)
    measured = (~np.isnan(seconds)).sum(axis=1)
    middle = row_medians(seconds).tolist()
    low = np.fmin.reduce(seconds, axis=1, initial=np.inf).tolist()
    high = np.fmax.reduce(seconds, axis=1, initial=-np.inf).tolist()
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
            memory_change_bytes=_known(change[i]),
            memory_peak_bytes=_known(peak[i]),
        )
        for cell in sorted(range(cells), key=place)
        for i, phase in enumerate(costs.phases, start=cell * phases)
        if measured[i]
    )


def _known(value: float) -> float | None:
    return None if np.isnan(value) else value
