"""Turns what interpreters report into rows of the table of samples."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from bench.domain.plan import PlannedInvocation
from bench.execution.processes.core_speed import CoreSpeed
from bench.store.schema import IMPORT, SCHEMA
from bench.worker.protocol import OK, Message

Row = Mapping[str, Any]
CoreSpeedBetween = Callable[[int, int], "CoreSpeed | None"]
"""The pace between two moments of ``time.perf_counter_ns``; None where it is not known."""

_COLUMNS = frozenset(SCHEMA.names)


def import_row(round_number: int, interpreter: int, ready: Message) -> Row:
    """The row of a zygote's own import; it belongs to no cell."""
    return {
        "round": round_number,
        "order": -1,
        "interpreter": interpreter,
        "phase": IMPORT,
        "start_ns": 0,
        "wall_ns": ready["import_ns"],
        "cpu_ns": ready["import_cpu_ns"],
        "status": OK,
    }


def visit_rows(
    round_number: int,
    interpreter: int,
    core: int | None,
    visit: PlannedInvocation,
    outcome: Message,
    pace: CoreSpeedBetween,
) -> list[Row]:
    """The rows of one invocation: its spans, or the one that says how it failed.

    ``pace`` is asked for the pace of each whole phase.
    """
    panel, arm = visit.cell
    common = {
        "round": round_number,
        "order": visit.order,
        **panel.model_dump(),
        "arm": arm.name,
        "placebo": arm.placebo,
        "interpreter": interpreter,
        "core": core,
        "replicate": visit.replicate,
    }
    if outcome["status"] != OK:
        phase = outcome.get("phase") or "preparation"
        return [
            {**common, "phase": phase, "status": outcome["status"], "reason": outcome["reason"]}
        ]
    rows: list[Row] = [
        {**common, **_known(span), **_paced(span, outcome["began_ns"], pace)}
        for span in outcome["spans"]
    ]
    if "import_ns" in outcome:
        rows.append({**common, "phase": IMPORT, "wall_ns": outcome["import_ns"], "status": OK})
    return rows


def _known(span: Mapping[str, Any]) -> Mapping[str, Any]:
    return {name: value for name, value in span.items() if name in _COLUMNS}


def _paced(span: Mapping[str, Any], began_ns: int, pace: CoreSpeedBetween) -> Mapping[str, Any]:
    if "cpu_ns" not in span or "iteration" in span:
        return {}
    begin_ns = began_ns + span["start_ns"]
    found = pace(begin_ns, begin_ns + span["wall_ns"])
    return {} if found is None else {"probe_ns": found.probe_ns, "probe_readings": found.readings}
