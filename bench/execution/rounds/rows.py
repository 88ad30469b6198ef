"""Turns what interpreters report into rows of the table of samples."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from bench.domain.findings.evidence import Failure
from bench.domain.findings.timing import Span, TimingOutcome
from bench.domain.phases import IMPORT
from bench.domain.status import OK
from bench.execution.processes.core_speed import CoreSpeed
from bench.execution.processes.fleet import Import
from bench.execution.processes.jobs import Completed
from bench.planning.order import PlannedInvocation
from bench.store.schema import SCHEMA
from bench.worker.wire.codec import WireError

Row = Mapping[str, Any]
CoreSpeedBetween = Callable[[int, int], "CoreSpeed | None"]
"""The core speed between two moments of ``time.perf_counter_ns``; None where it is not known."""

TimedInvocation = Completed[PlannedInvocation, TimingOutcome]


def import_row(round_number: int, made: Import) -> Row:
    """The row of a zygote's own import; it belongs to no cell, and to an environment alone."""
    ready = made.ready
    return {
        "round": round_number,
        "order": -1,
        "environment": made.environment,
        "interpreter": made.generation,
        "phase": IMPORT,
        "start_ns": 0,
        "wall_ns": ready.import_ns,
        "cpu_ns": ready.import_cpu_ns,
        "status": OK,
    }


def invocation_rows(
    round_number: int, completed: TimedInvocation, speed: CoreSpeedBetween
) -> list[Row]:
    """The rows of one invocation: its spans, and of one that failed, the row that says how.

    ``speed`` is asked for the core speed during each whole phase.
    """
    invocation, outcome = completed.key, completed.outcome
    common = {
        "round": round_number,
        "order": invocation.order,
        **invocation.cell.fields(),
        "placebo": invocation.cell.placebo,
        "interpreter": completed.generation,
        "core": completed.core,
        "replicate": invocation.replicate,
        # One that was tried again alone shared its core with nobody.
        "group": invocation.group if completed.members > 1 else None,
    }
    measured = completed.measured if isinstance(outcome, Failure) else outcome
    began_ns, spans = (measured.began_ns, measured.spans) if measured else (0, ())
    rows: list[Row] = [
        {**common, **columns(span), **_core_speed(span, began_ns, speed)} for span in spans
    ]
    if isinstance(outcome, Failure):
        phase = outcome.phase or "preparation"
        failure = {"phase": phase, "status": outcome.kind, "reason": outcome.reason}
        return [*rows, {**common, **failure}]
    if completed.import_ns is not None:
        rows.append({**common, "phase": IMPORT, "wall_ns": completed.import_ns, "status": OK})
    return rows


def columns(span: Span) -> Mapping[str, Any]:
    """The columns that ``span`` fills. Raises ``WireError`` for a meter that is no column."""
    found = span._asdict()
    undeclared = found.keys() - _COLUMNS
    if undeclared:
        raise WireError(f"the table of samples has no column for {min(undeclared)!r}")
    return found


_COLUMNS = frozenset(SCHEMA.names)


def _core_speed(span: Span, began_ns: int, speed: CoreSpeedBetween) -> Mapping[str, Any]:
    if (
        span.start_ns is None
        or span.wall_ns is None
        or span.cpu_ns is None
        or span.iteration is not None
    ):
        return {}
    begin_ns = began_ns + span.start_ns
    found = speed(begin_ns, begin_ns + span.wall_ns)
    return {} if found is None else {"probe_ns": found.probe_ns, "probe_readings": found.readings}
