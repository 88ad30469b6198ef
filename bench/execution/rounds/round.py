"""Carries out one round: a fresh zygote, every cell in the planned random order."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bench.domain.plan import Plan, PlannedInvocation
from bench.execution.failures import Failures
from bench.execution.listener import Listener
from bench.execution.processes.core_speed import CoreSpeed, CoreSpeedMonitors
from bench.execution.processes.interpreter import Interpreter, InterpreterFailed
from bench.execution.processes.requests import (
    GRACE_S,
    TOOK_INTERPRETER,
    cores,
    launch,
    request_for,
    unstoppable,
    wait_for,
)
from bench.execution.rounds.rows import Row, import_row, visit_rows
from bench.worker import protocol

_ZYGOTES_PER_ROUND = 20


@dataclass(frozen=True)
class _InFlight:
    visit: PlannedInvocation
    core: int | None


class Round:
    """One round under way.

    ``standby`` is the next round's zygote, importing meanwhile: it takes one of the jobs until it
    is ready. ``keep_log`` is given the log of each invocation that failed; ``probes`` tell the pace
    of its cores.
    """

    def __init__(
        self,
        plan: Plan,
        number: int,
        interpreter: Interpreter,
        listener: Listener,
        keep_log: Callable[[int, PlannedInvocation, Path], None],
        probes: CoreSpeedMonitors,
        standby: Interpreter | None = None,
    ) -> None:
        self._plan = plan
        self._number = number
        self._interpreter = interpreter
        self._standby = standby
        self._listener = listener
        self._keep_log = keep_log
        self._probes = probes
        self._generation = 0
        self._rows: list[Row] = []
        self._waiting: deque[PlannedInvocation] = deque()
        self._flights: dict[int, _InFlight] = {}
        self._one_at_a_time = False
        self._free = deque(cores(plan))

    def execute(self, failures: Failures) -> list[Row]:
        """Measure every cell that has not been given up; returns the round's rows.

        Raises ``InterpreterFailed`` when the zygotes of the round keep ending.
        """
        try:
            self._note_import(self._interpreter)
            visits = self._plan.order(self._number)
            self._waiting.extend(visit for visit in visits if not failures.is_excluded(visit.cell))
            self._listener.round_begins(self._number, len(self._waiting))
            while self._waiting or self._flights:
                while self._waiting and len(self._flights) < self._jobs():
                    self._send(self._waiting.popleft(), failures)
                if self._flights:
                    self._collect(failures)
        finally:
            self._interpreter.end()
        return self._rows

    def _jobs(self) -> int:
        if self._one_at_a_time:
            return 1
        return max(1, self._plan.jobs - self._standby_is_importing())

    def _standby_is_importing(self) -> bool:
        """Whether the standby still takes a job; one that has died is forgotten."""
        try:
            return self._standby is not None and not self._standby.is_ready
        except InterpreterFailed:
            self._standby = None
            return False

    def _send(self, visit: PlannedInvocation, failures: Failures) -> None:
        if failures.is_excluded(visit.cell):
            return
        core = self._free.popleft()
        request = request_for(self._plan, visit.cell, "timing", self._number, core)
        try:
            self._flights[self._interpreter.send(request)] = _InFlight(visit, core)
        except InterpreterFailed:
            self._free.append(core)
            self._waiting.appendleft(visit)
            self._replace_interpreter(failures, protocol.CRASHED, TOOK_INTERPRETER)

    def _collect(self, failures: Failures) -> None:
        """Wait until something ends, or until the standby is ready and gives its job back."""
        channels = [self._interpreter.fileno()]
        if self._standby is not None and self._standby_is_importing():
            channels.append(self._standby.fileno())
        patience_s = self._plan.timeout_s + GRACE_S
        if not wait_for(channels, patience_s):
            self._replace_interpreter(failures, protocol.TIMED_OUT, unstoppable(self._plan))
            return
        try:
            for outcome in self._interpreter.receive(timeout_s=0):
                self._land(self._flights.pop(outcome["id"]), outcome, failures)
        except InterpreterFailed:
            self._replace_interpreter(failures, protocol.CRASHED, TOOK_INTERPRETER)

    def _land(self, flight: _InFlight, outcome: protocol.Message, failures: Failures) -> None:
        visit, core = flight.visit, flight.core
        self._free.append(core)
        if outcome["status"] != protocol.OK:
            failures.note(visit.cell, outcome["status"])
            self._keep_log(self._number, visit, self._interpreter.log_of(outcome["id"]))

        def pace(begin_ns: int, end_ns: int) -> CoreSpeed | None:
            # The pace of a core says nothing about the time that a GPU takes.
            on_core = visit.cell.panel.device == "cpu"
            return self._probes.pace(core, begin_ns, end_ns) if on_core else None

        self._rows += visit_rows(self._number, self._generation, core, visit, outcome, pace)
        self._listener.visit_ends(visit, outcome)

    def _replace_interpreter(self, failures: Failures, kind: str, reason: str) -> None:
        """Record what was in flight as failed and go on with a new zygote in the same round.

        Of several in flight one has done it: they are tried again, one at a time, to tell which.
        """
        flights, self._flights = self._flights, {}
        if len(flights) > 1:
            self._one_at_a_time = True
            self._waiting.extendleft(flight.visit for flight in flights.values())
            self._free.extend(flight.core for flight in flights.values())
        else:
            for request_id, flight in flights.items():
                outcome = {**protocol.failure(kind, reason), "id": request_id}
                self._land(flight, outcome, failures)
        self._interpreter.end()
        self._generation += 1
        if self._generation >= _ZYGOTES_PER_ROUND:
            raise InterpreterFailed("the measured interpreters of this round keep ending")
        self._interpreter = Interpreter(launch(self._plan, self._number, self._generation))
        self._note_import(self._interpreter)

    def _note_import(self, interpreter: Interpreter) -> None:
        ready = interpreter.wait_until_ready()
        if "import_ns" in ready:
            self._rows.append(import_row(self._number, self._generation, ready))
