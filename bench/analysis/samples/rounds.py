"""The reduction of a round: one number for each cell and phase, from its replicates."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
import pandas as pd

from bench.analysis.arrays import Floats, Integers, exp, log
from bench.analysis.samples.invocations import Cell, Invocations
from bench.analysis.samples.steady_state import SteadyStates, steadiness
from bench.domain.panel import FACTORS, Panel


@dataclass(frozen=True)
class RoundCosts:
    """What each cell cost in each phase and round; NaN where that was not measured.

    The three arrays have shape (cells, phases, rounds); ``rounds`` holds the round numbers in
    ascending order. Composites are among the phases, after those they are made of.
    """

    cells: tuple[Cell, ...]
    phases: tuple[str, ...]
    rounds: Integers
    seconds: Floats
    memory_change_bytes: Floats
    memory_peak_bytes: Floats

    def seconds_of(self, factors: Panel, arm: str, phase: str) -> Floats:
        """Seconds per round of one arm in one panel and phase, shape (rounds,)."""
        return self._series(self.seconds, factors, arm, phase)

    def memory_change_of(self, factors: Panel, arm: str, phase: str) -> Floats:
        """Bytes per round that one arm retained over one phase, shape (rounds,)."""
        return self._series(self.memory_change_bytes, factors, arm, phase)

    def tidy(self) -> pd.DataFrame:
        """One row per cell, phase and round in which it was measured.

        Columns: the factors, ``arm``, ``placebo``, ``phase``, ``round``, ``seconds``,
        ``memory_change_bytes``, ``memory_peak_bytes``.
        """
        cell, phase, position = np.nonzero(~np.isnan(self.seconds))
        columns: dict[str, object] = {
            name: pd.Series([getattr(each.factors, name) for each in self.cells])
            .iloc[cell]
            .to_numpy()
            for name in FACTORS
        }
        columns["arm"] = np.array([each.arm for each in self.cells], dtype=object)[cell]
        columns["placebo"] = np.array([each.placebo for each in self.cells], dtype=bool)[cell]
        columns["phase"] = np.array(self.phases, dtype=object)[phase]
        columns["round"] = self.rounds[position]
        for name in ("seconds", "memory_change_bytes", "memory_peak_bytes"):
            columns[name] = getattr(self, name)[cell, phase, position]
        return pd.DataFrame(columns)

    def _series(self, values: Floats, factors: Panel, arm: str, phase: str) -> Floats:
        cell = self._position_of_cell.get((factors, arm))
        if cell is None or phase not in self._position_of_phase:
            return np.full(len(self.rounds), np.nan)
        series: Floats = values[cell, self._position_of_phase[phase]]
        return series

    @cached_property
    def _position_of_cell(self) -> dict[tuple[Panel, str], int]:
        return {(cell.factors, cell.arm): i for i, cell in enumerate(self.cells)}

    @cached_property
    def _position_of_phase(self) -> dict[str, int]:
        return {phase: i for i, phase in enumerate(self.phases)}


def reduce_rounds(
    invocations: Invocations,
    *,
    composites: Mapping[str, Mapping[str, tuple[str, ...]]],
    iterating: Collection[str],
    steady: Floats | None = None,
) -> RoundCosts:
    """Reduce the replicates of every round to one number per cell and phase.

    Seconds are the geometric mean over replicates; of an ``iterating`` phase, that of its steady
    part. At the usual pace, what is left of the noise lies to both sides, and the mean has the
    least spread (``docs/method.md`` has the figures, also of the minimum, the low quartile and the
    median). Memory is the median over replicates. ``steady`` (invocations, phases) holds the
    seconds of a steady call where they are known already.

    ``composites`` maps a call mode to its composites, and the name of each to the phases that it is
    the sum of. They are summed within an
    invocation and then reduced like a phase, so that all parts come from one process. A part with
    nothing to do counts as 0; every other part must have been measured, and at least one. The peak
    of a composite is the highest of its parts.
    """
    seconds = with_composites(invocations, invocations.seconds, composites, "sum")
    change = with_composites(invocations, invocations.memory_change_bytes, composites, "sum")
    peak = with_composites(invocations, invocations.memory_peak_bytes, composites, "maximum")
    names = dict.fromkeys(name for each in composites.values() for name in each)
    phases = (*invocations.phases, *names)
    repeats = [i for i, phase in enumerate(invocations.phases) if phase in iterating]
    if steady is None:
        steady = steady_parts(invocations).seconds.reshape(invocations.seconds.shape)
    seconds[:, repeats] = steady[:, repeats]

    rounds, position = np.unique(invocations.round, return_inverse=True)
    group = invocations.cell * len(rounds) + position
    cells = len(invocations.cells)

    def over_replicates(values: Floats, how: Literal["mean", "median"]) -> Floats:
        columns = values.shape[1]
        reduced = np.full((cells * len(rounds), columns), np.nan)
        table = pd.DataFrame(values).groupby(group).agg(how)
        reduced[table.index.to_numpy()] = table.to_numpy()
        return reduced.reshape(cells, len(rounds), columns).transpose(0, 2, 1)

    with np.errstate(divide="ignore"):
        logs = log(seconds)
    return RoundCosts(
        cells=invocations.cells,
        phases=phases,
        rounds=rounds,
        seconds=exp(over_replicates(logs, "mean")),
        memory_change_bytes=over_replicates(change, "median"),
        memory_peak_bytes=over_replicates(peak, "median"),
    )


def with_composites(
    invocations: Invocations,
    values: Floats,
    composites: Mapping[str, Mapping[str, tuple[str, ...]]],
    combine: Literal["sum", "maximum"],
) -> Floats:
    """``values`` (invocations, phases) with one more column for each name of a composite.

    NaN stands where an invocation's call mode has no composite of that name.
    """
    call_mode_of_cell = np.array(
        [cell.factors.call_mode for cell in invocations.cells], dtype=object
    )
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
    return steadiness(sequence, calls.iteration, calls.seconds, len(invocations.seconds) * phases)
