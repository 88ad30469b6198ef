"""Requests to a worker, by default one that runs the fake framework, and what comes of them."""

from __future__ import annotations

import time
from typing import Any, NamedTuple, TypeVar

from bench.domain.findings.evidence import Failure
from bench.domain.findings.timing import Span, TimingOutcome
from bench.execution.processes.interpreter import Interpreter, Limits
from bench.worker.wire.channel import Ended
from bench.worker.wire.requests import CellRequest, PassRequest, checked_outcome

O_co = TypeVar("O_co", covariant=True)

LIMITS = Limits(timeout_s=20.0, memory_bytes=1 << 30)

_CELL = CellRequest(
    builder="tests.fakes.builders:good",
    architecture="tests.fakes.builders:stack",
    arguments={},
    architecture_arguments={},
    deferred=False,
    patch=None,
    lifecycle=None,
    inputs=(),
    call_mode="function",
    device="cpu",
    layers=16,
    batch=32,
    iterations=3,
    seed=1,
    threads=None,
)


class Invoked(NamedTuple):
    """What came of an invocation, what it printed, and the phases that it had ended."""

    outcome: Any
    log: str
    import_ns: int | None
    ended: TimingOutcome | None


def cell(builder: str = "good", **changes: Any) -> CellRequest:
    """A cell with a builder of ``tests.fakes.builders``, unless a module is named."""
    named = builder if ":" in builder else f"tests.fakes.builders:{builder}"
    return _CELL._replace(builder=named, **changes)


def invoked(
    interpreter: Interpreter,
    request: PassRequest[object],
    limits: Limits = LIMITS,
    core: int | None = None,
) -> Invoked:
    """Ask ``interpreter`` for one invocation and wait for its end."""
    number = interpreter.send(request, limits, core)
    ended = _next_ended(interpreter, 2 * limits.timeout_s)
    log = interpreter.files.log_of(number).decode()
    outcome = checked_outcome(request, ended.outcome)
    return Invoked(outcome, log, ended.import_ns, interpreter.files.ended_phases(number))


def _next_ended(interpreter: Interpreter, timeout_s: float) -> Ended:
    """What ends next; a large answer comes in several parts."""
    until = time.monotonic() + timeout_s
    while time.monotonic() < until:
        for ended in interpreter.receive(timeout_s=until - time.monotonic()):
            return ended
    raise AssertionError(f"nothing ended within {timeout_s:g} s")


def succeeded(
    interpreter: Interpreter,
    request: PassRequest[O_co],
    limits: Limits = LIMITS,
    core: int | None = None,
) -> O_co:
    """The same, which must succeed."""
    outcome: O_co | Failure = invoked(interpreter, request, limits, core).outcome
    assert not isinstance(outcome, Failure), outcome.reason
    return outcome


def status_of(outcome: object) -> str:
    """``ok``, or the kind of a failure."""
    return outcome.kind if isinstance(outcome, Failure) else "ok"


def whole(spans: tuple[Span, ...]) -> list[Span]:
    """The spans of whole phases, in their order."""
    return [span for span in spans if span.iteration is None]


def calls_of(spans: tuple[Span, ...]) -> list[Span]:
    """The spans of single calls."""
    return [span for span in spans if span.iteration is not None]
