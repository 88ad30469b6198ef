"""What calls that follow one another in a process add up to: memory they keep, time they lose."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from bench.analysis.arrays import Floats, log, median
from bench.analysis.inference.intervals import finite_or_none, median_interval, ratio_or_none
from bench.domain.findings.costs import MemoryGrowthFinding
from bench.domain.panel import CELL_FIELDS
from bench.domain.status import OK

FLAT_BYTES = 32 * 1024
"""Bytes that a call may keep where memory is called flat: a few pages of the kernel's."""

_INTERVALS = 2
"""Of each finding: the retained memory, and the slowdown."""

_SERIES = [*CELL_FIELDS, "placebo", "phase"]


def memory_growth_findings(samples: pd.DataFrame, budget: float) -> tuple[MemoryGrowthFinding, ...]:
    """A finding for each cell and phase of several calls that have a meter of memory each.

    ``budget`` is what all intervals together may err; a placebo's come on top, each as strict as
    the others. Replicates of a round are reduced by their median. Of an odd number of calls the one
    in the middle belongs to the later half. Times are those of invocations with a core to
    themselves: of one that shares it, the calls after the others have ended take less time.
    """
    if samples.empty:
        return ()
    calls = samples[samples["iteration"].notna() & samples["memory_change_bytes"].notna()]
    calls = calls[calls["status"] == OK]
    found: list[tuple[dict[str, Any], Floats, Floats]] = []
    for key, cell in calls.groupby(_SERIES, dropna=False, observed=True, sort=False):
        seconds = _by_round(cell[cell["group"].isna()], "wall_ns")
        changes = _by_round(cell, "memory_change_bytes")
        if changes.shape[1] >= 2 and len(seconds):
            found.append((dict(zip(_SERIES, key, strict=True)), seconds / 1e9, changes))
    claims = sum(not named["placebo"] for named, *_ in found)
    error = budget / (_INTERVALS * max(claims, 1))
    return tuple(_finding(*each, error) for each in found)


def _by_round(cell: pd.DataFrame, column: str) -> Floats:
    """The calls of each round, shape (rounds, calls)."""
    table = cell.pivot_table(index="round", columns="iteration", values=column, aggfunc="median")
    values: Floats = table.dropna().to_numpy(dtype=np.float64)
    return values


def _finding(
    cell: dict[str, Any], seconds: Floats, changes: Floats, error: float
) -> MemoryGrowthFinding:
    half = changes.shape[1] // 2
    retained = changes[:, half:].mean(axis=1)
    logs = log(seconds[:, half:].mean(axis=1) / seconds[:, :half].mean(axis=1))
    low, high = median_interval(retained, error)
    slowdown = median_interval(logs, error)
    named = {name: None if value != value else value for name, value in cell.items()}
    return MemoryGrowthFinding(
        **named,
        rounds=len(changes),
        memory="grows" if low > FLAT_BYTES else "flat" if high < FLAT_BYTES else "unresolved",
        retained_bytes=median(retained),
        retained_bytes_low=finite_or_none(low),
        retained_bytes_high=finite_or_none(high),
        slowdown=math.exp(median(logs)),
        slowdown_low=ratio_or_none(slowdown.low),
        slowdown_high=ratio_or_none(slowdown.high),
        seconds=_medians(seconds),
        bytes=_medians(changes.cumsum(axis=1)),
    )


def _medians(values: Floats) -> Sequence[float]:
    return tuple(float(each) for each in np.median(values, axis=0))
