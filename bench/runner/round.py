"""Carries out one round: a fresh zygote, every cell in the planned random order."""

from __future__ import annotations

import os
import select
from collections import Counter, deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.plan.phases import ITERATING
from bench.plan.schedule import Cell, Panel, Plan, Visit
from bench.runner.interpreter import Interpreter, InterpreterFailed, Launch
from bench.runner.listener import Listener
from bench.runner.probes import Pace, Probes
from bench.runner.rows import Row, import_row, visit_rows
from bench.worker import protocol

_TRIES = {protocol.TIMED_OUT: 1, protocol.OUT_OF_MEMORY: 1, protocol.UNAVAILABLE: 1}
_TRIES_OTHERWISE = 3
_ZYGOTES_PER_ROUND = 20
GRACE_S = 10.0
"""Seconds beyond its limit after which an invocation does not let itself be stopped."""

TOOK_INTERPRETER = "the process took its whole interpreter down with it"


class Failures:
    """How often each cell has failed, and so which are not tried any more.

    A cell that ran out of time or memory, or cannot be had at all, is not tried again; one that
    failed otherwise gets three tries in all.
    """

    def __init__(self, counts: Mapping[tuple[Panel, str, str], int] | None = None) -> None:
        self._counts = Counter(counts or {})

    def note(self, cell: Cell, kind: str) -> None:
        """One more failure of ``cell``."""
        self._counts[cell.panel, cell.arm.name, kind] += 1

    def gave_up(self, cell: Cell) -> bool:
        """Whether ``cell`` is not to be tried any more."""
        return any(
            self._counts[cell.panel, cell.arm.name, kind] >= _TRIES.get(kind, _TRIES_OTHERWISE)
            for kind in protocol.FAILURES
        )


@dataclass(frozen=True)
class _Flight:
    visit: Visit
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
        keep_log: Callable[[int, Visit, Path], None],
        probes: Probes,
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
        self._waiting: deque[Visit] = deque()
        self._flights: dict[int, _Flight] = {}
        self._one_at_a_time = False
        self._free = deque(cores(plan))

    def carry_out(self, failures: Failures) -> list[Row]:
        """Measure every cell that has not been given up; returns the round's rows.

        Raises ``InterpreterFailed`` when the zygotes of the round keep ending.
        """
        try:
            self._note_import(self._interpreter)
            visits = self._plan.order(self._number)
            self._waiting.extend(visit for visit in visits if not failures.gave_up(visit.cell))
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

    def _send(self, visit: Visit, failures: Failures) -> None:
        if failures.gave_up(visit.cell):
            return
        core = self._free.popleft()
        request = request_for(self._plan, visit.cell, "timing", self._number, core)
        try:
            self._flights[self._interpreter.send(request)] = _Flight(visit, core)
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

    def _land(self, flight: _Flight, outcome: protocol.Message, failures: Failures) -> None:
        visit, core = flight.visit, flight.core
        self._free.append(core)
        if outcome["status"] != protocol.OK:
            failures.note(visit.cell, outcome["status"])
            self._keep_log(self._number, visit, self._interpreter.log_of(outcome["id"]))

        def pace(begin_ns: int, end_ns: int) -> Pace | None:
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


def request_for(
    plan: Plan, cell: Cell, what: str, round_number: int, core: int | None
) -> protocol.Message:
    """What is asked of an invocation that does the pass ``what`` over ``cell``."""
    panel, arm = cell
    lifecycle = plan.scenario(panel.scenario).lifecycle
    return {
        "pass": what,
        **panel.model_dump(include={"entry", "device", "backend", "layers"}),
        "builder": arm.builder,
        "architecture": plan.architectures.get(panel.architecture or ""),
        "arguments": dict(arm.arguments),
        "architecture_arguments": {
            **plan.architecture_arguments.get(panel.architecture or "", {}),
            **arm.architecture_arguments,
        },
        "deferred": arm.deferred,
        "patch": arm.patch,
        "lifecycle": lifecycle
        and {
            "function": lifecycle.function,
            "arguments": dict(arm.lifecycle_arguments),
            "phases": list(lifecycle.phases),
            "iterating": sorted(ITERATING),
        },
        "iterations": plan.iterations,
        "batch": panel.batch or plan.batch,
        "inputs": [[[None, *each.shape[1:]], each.dtype] for each in plan.inputs],
        "seed": plan.round_seed(round_number),
        "threads": plan.threads,
        "core": core,
        "timeout_s": plan.timeout_s,
        "memory_bytes": plan.memory_bytes,
    }


def launch(plan: Plan, round_number: int, generation: int = 0) -> Launch:
    """How the zygote of a round is started; ``generation`` counts those that died in it."""
    panel = plan.panels[0]
    return Launch(
        python=plan.environments[panel.environment],
        backend=panel.backend,
        isolation=plan.isolation,
        seed=plan.round_seed(round_number) + generation,
        folders=plan.folders,
    )


def cores(plan: Plan) -> Sequence[int | None]:
    """One core for each job of a pinned plan, the last ones first; else no particular core."""
    if not plan.pin:
        return [None] * plan.jobs
    return sorted(os.sched_getaffinity(0))[-plan.jobs :]


def unstoppable(plan: Plan) -> str:
    """Why an invocation failed that outlived its limit and ``GRACE_S``."""
    return f"took more than {plan.timeout_s:g} s and did not let itself be stopped"


def wait_for(descriptors: Iterable[int], timeout_s: float) -> bool:
    """Whether there was something to read, from any of them, within ``timeout_s``."""
    waiting = select.poll()
    for descriptor in descriptors:
        waiting.register(descriptor, select.POLLIN)
    return bool(waiting.poll(timeout_s * 1000))
