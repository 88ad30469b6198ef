"""The table of samples, arranged by invocation: one row of numbers for each fresh process."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from bench.analysis.arrays import Booleans, Floats, Integers
from bench.domain.metrics import CPU_SECONDS, METRICS, SECONDS
from bench.domain.panel import CELL_FIELDS, FACTORS, Cell, Panel
from bench.domain.phases import IMPORT, INVOCATION
from bench.domain.status import MEASURED, NOTHING_TO_DO


@dataclass(frozen=True)
class Calls:
    """The calls of iterating phases, one entry per call, in no particular order.

    ``invocation`` and ``phase`` are positions in ``Invocations``; ``iteration`` counts from 0.
    """

    invocation: Integers
    phase: Integers
    iteration: Integers
    seconds: Floats
    cpu_seconds: Floats


@dataclass(frozen=True)
class Invocations:
    """Every invocation that ended a phase; one that failed has values of those that it ended.

    ``cell`` (positions in ``cells``), ``round``, ``order`` (within the round), ``group`` (of those
    that shared a core, -1 for those that had it to themselves), ``core`` (-1 where none was
    reserved), ``span_seconds`` and ``completed`` (whether it ran to its end) have shape
    (invocations,). ``values`` maps the name of each
    metric to its readings in the metric's unit. They have shape (invocations, phases) and describe
    whole phases, as do ``probe_seconds`` (what the probe's loop took meanwhile),
    ``run_delay_seconds`` (for how long others had the core), ``alone_seconds`` (for how much of its
    end a phase had a shared core to itself), ``block_calls`` (how many calls a phase made that was
    timed as one block) and ``nothing_to_do``. NaN stands where there is no value.
    """

    cells: tuple[Cell, ...]
    phases: tuple[str, ...]
    cell: Integers
    round: Integers
    order: Integers
    group: Integers
    core: Integers
    span_seconds: Floats
    completed: Booleans
    values: Mapping[str, Floats]
    probe_seconds: Floats
    run_delay_seconds: Floats
    alone_seconds: Floats
    block_calls: Floats
    nothing_to_do: Booleans
    calls: Calls

    @property
    def seconds(self) -> Floats:
        """Wall time of whole phases, shape (invocations, phases)."""
        return self.values[SECONDS.name]

    @property
    def cpu_seconds(self) -> Floats:
        """CPU time of whole phases, shape (invocations, phases)."""
        return self.values[CPU_SECONDS.name]

    def until(self, round_number: int) -> Invocations:
        """Those of the rounds up to ``round_number``."""
        return self.chosen(self.round <= round_number)

    def chosen(self, chosen: Booleans) -> Invocations:
        """Those for which ``chosen`` (invocations,) is true; cells and phases stay as they are."""
        place = np.cumsum(chosen) - 1
        calls = chosen[self.calls.invocation]
        return Invocations(
            cells=self.cells,
            phases=self.phases,
            **{name: getattr(self, name)[chosen] for name in _BY_INVOCATION},
            values={name: values[chosen] for name, values in self.values.items()},
            calls=Calls(
                invocation=place[self.calls.invocation[calls]],
                phase=self.calls.phase[calls],
                iteration=self.calls.iteration[calls],
                seconds=self.calls.seconds[calls],
                cpu_seconds=self.calls.cpu_seconds[calls],
            ),
        )


def to_invocations(samples: pd.DataFrame) -> Invocations:
    """Arrange a table of samples by invocation.

    An invocation is a round and an order within it. Left out are rows that belong to no arm,
    ``import``, which never does although a started process carries its own, and the rows of phases
    in which invocations failed: what these had measured before counts.
    """
    if samples.empty or not (measured := _measured(samples)).any():
        return _NOTHING
    failed = _failed(samples)[measured]
    samples = samples.loc[measured, _COLUMNS]
    cell, cells = _cells(samples)
    invocation, first = _number(_invocation_keys(samples))
    phase, names = _phases(samples["phase"])
    shape = (len(first), len(names))
    iteration = _floats(samples["iteration"])
    span = phase == -1
    whole = np.isnan(iteration) & ~span
    call = ~np.isnan(iteration) & ~span
    seconds = _floats(samples["wall_ns"]) / 1e9

    def spread(values: Floats) -> Floats:
        matrix = np.full(shape, np.nan)
        matrix[invocation[whole], phase[whole]] = values[whole]
        return matrix

    span_seconds = np.full(len(first), np.nan)
    span_seconds[invocation[span]] = seconds[span]
    idle = samples["status"].isin([NOTHING_TO_DO]).to_numpy()
    nothing_to_do = np.zeros(shape, dtype=np.bool_)
    nothing_to_do[invocation[whole & idle], phase[whole & idle]] = True
    return Invocations(
        cells=cells,
        phases=names,
        cell=cell[first],
        round=_integers(samples["round"])[first],
        order=_integers(samples["order"])[first],
        group=_integers(samples["group"].fillna(-1))[first],
        core=_integers(samples["core"].fillna(-1))[first],
        span_seconds=span_seconds,
        completed=~failed[first],
        values={
            metric.name: spread(
                np.where(idle, np.nan, _floats(samples[metric.column])) * metric.scale
            )
            for metric in METRICS.values()
        },
        probe_seconds=spread(_floats(samples["probe_ns"]) / 1e9),
        run_delay_seconds=spread(_floats(samples["run_delay_ns"]) / 1e9),
        alone_seconds=spread(_floats(samples["alone_ns"]) / 1e9),
        block_calls=spread(_floats(samples["calls"])),
        nothing_to_do=nothing_to_do,
        calls=Calls(
            invocation=invocation[call],
            phase=phase[call],
            iteration=iteration[call].astype(np.int64),
            seconds=seconds[call],
            cpu_seconds=_floats(samples["cpu_ns"])[call] / 1e9,
        ),
    )


def _measured(samples: pd.DataFrame) -> Booleans:
    """Which rows are of phases that an arm has ended."""
    belongs = samples["arm"].notna().to_numpy()
    imported = samples["phase"].isin([IMPORT]).to_numpy()
    return np.asarray(belongs & ~imported & _is_fine(samples), dtype=np.bool_)


def _failed(samples: pd.DataFrame) -> Booleans:
    """Which rows are of an invocation that a failure ended: it has no span of its own."""
    invocation, first = _number(_invocation_keys(samples))
    belongs = samples["arm"].notna().to_numpy()
    failed = np.zeros(len(first), dtype=np.bool_)
    failed[invocation[belongs & ~_is_fine(samples)]] = True
    failed[invocation[samples["phase"].isin([INVOCATION]).to_numpy()]] = False
    return failed[invocation]


def _is_fine(samples: pd.DataFrame) -> Booleans:
    return np.asarray(samples["status"].isin(MEASURED).to_numpy(), dtype=np.bool_)


def _invocation_keys(samples: pd.DataFrame) -> Integers:
    """A number for each row that its invocation, a round and an order within it, alone has."""
    order = _integers(samples["order"])
    keys: Integers = _integers(samples["round"]) * (np.ptp(order) + 1) + order - order.min()
    return keys


def _cells(samples: pd.DataFrame) -> tuple[Integers, tuple[Cell, ...]]:
    columns = {name: pd.factorize(samples[name]) for name in CELL_FIELDS}
    key = np.zeros(len(samples), dtype=np.int64)
    for name in CELL_FIELDS:
        codes, values = columns[name]
        key = key * (len(values) + 1) + codes + 1
    cell, first = _number(key)
    named: dict[str, list[Any]] = {
        name: [None if code < 0 else values[code] for code in codes[first]]
        for name, (codes, values) in columns.items()
    }
    # Whole numbers with gaps are read as floating-point ones.
    named = {
        name: [int(each) if isinstance(each, float) else each for each in values]
        for name, values in named.items()
    }
    cells = tuple(
        Cell(
            Panel(**{name: named[name][i] for name in FACTORS}),
            named["arm"][i],
            named["environment"][i],
        )
        for i in range(len(first))
    )
    return cell, cells


def _phases(column: pd.Series) -> tuple[Integers, tuple[str, ...]]:
    """The phase of each row, -1 for the invocation's own span; names in order of appearance."""
    codes, values = pd.factorize(column)
    names = [str(name) for name in values]
    chosen = [name for name in names if name != INVOCATION]
    renumber = np.array([chosen.index(name) if name in chosen else -1 for name in names])
    return renumber[codes], tuple(chosen)


def _number(keys: Integers) -> tuple[Integers, Integers]:
    """Number the distinct keys by first appearance: each row's number, each number's first row."""
    numbers, distinct = pd.factorize(keys)
    first = np.empty(len(distinct), dtype=np.int64)
    first[numbers[::-1]] = np.arange(len(numbers))[::-1]
    return numbers, first


def _floats(column: pd.Series) -> Floats:
    return column.to_numpy(dtype=np.float64, na_value=np.nan)


def _integers(column: pd.Series) -> Integers:
    return column.to_numpy(dtype=np.int64)


_BY_INVOCATION = (
    "cell",
    "round",
    "order",
    "group",
    "core",
    "span_seconds",
    "completed",
    "probe_seconds",
    "run_delay_seconds",
    "alone_seconds",
    "block_calls",
    "nothing_to_do",
)
_COLUMNS = list(
    dict.fromkeys(
        [
            *("round", "order", "group", "core", *CELL_FIELDS, "phase", "iteration", "calls"),
            *("status", "wall_ns", "cpu_ns", "run_delay_ns", "alone_ns", "probe_ns"),
            *(metric.column for metric in METRICS.values()),
        ]
    )
)
_NO_INTEGERS, _NO_FLOATS = np.empty(0, dtype=np.int64), np.empty(0)
_NO_PHASES = np.empty((0, 0))
_NOTHING = Invocations(
    cells=(),
    phases=(),
    cell=_NO_INTEGERS,
    round=_NO_INTEGERS,
    order=_NO_INTEGERS,
    group=_NO_INTEGERS,
    core=_NO_INTEGERS,
    span_seconds=_NO_FLOATS,
    completed=np.empty(0, dtype=np.bool_),
    values=dict.fromkeys(METRICS, _NO_PHASES),
    probe_seconds=_NO_PHASES,
    run_delay_seconds=_NO_PHASES,
    alone_seconds=_NO_PHASES,
    block_calls=_NO_PHASES,
    nothing_to_do=_NO_PHASES.astype(np.bool_),
    calls=Calls(_NO_INTEGERS, _NO_INTEGERS, _NO_INTEGERS, _NO_FLOATS, _NO_FLOATS),
)
