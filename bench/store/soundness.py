"""Whether stored samples can be what a run of their plan has measured.

A part may be whole and readable and yet be edited, or of another plan. What is wrong with it is
found here, before anything is concluded from it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.domain import status
from bench.domain.design.plan import Plan
from bench.domain.panel import CELL_FIELDS
from bench.domain.phases import is_overhead_phase
from bench.domain.words import pluralise
from bench.store.files import InvalidRun
from bench.store.rounds import file_of_round

if TYPE_CHECKING:
    import pandas as pd

SIGNED = ("order", "memory_change_bytes")
"""Columns whose numbers may be below 0: the import of a round comes before its first invocation."""

LARGEST = 2**62
"""No time in nanoseconds and no amount of memory reaches this."""

_ROW = ["round", "order", "environment", "interpreter", "phase", "iteration"]
"""What identifies a row; each interpreter of a round has the row of its import."""


def check_samples(samples: pd.DataFrame, plan: Plan, run: Path) -> None:
    """Raise ``InvalidRun``, which names a file of the folder ``run``, for rows that cannot be.

    ``samples`` are those of all rounds that are stored there.
    """
    for is_wrong, why in _problems(samples, plan):
        if is_wrong.any():
            number = int(samples.loc[is_wrong, "round"].iloc[0])
            raise InvalidRun(f"{file_of_round(run, number)} cannot be read: {why}")


def _problems(samples: pd.DataFrame, plan: Plan) -> Iterator[tuple[pd.Series, str]]:
    """Which rows are wrong, and in what way, one kind after the other."""
    yield samples["round"] >= plan.rounds, f"the plan has {pluralise(plan.rounds, 'round')}"
    for name in samples.select_dtypes("number").columns:
        lowest = -LARGEST if name in SIGNED else 0
        is_outside = (samples[name] < lowest) | (samples[name] >= LARGEST)
        yield is_outside, f"a number in its column {name!r} cannot be"
    known = (*status.MEASURED, *status.FAILURES)
    yield ~samples["status"].isin(known), "it has a status that is not known"
    is_measured = samples["status"] == status.OK
    yield is_measured & samples["wall_ns"].isna(), "a phase that was measured has no time"
    yield is_measured & ~samples["phase"].isin(_phases(samples, plan)), "the plan lacks a phase"
    yield ~_is_planned(samples, plan), "it has rows of a cell that the plan lacks"
    yield samples.duplicated(_ROW) & is_measured, "it has a row twice"


def _phases(samples: pd.DataFrame, plan: Plan) -> set[str]:
    """The phases of ``plan``, and those of ``samples`` that are no arm's work."""
    known = {name for name in samples["phase"].unique() if is_overhead_phase(name)}
    for lifecycle in plan.lifecycles().values():
        known.update(lifecycle.compared, *lifecycle.composites.values())
    return known


def _is_planned(samples: pd.DataFrame, plan: Plan) -> pd.Series:
    """Whether each row is of a cell of ``plan``, or of none, as the import of a round is."""
    fields = list(CELL_FIELDS)
    planned = {_named(cell.fields()) for cell in plan.cells()}
    named = samples[fields].drop_duplicates()
    is_known = [
        row["arm"] != row["arm"] or _named(row) in planned for row in named.to_dict("records")
    ]
    places = samples[fields].merge(named.assign(is_known=is_known), how="left", on=fields)
    return places["is_known"].set_axis(samples.index)


def _named(fields: Mapping[Any, Any]) -> tuple[object, ...]:
    """What identifies a cell; what is missing is None, which in a table equals not even itself."""
    return tuple(None if fields[name] != fields[name] else fields[name] for name in CELL_FIELDS)
