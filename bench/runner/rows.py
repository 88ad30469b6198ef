"""Turns what interpreters report into rows of the table of samples."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bench.plan.schedule import Visit
from bench.store.samples import IMPORT, SCHEMA
from bench.worker.protocol import OK, Message

Row = Mapping[str, Any]

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
    round_number: int, interpreter: int, core: int | None, visit: Visit, outcome: Message
) -> list[Row]:
    """The rows of one invocation: its spans, or the one that says how it failed."""
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
    rows: list[Row] = [{**common, **_known(span)} for span in outcome["spans"]]
    if "import_ns" in outcome:
        rows.append({**common, "phase": IMPORT, "wall_ns": outcome["import_ns"], "status": OK})
    return rows


def _known(span: Mapping[str, Any]) -> Mapping[str, Any]:
    return {name: value for name, value in span.items() if name in _COLUMNS}
