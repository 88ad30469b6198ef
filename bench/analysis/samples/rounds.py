"""The reduction of a round: one number for each cell and phase, from its replicates."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
import pandas as pd

from bench.analysis.arrays import Floats, Integers, exp, log
from bench.analysis.samples.invocations import Invocations
from bench.analysis.samples.steady_state import SteadyStates, steadiness
from bench.domain.metrics import CPU_SECONDS, METRICS, SECONDS, Metric
from bench.domain.panel import Cell

Composites = Mapping[str, Mapping[str, tuple[str, ...]]]
"""Call mode → composite → the phases that it is made of."""


@dataclass(frozen=True)
class RoundCosts:
    """What each cell cost in each phase and round, by metric; NaN where that was not measured.

    ``values`` maps the name of a metric to an array of shape (cells, phases, rounds), in the
    metric's unit; ``rounds`` holds the round numbers in ascending order. Composites are among the
    phases, after those they are made of. In the phases of cells that are ``co_scheduled``,
    times rest on invocations that shared a core with those of the cell's baseline.
    """

    cells: tuple[Cell, ...]
    phases: tuple[str, ...]
    rounds: Integers
    values: Mapping[str, Floats]
    co_scheduled: frozenset[tuple[Cell, str]] = frozenset()

    def of(self, cell: Cell, phase: str, metric: Metric = SECONDS) -> Floats:
        """The cost of one cell in one phase per round, shape (rounds,)."""
        position = self._position_of_cell.get(cell)
        if position is None or phase not in self._position_of_phase:
            return np.full(len(self.rounds), np.nan)
        series: Floats = self.values[metric.name][position, self._position_of_phase[phase]]
        return series

    @cached_property
    def _position_of_cell(self) -> dict[Cell, int]:
        return {cell: i for i, cell in enumerate(self.cells)}

    @cached_property
    def _position_of_phase(self) -> dict[str, int]:
        return {phase: i for i, phase in enumerate(self.phases)}


def reduce_rounds(
    invocations: Invocations,
    *,
    composites: Composites,
    iterating: Collection[str],
    steady: SteadyStates | None = None,
    rounds: Integers | None = None,
) -> RoundCosts:
    """Reduce the replicates of every round to one number per cell, phase and metric.

    Times are the geometric mean over replicates; of an ``iterating`` phase, that of its steady
    part. Speed-corrected, what is left of the noise lies to both sides, and the mean has the least
    spread (``docs/method.md`` has the figures, also of the minimum, the low quartile and the
    median). Memory is the median over replicates. ``steady`` holds the steady parts where they are
    known already, and ``rounds`` the numbers of the rounds where not all have an invocation here.

    Composites are put together within an invocation and then reduced like a phase, so that all
    parts come from one process. A part with nothing to do counts as 0; every other part must have
    been measured, and at least one.
    """
    names = dict.fromkeys(name for each in composites.values() for name in each)
    repeats = [i for i, phase in enumerate(invocations.phases) if phase in iterating]
    steady = steady_parts(invocations) if steady is None else steady
    rounds = np.unique(invocations.round) if rounds is None else rounds
    position = np.searchsorted(rounds, invocations.round)
    group = invocations.cell * len(rounds) + position
    cells = len(invocations.cells)

    def over_replicates(values: Floats, how: Literal["mean", "median"]) -> Floats:
        columns = values.shape[1]
        reduced = np.full((cells * len(rounds), columns), np.nan)
        table = pd.DataFrame(values).groupby(group).agg(how)
        reduced[table.index.to_numpy()] = table.to_numpy()
        return reduced.reshape(cells, len(rounds), columns).transpose(0, 2, 1)

    def reduced(metric: Metric) -> Floats:
        whole = invocations.values[metric.name]
        values = with_composites(invocations, whole, composites, metric.of_parts)
        of_a_call = {SECONDS: steady.seconds, CPU_SECONDS: steady.cpu_seconds}.get(metric)
        if of_a_call is not None:
            values[:, repeats] = of_a_call.reshape(whole.shape)[:, repeats]
        if metric.of_replicates == "median":
            return over_replicates(values, "median")
        with np.errstate(divide="ignore"):
            return exp(over_replicates(log(values), "mean"))

    return RoundCosts(
        cells=invocations.cells,
        phases=(*invocations.phases, *names),
        rounds=rounds,
        values={metric.name: reduced(metric) for metric in METRICS.values()},
    )


def with_composites(
    invocations: Invocations,
    values: Floats,
    composites: Composites,
    combine: Literal["sum", "maximum"],
) -> Floats:
    """``values`` (invocations, phases) with one more column for each name of a composite.

    NaN stands where an invocation's call mode has no composite of that name.
    """
    call_mode_of_cell = np.array([cell.panel.call_mode for cell in invocations.cells], dtype=object)
    columns: dict[str, Floats] = {}
    for call_mode, sums in composites.items():
        mine = np.isin(invocations.cell, np.flatnonzero(call_mode_of_cell == call_mode))
        for name, parts in sums.items():
            column = columns.setdefault(name, np.full(len(values), np.nan))
            if mine.any() and all(part in invocations.phases for part in parts):
                column[mine] = _combined(invocations, values, parts, combine)[mine]
    return np.column_stack([values, *columns.values()])


def _combined(
    invocations: Invocations,
    values: Floats,
    parts: Sequence[str],
    combine: Literal["sum", "maximum"],
) -> Floats:
    """One number for each invocation: ``parts`` put together, NaN where all had nothing to do."""
    positions = [invocations.phases.index(part) for part in parts]
    idle = invocations.nothing_to_do[:, positions]
    neutral = 0.0 if combine == "sum" else -np.inf
    terms = np.where(idle, neutral, values[:, positions])
    column: Floats = terms.sum(axis=1) if combine == "sum" else terms.max(axis=1)
    column[idle.all(axis=1)] = np.nan
    return column


def steady_parts(invocations: Invocations) -> SteadyStates:
    """The steady part of every phase of every invocation, shapes (invocations · phases,)."""
    calls, phases = invocations.calls, len(invocations.phases)
    sequence = calls.invocation * phases + calls.phase
    return steadiness(
        sequence,
        calls.iteration,
        calls.seconds,
        len(invocations.seconds) * phases,
        cpu_seconds=calls.cpu_seconds,
    )
