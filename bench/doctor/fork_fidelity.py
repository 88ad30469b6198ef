"""Measures forked against directly started processes doing the same work, round by round."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import NamedTuple

from bench.domain.errors import BenchError
from bench.domain.findings.evidence import Failure
from bench.domain.findings.timing import Span, TimingOutcome
from bench.execution.processes.core_speed import CoreSpeedMonitors
from bench.execution.processes.dispatcher import Dispatcher
from bench.execution.processes.interpreter import Interpreter, Limits
from bench.execution.processes.jobs import Job
from bench.execution.processes.launch import LaunchSpec
from bench.worker.wire.requests import CellRequest, TimingRequest

INVOCATIONS_PER_ROUND = 12
"""Size of the round whose price is measured."""

PAIRED = 3
"""Forked and started invocations that are paired in each round of the check."""

_LIMITS = Limits(timeout_s=120.0, memory_bytes=2**40)


class Timing(NamedTuple):
    """One ``construct``: its wall and CPU time, and what the probe's loop took meanwhile."""

    wall_ns: int
    cpu_ns: int
    probe_ns: int | None


class FidelityFailed(BenchError, RuntimeError):
    """An invocation of the fidelity check that could not be measured; the message says why."""


@dataclass(frozen=True)
class FidelityRound:
    """One round: the same lifecycle in forked and in started processes, in random order.

    ``forked_construct`` and ``started_construct`` hold ``PAIRED`` timings each, made one at a time
    on one core with a probe. ``side_by_side_ns`` is the price of a round as the presets make it:
    the import of a zygote and ``INVOCATIONS_PER_ROUND`` invocations, two at a time;
    ``one_at_a_time_ns`` the same, one at a time, from the mean of the paired ones. ``started_ns``
    is the mean time of a started process. ``overhead_ns`` is what each paired forked invocation
    took beyond the sum of its phases; ``minor_faults`` are those of its ``construct``.
    """

    forked_construct: tuple[Timing, ...]
    started_construct: tuple[Timing, ...]
    side_by_side_ns: float
    one_at_a_time_ns: float
    started_ns: float
    overhead_ns: tuple[int, ...]
    minor_faults: tuple[int, ...]


def measure(
    python: str,
    backend: str,
    lifecycle: CellRequest,
    rounds: int,
    seed: int,
    round_ends: Callable[[int, float], None],
) -> list[FidelityRound]:
    """Measure ``rounds`` rounds of the timing of ``lifecycle`` in the interpreter ``python``.

    ``round_ends`` is called with the number and duration in seconds of each. Raises
    ``FidelityFailed`` when an invocation fails, ``InterpreterFailed`` when an interpreter does not
    start.
    """
    results = []
    core = max(os.sched_getaffinity(0))
    with CoreSpeedMonitors([core]) as monitors:
        for number in range(rounds):
            began = time.monotonic()
            generator = random.Random(f"{seed}-{number}")
            results.append(_round(python, backend, lifecycle, generator, core, monitors))
            round_ends(number, time.monotonic() - began)
    return results


def _round(
    python: str,
    backend: str,
    lifecycle: CellRequest,
    generator: random.Random,
    core: int,
    monitors: CoreSpeedMonitors,
) -> FidelityRound:
    seed = generator.getrandbits(32)
    two_cores = sorted(os.sched_getaffinity(0))[-2:]
    with (
        Interpreter(LaunchSpec(python, backend, "fork", seed)) as forking,
        Interpreter(LaunchSpec(python, backend, "start", seed)) as starting,
    ):
        import_ns = forking.wait_until_ready().import_ns or 0
        starting.wait_until_ready()
        _rehearse(forking, lifecycle, core)
        order = [starting, forking] * PAIRED
        generator.shuffle(order)
        timed = [(each, _invoked(each, lifecycle, [core], 1)[0]) for each in order]
        forked = [invocation for each, invocation in timed if each is forking]
        started = [invocation for each, invocation in timed if each is starting]
        began_ns = time.perf_counter_ns()
        _invoked(forking, lifecycle, two_cores, INVOCATIONS_PER_ROUND)
        side_by_side_ns = time.perf_counter_ns() - began_ns
    return FidelityRound(
        forked_construct=tuple(_timing(each, core, monitors) for each in forked),
        started_construct=tuple(_timing(each, core, monitors) for each in started),
        side_by_side_ns=import_ns + side_by_side_ns,
        one_at_a_time_ns=import_ns + INVOCATIONS_PER_ROUND * _mean_process_ns(forked),
        started_ns=_mean_process_ns(started),
        overhead_ns=tuple(each.process_ns - _phases_ns(each.outcome) for each in forked),
        minor_faults=tuple(_construct(each.outcome).minor_faults or 0 for each in forked),
    )


class _Timed(NamedTuple):
    outcome: TimingOutcome
    process_ns: int


def _invoked(
    interpreter: Interpreter, lifecycle: CellRequest, cores: Sequence[int], count: int
) -> list[_Timed]:
    """``count`` invocations, one at a time on each of ``cores``. Raises ``FidelityFailed``."""
    dispatcher = Dispatcher(_LIMITS, lambda *_: interpreter, cores)
    found = []
    for each in dispatcher.run([Job(None, TimingRequest(lifecycle))] * count):
        if isinstance(each.outcome, Failure):
            raise FidelityFailed(f"{each.outcome.kind}: {each.outcome.reason}")
        found.append(_Timed(each.outcome, each.process_ns or 0))
    return found


def _rehearse(interpreter: Interpreter, lifecycle: CellRequest, core: int) -> None:
    """Let ``interpreter`` learn what memory its forks need, as it does at the start of a round."""
    interpreter.send(TimingRequest(lifecycle), _LIMITS, core, rehearses=True)
    interpreter.receive()


def _mean_process_ns(invocations: Sequence[_Timed]) -> float:
    return fmean(each.process_ns for each in invocations)


def _spans(outcome: TimingOutcome) -> Sequence[Span]:
    return [span for span in outcome.spans if span.iteration is None]


def _construct(outcome: TimingOutcome) -> Span:
    return next(span for span in _spans(outcome) if span.phase == "construct")


def _timing(invocation: _Timed, core: int, monitors: CoreSpeedMonitors) -> Timing:
    span = _construct(invocation.outcome)
    wall_ns, cpu_ns = span.wall_ns or 0, span.cpu_ns or 0
    begin_ns = invocation.outcome.began_ns + (span.start_ns or 0)
    speed = monitors.speed(core, begin_ns, begin_ns + wall_ns)
    return Timing(wall_ns, cpu_ns, None if speed is None else speed.probe_ns)


def _phases_ns(outcome: TimingOutcome) -> int:
    return sum(span.wall_ns or 0 for span in _spans(outcome) if span.phase != "invocation")
