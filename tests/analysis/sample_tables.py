"""Tables of samples made row by row, for cases worked by hand.

``frame(rows)`` makes a table with the types that one read from Parquet has; ``invocation(...)`` and
``failed(...)`` make the rows of one invocation in a ``panel(...)``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from bench.domain.panel import Cell, Panel
from bench.store.schema import SCHEMA

BYTES = 100_000_000
"""Resident memory of a synthetic process before its first phase."""


def panel(layers: int | None = 16, **changes: Any) -> Panel:
    """A panel: ``mlp`` of the scenario ``build_style`` on a CPU, but for ``changes``."""
    named: dict[str, Any] = {
        "scenario": "build_style",
        "architecture": "mlp",
        "call_mode": "function",
        "device": "cpu",
        "backend": "tensorflow",
    }
    return Panel(**(named | changes), layers=layers)


def cell(arm: str = "inline", layers: int | None = 16, **changes: Any) -> Cell:
    """The cell of an arm in a panel."""
    return Cell(panel(layers, **changes), arm)


def panels(*layers: int) -> list[Panel]:
    """One panel per depth."""
    return [panel(depth) for depth in layers]


def frame(rows: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """A table of samples; columns that a row does not name are null."""
    named = [{name: row.get(name) for name in SCHEMA.names} for row in rows]
    table: pd.DataFrame = pa.Table.from_pylist(named, schema=SCHEMA).to_pandas()
    return table


def invocation(
    where: Panel,
    arm: str,
    seconds: Mapping[str, float | None],
    *,
    round: int = 0,
    order: int = 0,
    replicate: int = 0,
    calls: Mapping[str, Sequence[float]] | None = None,
    change_bytes: Mapping[str, int] | None = None,
    span_seconds: float | None = None,
    cpu_seconds: Mapping[str, float] | None = None,
    probe_seconds: Mapping[str, float] | None = None,
    run_delay_seconds: Mapping[str, float] | None = None,
    alone_seconds: Mapping[str, float] | None = None,
    group: int | None = None,
    blocks: Mapping[str, int] | None = None,
    environment: str = "default",
) -> list[dict[str, Any]]:
    """The rows of one invocation that ran to its end.

    ``seconds`` holds each phase's wall time, ``None`` for one with nothing to do; ``calls`` the
    single calls of iterating phases, whose whole span is their sum. ``change_bytes`` is the memory
    each phase retains, 1000 bytes where it is not named. ``span_seconds`` is the invocation's own
    span, by default the sum of its phases. ``cpu_seconds`` is each phase's CPU time where it is
    not its wall time; ``probe_seconds`` what the probe's loop took meanwhile, where one ran.
    ``run_delay_seconds`` is for how long others had the core in each phase, by default never;
    ``alone_seconds`` for how much of its end a shared one was left to it alone.
    Invocations of one ``group`` shared a core; ``blocks`` are the calls of phases timed as a block.
    """
    calls = calls or {}
    whole = dict(seconds) | {phase: sum(each) for phase, each in calls.items()}
    common = {
        **where.model_dump(),
        "environment": environment,
        "round": round,
        "order": order,
        "arm": arm,
        "placebo": arm == "placebo",
        "interpreter": 0,
        "replicate": replicate,
        "group": group,
    }
    rows: list[dict[str, Any]] = []
    start, resident = 0.0, BYTES
    for phase, wall in whole.items():
        if wall is None:
            rows.append({**common, "phase": phase, "status": "nothing_to_do"})
            continue
        change = (change_bytes or {}).get(phase, 1000)
        rows.append(
            {
                **common,
                "phase": phase,
                "start_ns": nanoseconds(start),
                "wall_ns": nanoseconds(wall),
                "cpu_ns": nanoseconds((cpu_seconds or {}).get(phase, wall)),
                "probe_ns": nanoseconds(probe_seconds[phase]) if probe_seconds else None,
                "run_delay_ns": nanoseconds((run_delay_seconds or {}).get(phase, 0.0)),
                "alone_ns": nanoseconds(alone_seconds[phase]) if alone_seconds else None,
                "calls": (blocks or {}).get(phase),
                "memory_change_bytes": change,
                "memory_peak_bytes": resident + max(change, 0),
                "status": "ok",
            }
        )
        for iteration, call in enumerate(calls.get(phase, ())):
            timing = {
                "iteration": iteration,
                "wall_ns": nanoseconds(call),
                "cpu_ns": nanoseconds(call),
            }
            rows.append({**common, "phase": phase, **timing, "status": "ok"})
        start, resident = start + wall, resident + change
    end = start if span_seconds is None else span_seconds
    rows.append({**common, "phase": "invocation", "wall_ns": nanoseconds(end), "status": "ok"})
    return rows


def failed(
    where: Panel,
    arm: str,
    kind: str,
    reason: str,
    *,
    phase: str = "construct",
    round: int = 0,
    order: int = 0,
    replicate: int = 0,
) -> list[dict[str, Any]]:
    """The row of an invocation that failed in ``phase``."""
    return [
        {
            **where.model_dump(),
            "environment": "default",
            "round": round,
            "order": order,
            "arm": arm,
            "placebo": arm == "placebo",
            "interpreter": 0,
            "replicate": replicate,
            "phase": phase,
            "status": kind,
            "reason": reason,
        }
    ]


def nanoseconds(seconds: float) -> int:
    """Seconds as a clock reads them: whole nanoseconds."""
    return int(np.rint(seconds * 1e9))
