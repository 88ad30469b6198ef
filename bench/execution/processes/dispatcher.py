"""Carries out requests on zygotes, as many side by side as there are cores, whatever they do.

Jobs may share a core: they start together and meet before every phase. An invocation may take its
zygote down, or not let itself be stopped. What was under way is then tried again in a new zygote,
one at a time, so that the one that did it fails alone.
"""

from __future__ import annotations

import select
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Generic, TypeGuard

from bench.domain.findings.evidence import Failure
from bench.domain.findings.timing import TimingOutcome
from bench.domain.status import CRASHED, OUT_OF_MEMORY, TIMED_OUT
from bench.execution.processes.closeable import Closeable
from bench.execution.processes.ending import InterpreterFailed
from bench.execution.processes.interpreter import Interpreter, Limits
from bench.execution.processes.jobs import Completed, Group, Job, K, O_co, Queue
from bench.execution.processes.received import received
from bench.worker.wire.channel import Ended, Ready, Sharing
from bench.worker.wire.requests import PassRequest

GRACE_S = 10.0
"""Seconds beyond its limit after which an invocation does not let itself be stopped."""

MAX_INTERPRETERS = 20
"""Zygotes that one dispatcher starts, at most."""

MAX_STARTS = 3
"""Times that one is started, should it be ended from outside while it imports."""

InterpreterSource = Callable[[int], Interpreter]
"""Gives the interpreter of a generation: 0 for the first, one more each time one was lost."""


@dataclass(frozen=True)
class _InFlight(Generic[K, O_co]):
    job: Job[K, O_co]
    core: int | None
    group: int
    members: int


class Dispatcher(Closeable):
    """Runs jobs within ``limits``, a group on each of ``cores`` (None: no particular core).

    ``standby`` is another interpreter that imports meanwhile: until it is ready it takes the place
    of a group, where there are several. ``imports`` are the imports that the interpreters made, by
    generation.
    """

    def __init__(
        self,
        limits: Limits,
        source: InterpreterSource,
        cores: Sequence[int | None],
        standby: Interpreter | None = None,
    ) -> None:
        self._limits = limits
        self._source = source
        self._slots = len(cores)
        self._free = deque(cores)
        self._standby = standby
        self._generation = -1
        self._groups = 0
        self._interpreter: Interpreter | None = None
        self.imports: list[tuple[int, Ready]] = []

    def run(
        self,
        jobs: Iterable[Job[K, O_co]],
        is_wanted: Callable[[K], bool] = lambda _: True,
    ) -> Iterator[Completed[K, O_co]]:
        """The same as ``run_groups``, for jobs that each have a core to themselves."""
        return self.run_groups((Group((job,)) for job in jobs), is_wanted)

    def run_groups(
        self,
        groups: Iterable[Group[K, O_co]],
        is_wanted: Callable[[K], bool] = lambda _: True,
    ) -> Iterator[Completed[K, O_co]]:
        """Carry out the jobs of ``groups`` in their order; yields each as it ends.

        ``is_wanted`` is asked right before a job is sent, with all that has been yielded behind it:
        a job that is not wanted is left out. Raises ``InterpreterFailed`` when an interpreter does
        not start, or they keep ending.
        """
        queue = Queue(groups, is_wanted)
        flights: dict[int, _InFlight[K, O_co]] = {}
        while True:
            ended: Sequence[Ended] = ()
            lost = self._fill(queue, flights)
            if lost is None and not flights:
                return
            if lost is None:
                ended, lost = self._receive(flights)
            for each in ended:
                yield self._landed(each, flights)
            if lost is not None:
                yield from self._given_up(queue, flights, lost)
                self._close_interpreter()

    def close(self) -> None:
        self._close_interpreter()

    def release(self) -> Interpreter | None:
        """Give up the interpreter that took the jobs, without closing it; None where it is lost."""
        released, self._interpreter = self._interpreter, None
        return released

    def _fill(
        self, queue: Queue[K, O_co], flights: dict[int, _InFlight[K, O_co]]
    ) -> Failure | None:
        """Send what there is room for; returns how all in flight are lost, if they are."""
        while _groups(flights) < (1 if queue.one_at_a_time else self._room()):
            group = queue.next()
            if group is None:
                break
            unsent = self._send(group, flights)
            if unsent:
                queue.put_back(unsent)
                return self._lost()
        return None

    def _room(self) -> int:
        return max(1, self._slots - self._standby_is_importing())

    def _standby_is_importing(self) -> bool:
        """Whether the standby still takes a place; one that has died is forgotten."""
        try:
            return self._standby is not None and not self._standby.is_ready
        except InterpreterFailed:
            self._standby = None
            return False

    def start(self) -> Interpreter:
        """The interpreter that takes jobs, once it is ready.

        One that is ended from outside while it imports is replaced.
        """
        starts = 0
        while self._interpreter is None:
            self._generation += 1
            if self._generation >= MAX_INTERPRETERS:
                raise InterpreterFailed("the measured interpreters keep ending")
            self._interpreter = self._source(self._generation)
            starts += 1
            try:
                self.imports.append((self._generation, self._interpreter.wait_until_ready()))
            except InterpreterFailed as failure:
                self._close_interpreter()
                if not failure.by_accident or starts == MAX_STARTS:
                    raise
        return self._interpreter

    def rehearse(self, request: PassRequest[object]) -> Failure | None:
        """Carry out ``request`` alone, so that the interpreter learns what memory others need.

        What comes of it is of no interest, unless it took too long, or its interpreter was lost,
        which is replaced: that is returned. Other failures come again where ``request`` is run.
        """
        interpreter = self.start()
        failure = Failure(TIMED_OUT, timeout_message(self._limits))
        try:
            interpreter.send(request, self._limits, self._free[0], rehearses=True)
            for ended in interpreter.receive(timeout_s=self._limits.timeout_s + GRACE_S):
                outcome = ended.outcome
                return outcome if _is_of_kind(outcome, TIMED_OUT) else None
        except InterpreterFailed:
            failure = self._lost()
        self._close_interpreter()
        return failure

    def _send(
        self, group: Group[K, O_co], flights: dict[int, _InFlight[K, O_co]]
    ) -> Sequence[Group[K, O_co]]:
        """Send the jobs of ``group``; returns what the interpreter did not take."""
        interpreter, core = self.start(), self._free.popleft()
        self._groups += 1
        board, members = interpreter.files.board(), len(group.jobs)
        for member, job in enumerate(group.jobs):
            sharing = Sharing(board, member, members, group.phases, group.turns, group.slice_ns)
            try:
                number = interpreter.send(
                    job.request, self._limits, core, sharing if members > 1 else None
                )
            except InterpreterFailed:
                if not member:
                    self._free.append(core)
                    return [group]
                return [Group((each,)) for each in group.jobs[member:]]
            flights[number] = _InFlight(job, core, self._groups, members)
        return []

    def _receive(
        self, flights: Mapping[int, _InFlight[K, O_co]]
    ) -> tuple[Sequence[Ended], Failure | None]:
        """What has ended, after waiting for something to happen; or how all in flight are lost."""
        assert self._interpreter is not None
        channels = [self._interpreter.fileno()]
        if self._standby is not None and self._standby_is_importing():
            channels.append(self._standby.fileno())
        sharing = max(flight.members for flight in flights.values())
        if not _readable(channels, sharing * self._limits.timeout_s + GRACE_S):
            return (), Failure(TIMED_OUT, timeout_message(self._limits))
        try:
            return self._interpreter.receive(timeout_s=0), None
        except InterpreterFailed:
            return (), self._lost()

    def _lost(self) -> Failure:
        """How what is in flight is lost with its interpreter, which has ended."""
        assert self._interpreter is not None
        ending = self._interpreter.ending.described()
        kind = OUT_OF_MEMORY if self._interpreter.ending.ran_out_of_memory else CRASHED
        return Failure(kind, lost_message(ending))

    def _given_up(
        self,
        queue: Queue[K, O_co],
        flights: dict[int, _InFlight[K, O_co]],
        lost: Failure,
    ) -> Iterator[Completed[K, O_co]]:
        """The job that took the interpreter down; of several, each is tried again alone."""
        if len(flights) > 1:
            queue.one_at_a_time = True
            queue.put_back(Group((flight.job,)) for flight in flights.values())
            self._free.extend({flight.group: flight.core for flight in flights.values()}.values())
            flights.clear()
        for number in list(flights):
            phase = self._interpreter.files.phase_of(number) if self._interpreter else None
            failure = replace(lost, phase=phase)
            landed = self._landed(Ended(number, failure, None, None), flights)
            yield replace(landed, lost=lost.kind != TIMED_OUT)

    def _landed(self, ended: Ended, flights: dict[int, _InFlight[K, O_co]]) -> Completed[K, O_co]:
        flight = flights.pop(ended.id)
        if all(other.group != flight.group for other in flights.values()):
            self._free.append(flight.core)
        outcome = received(flight.job.request, ended.outcome)
        interpreter, failed = self._interpreter, isinstance(outcome, Failure)
        has_log = failed or (isinstance(outcome, TimingOutcome) and outcome.has_failed_phase)
        return Completed(
            key=flight.job.key,
            outcome=outcome,
            core=flight.core,
            generation=self._generation,
            members=flight.members,
            process_ns=ended.process_ns,
            import_ns=ended.import_ns,
            log=interpreter.files.log_of(ended.id) if has_log and interpreter else b"",
            measured=interpreter.files.ended_phases(ended.id) if failed and interpreter else None,
        )

    def _close_interpreter(self) -> None:
        if self._interpreter is not None:
            self._interpreter.close()
            self._interpreter = None


def _groups(flights: Mapping[int, _InFlight[K, O_co]]) -> int:
    return len({flight.group for flight in flights.values()})


def _is_of_kind(outcome: object, kind: str) -> TypeGuard[Failure]:
    return isinstance(outcome, Failure) and outcome.kind == kind


def lost_message(ending: str) -> str:
    """Why an invocation failed whose interpreter ended in this way."""
    return f"its interpreter {ending}, while this ran in it alone"


def timeout_message(limits: Limits) -> str:
    """Why an invocation failed that outlived its limit and ``GRACE_S``."""
    return f"took more than {limits.timeout_s:g} s and did not let itself be stopped"


def _readable(descriptors: Iterable[int], timeout_s: float) -> bool:
    """Whether there is something to read, from any of them, within ``timeout_s``."""
    waiting = select.poll()
    for descriptor in descriptors:
        waiting.register(descriptor, select.POLLIN)
    return bool(waiting.poll(timeout_s * 1000))
