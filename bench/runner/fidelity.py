"""Measures forked against directly started processes doing the same work, round by round."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bench.runner.interpreter import Interpreter, Launch
from bench.worker.protocol import OK, Message

FORKED_PER_ROUND = 12
STARTED_PER_ROUND = 3


class FidelityFailed(RuntimeError):
    """An invocation of the fidelity check that could not be measured; the message says why."""


@dataclass(frozen=True)
class FidelityRound:
    """One round: the same lifecycle in forked and in started processes, in random order.

    ``forked_construct_ns`` and ``started_construct_ns`` hold equally many values.
    ``forked_round_ns`` is the time from the start of a zygote to the end of the last of its
    ``FORKED_PER_ROUND`` invocations, less the time that started processes took in between;
    ``started_ns`` is the mean time of a started process. ``overhead_ns`` is what each forked
    invocation took beyond the sum of its phases; ``minor_faults`` are those of ``construct``.
    """

    forked_construct_ns: tuple[int, ...]
    started_construct_ns: tuple[int, ...]
    forked_round_ns: int
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
    for number in range(rounds):
        began = time.monotonic()
        results.append(_round(python, lifecycle, f"{seed}-{number}"))
        round_ends(number, time.monotonic() - began)
    return results


def _round(python: str, lifecycle: Mapping[str, Any], seed: str) -> FidelityRound:
    generator = random.Random(seed)
    number = generator.getrandbits(32)
    backend = lifecycle["backend"]
    began_ns = time.perf_counter_ns()
    with (
        Interpreter(Launch(python, backend, "fork", number)) as forking,
        Interpreter(Launch(python, backend, "start", number)) as starting,
    ):
        forking.wait_until_ready()
        starting.wait_until_ready()
        order = [starting] * STARTED_PER_ROUND + [forking] * STARTED_PER_ROUND
        generator.shuffle(order)
        # What is left of the forked invocations counts for the price of a round only.
        order += [forking] * (FORKED_PER_ROUND - STARTED_PER_ROUND)
        forked, started = [], []
        started_total_ns = 0
        for interpreter in order:
            asked_ns = time.perf_counter_ns()
            outcome = _invoke(interpreter, lifecycle)
            if interpreter is starting:
                started.append(outcome)
                started_total_ns += time.perf_counter_ns() - asked_ns
            else:
                forked.append(outcome)
        forked_round_ns = time.perf_counter_ns() - began_ns - started_total_ns
    return FidelityRound(
        forked_construct_ns=tuple(_construct(o)["wall_ns"] for o in forked[:STARTED_PER_ROUND]),
        started_construct_ns=tuple(_construct(outcome)["wall_ns"] for outcome in started),
        forked_round_ns=forked_round_ns,
        started_ns=sum(outcome["process_ns"] for outcome in started) / len(started),
        overhead_ns=tuple(outcome["process_ns"] - _phases_ns(outcome) for outcome in forked),
        minor_faults=tuple(_construct(outcome)["minor_faults"] for outcome in forked),
    )


def _invoke(interpreter: Interpreter, lifecycle: Mapping[str, Any]) -> Message:
    interpreter.send(lifecycle)
    outcome = interpreter.receive()[0]
    if outcome["status"] != OK:
        raise FidelityFailed(f"{outcome['status']}: {outcome['reason']}")
    return outcome


def _spans(outcome: Message) -> Sequence[Message]:
    return [span for span in outcome["spans"] if span.get("iteration") is None]


def _construct(outcome: Message) -> Message:
    return next(span for span in _spans(outcome) if span["phase"] == "construct")


def _phases_ns(outcome: Message) -> int:
    return sum(s.get("wall_ns", 0) for s in _spans(outcome) if s["phase"] != "invocation")
