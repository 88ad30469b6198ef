"""Measures forked against directly started processes doing the same work, round by round."""

from __future__ import annotations

import os
import random
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any, NamedTuple

from bench.domain.errors import BenchError
from bench.execution.processes.core_speed import CoreSpeedMonitors
from bench.execution.processes.interpreter import Interpreter, Launch
from bench.worker.protocol import OK, Message

INVOCATIONS_PER_ROUND = 12
"""Size of the round whose price is measured."""

PAIRED = 3
"""Forked and started invocations that are paired in each round of the check."""


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
    lifecycle: Mapping[str, Any],
    rounds: int,
    seed: int,
    round_ends: Callable[[int, float], None],
) -> list[FidelityRound]:
    """Measure ``rounds`` rounds of the timing request ``lifecycle`` in the interpreter ``python``.

    ``round_ends`` is told the number and duration in seconds of each. Raises ``FidelityFailed``
    when an invocation fails, ``InterpreterFailed`` when an interpreter does not start.
    """
    results = []
    core = max(os.sched_getaffinity(0))
    pinned = {**lifecycle, "core": core}
    with CoreSpeedMonitors([core]) as probes:
        for number in range(rounds):
            began = time.monotonic()
            results.append(_round(python, pinned, f"{seed}-{number}", probes))
            round_ends(number, time.monotonic() - began)
    return results


def _round(
    python: str, lifecycle: Mapping[str, Any], seed: str, probes: CoreSpeedMonitors
) -> FidelityRound:
    generator = random.Random(seed)
    number = generator.getrandbits(32)
    backend = lifecycle["backend"]
    with (
        Interpreter(Launch(python, backend, "fork", number)) as forking,
        Interpreter(Launch(python, backend, "start", number)) as starting,
    ):
        import_ns = forking.wait_until_ready()["import_ns"]
        starting.wait_until_ready()
        order = [starting, forking] * PAIRED
        generator.shuffle(order)
        outcomes = [(interpreter, _invoke(interpreter, lifecycle)) for interpreter in order]
        forked = [outcome for interpreter, outcome in outcomes if interpreter is forking]
        started = [outcome for interpreter, outcome in outcomes if interpreter is starting]
        side_by_side_ns = _side_by_side(forking, lifecycle)
    return FidelityRound(
        forked_construct=tuple(_timing(outcome, lifecycle["core"], probes) for outcome in forked),
        started_construct=tuple(_timing(outcome, lifecycle["core"], probes) for outcome in started),
        side_by_side_ns=import_ns + side_by_side_ns,
        one_at_a_time_ns=import_ns + INVOCATIONS_PER_ROUND * _mean_process_ns(forked),
        started_ns=_mean_process_ns(started),
        overhead_ns=tuple(outcome["process_ns"] - _phases_ns(outcome) for outcome in forked),
        minor_faults=tuple(_construct(outcome)["minor_faults"] for outcome in forked),
    )


def _side_by_side(interpreter: Interpreter, lifecycle: Mapping[str, Any]) -> int:
    """Nanoseconds that a round's invocations take, each on one of two cores where there are two."""
    cores = deque(sorted(os.sched_getaffinity(0))[-2:])
    waiting = INVOCATIONS_PER_ROUND
    flying: dict[int, int] = {}
    began_ns = time.perf_counter_ns()
    while waiting or flying:
        while waiting and cores:
            core = cores.popleft()
            flying[interpreter.send({**lifecycle, "core": core})] = core
            waiting -= 1
        for outcome in interpreter.receive():
            cores.append(flying.pop(_checked(outcome)["id"]))
    return time.perf_counter_ns() - began_ns


def _invoke(interpreter: Interpreter, lifecycle: Mapping[str, Any]) -> Message:
    interpreter.send(lifecycle)
    return _checked(interpreter.receive()[0])


def _checked(outcome: Message) -> Message:
    if outcome["status"] != OK:
        raise FidelityFailed(f"{outcome['status']}: {outcome['reason']}")
    return outcome


def _mean_process_ns(outcomes: Sequence[Message]) -> float:
    return fmean(outcome["process_ns"] for outcome in outcomes)


def _spans(outcome: Message) -> Sequence[Message]:
    return [span for span in outcome["spans"] if span.get("iteration") is None]


def _construct(outcome: Message) -> Message:
    return next(span for span in _spans(outcome) if span["phase"] == "construct")


def _timing(outcome: Message, core: int, probes: CoreSpeedMonitors) -> Timing:
    span = _construct(outcome)
    begin_ns = outcome["began_ns"] + span["start_ns"]
    pace = probes.pace(core, begin_ns, begin_ns + span["wall_ns"])
    return Timing(span["wall_ns"], span["cpu_ns"], None if pace is None else pace.probe_ns)


def _phases_ns(outcome: Message) -> int:
    return sum(s.get("wall_ns", 0) for s in _spans(outcome) if s["phase"] != "invocation")
