"""Executors: where the rounds of a run are measured."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from typing import NamedTuple, Protocol

from bench.domain.design.plan import Plan
from bench.domain.tries import Failures
from bench.execution.listener import Listener
from bench.execution.processes.closeable import Closeable
from bench.execution.processes.core_speed import CoreSpeedMonitors
from bench.execution.processes.requests import measured_cores
from bench.execution.processes.zygote_pool import ZygotePool
from bench.execution.rounds.round import RoundResult, measure_round
from bench.planning.order import NOTHING_SEEN, SeenPhases


class Assignment(NamedTuple):
    """A round to measure, with the failures known when it is handed out.

    ``following`` is the round whose interpreters are prepared meanwhile, None where none is to be;
    ``seen`` what earlier rounds have shown of phases. No invocation begins after ``until``, by
    ``time.monotonic``: the round may then lack some.
    """

    number: int
    past: Failures
    following: int | None = None
    seen: SeenPhases = NOTHING_SEEN
    until: float = math.inf


class Executor(Protocol):
    """Measures rounds, here or elsewhere."""

    def measure(self, assignments: Iterable[Assignment]) -> Iterator[RoundResult]:
        """Measure each of ``assignments``; yields each result as it is there, in any order.

        An assignment is taken when there is somewhere to measure it, never before: whoever hands
        them out decides then whether there is another. Raises ``InterpreterFailed``.
        """


class LocalExecutor(Closeable):
    """Measures rounds one after the other on this machine.

    It keeps the core speed monitors, and has the interpreters of the next round prepared during
    one; they are of ``zygotes``. Use it from the main thread: the kernel ends a process together
    with the thread that started it.
    """

    def __init__(self, plan: Plan, zygotes: ZygotePool, listener: Listener | None = None) -> None:
        self._plan = plan
        self._listener = listener
        self._zygotes = zygotes
        cores = [core for core in measured_cores(plan) if core is not None]
        self._monitors = CoreSpeedMonitors(cores)

    def measure(self, assignments: Iterable[Assignment]) -> Iterator[RoundResult]:
        """Measure each of ``assignments``, in their order. Raises ``InterpreterFailed``."""
        for number, past, following, seen, until in assignments:
            self._monitors.revive()
            wanted = past.environments(self._plan.cells())
            interpreters = self._zygotes.take(wanted, number)
            standby = None if following is None else self._zygotes.prepare(following, wanted)
            yield measure_round(
                self._plan,
                number,
                past,
                self._monitors,
                listener=self._listener,
                interpreters=interpreters,
                standby=standby,
                seen=seen,
                until=until,
            )

    def close(self) -> None:
        self._monitors.close()
