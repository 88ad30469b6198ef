"""The samples behind the findings, by cell and phase: for views that show all of them."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from bench.analysis.arrays import Floats
from bench.analysis.samples.core_speed import speed_corrected
from bench.analysis.samples.invocations import Invocations, to_invocations
from bench.domain.panel import Cell


@dataclass(frozen=True)
class Distribution:
    """Every solo sample of one cell and phase, in speed-corrected seconds.

    One for each invocation; one for each call where a phase iterates.
    """

    cell: Cell
    phase: str
    seconds: Floats


@dataclass(frozen=True)
class WarmUp:
    """``seconds[i]`` is the median over invocations of call ``i`` of an iterating phase."""

    cell: Cell
    phase: str
    seconds: Floats


def distributions(
    samples: pd.DataFrame, iterating: Collection[str]
) -> tuple[list[Distribution], list[WarmUp]]:
    """The distributions of a table of samples, and the warm-ups of ``iterating`` phases."""
    every = to_invocations(samples)
    invocations = speed_corrected(every.chosen(every.group < 0))
    return list(_distributions(invocations, iterating)), list(_warm_ups(invocations, iterating))


def _distributions(invocations: Invocations, iterating: Collection[str]) -> Iterator[Distribution]:
    calls = invocations.calls
    cell_of_call = invocations.cell[calls.invocation]
    for number, cell in enumerate(invocations.cells):
        for phase, name in enumerate(invocations.phases):
            if name in iterating:
                found = calls.seconds[(cell_of_call == number) & (calls.phase == phase)]
            else:
                found = invocations.seconds[invocations.cell == number, phase]
            found = found[~np.isnan(found)]
            if len(found):
                yield Distribution(cell, name, found)


def _warm_ups(invocations: Invocations, iterating: Collection[str]) -> Iterator[WarmUp]:
    calls = invocations.calls
    table = pd.DataFrame(
        {
            "cell": invocations.cell[calls.invocation],
            "phase": calls.phase,
            "iteration": calls.iteration,
            "seconds": calls.seconds,
        }
    )
    medians = table.groupby(["cell", "phase", "iteration"], as_index=False)["seconds"].median()
    for number, cell in enumerate(invocations.cells):
        for phase, name in enumerate(invocations.phases):
            if name not in iterating:
                continue
            mine = medians[(medians["cell"] == number) & (medians["phase"] == phase)]
            if len(mine):
                yield WarmUp(cell, name, mine["seconds"].to_numpy())
