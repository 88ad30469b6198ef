"""Carries out requests on zygotes, as many side by side as there are cores, whatever they do.

Jobs may share a core, whichever environments they are of: they start together and meet before every
phase. An invocation may take its zygote down, or not let itself be stopped. What was under way is
then tried again in a new zygote, one at a time, so that the one that did it fails alone.
"""

from __future__ import annotations

import select
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Protocol, TypeGuard

from bench.domain.findings.evidence import Failure
from bench.domain.findings.timing import TimingOutcome
from bench.domain.panel import DEFAULT_ENVIRONMENT
from bench.domain.status import CRASHED, OUT_OF_MEMORY, TIMED_OUT
from bench.execution.processes.closeable import Closeable
from bench.execution.processes.ending import InterpreterFailed
from bench.execution.processes.fleet import Fleet, Import, InterpreterSource
from bench.execution.processes.flights import Flights, InFlight, Lost
from bench.execution.processes.interpreter import Interpreter, Limits
from bench.execution.processes.jobs import Completed, Group, Job, K, O_co, Queue
from bench.execution.processes.received import received
from bench.worker.wire.channel import Ended, Sharing
from bench.worker.wire.requests import PassRequest

GRACE_S = 10.0
"""Seconds beyond its limit after which an invocation does not let itself be stopped."""


class Importing(Protocol):
    """What imports while jobs run, and takes the place of some until it is ready."""

    @property
    def is_ready(self) -> bool:
        """Whether it has imported; never waits. Raises ``InterpreterFailed`` for what has ended."""

    def fileno(self) -> int:
        """The descriptor to wait on meanwhile."""


class Dispatcher(Closeable):
    """Runs jobs within ``limits``, a group on each of ``cores`` (None: no particular core).

    Each is sent to the interpreter of its environment, which ``source`` gives. ``standby`` imports
    meanwhile for whoever comes next: until it is ready it takes the place of a group, where there
    are several.
    """

    def __init__(
        self,
        limits: Limits,
        source: InterpreterSource,
        cores: Sequence[int | None],
        standby: Importing | None = None,
    ) -> None:
        self._limits = limits
        self._fleet = Fleet(source)
        self._slots = len(cores)
        self._free = deque(cores)
        self._standby = standby
        self._groups = 0

    @property
    def imports(self) -> Sequence[Import]:
        """The imports that the interpreters made."""
        return self._fleet.imports

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
        a job that is not wanted is left out. Jobs of an environment in which no interpreter starts
        have failed, and those of the others go on. Raises ``InterpreterFailed`` when none starts in
        any, or they keep ending.
        """
        queue = Queue(groups, is_wanted)
        flights: Flights[K, O_co] = Flights()
        while True:
            ended: Sequence[tuple[str, Ended]] = ()
            lost = yield from self._fill(queue, flights)
            if lost is None and not flights:
                return
            if lost is None:
                ended, lost = self._receive(flights)
            for environment, each in ended:
                yield self._landed(environment, each, flights)
            if lost is not None:
                yield from self._given_up(queue, flights, lost)

    def start(self, environments: Iterable[str] = (DEFAULT_ENVIRONMENT,)) -> None:
        """Start the interpreters of ``environments``, one after the other.

        Raises ``InterpreterFailed`` when none starts.
        """
        self._fleet.start(environments)

    def close(self) -> None:
        self._fleet.close()

    def release(self) -> Mapping[str, Interpreter]:
        """Give up the interpreters that took the jobs, by environment, without closing them."""
        return self._fleet.release()

    def _fill(
        self, queue: Queue[K, O_co], flights: Flights[K, O_co]
    ) -> Generator[Completed[K, O_co], None, Lost | None]:
        """Send what there is room for; returns how some in flight are lost, if they are."""
        while flights.groups < (1 if queue.one_at_a_time else self._room()):
            group = queue.next()
            if group is None:
                break
            self._fleet.start(job.environment for job in group.jobs)
            broken = [job for job in group.jobs if job.environment in self._fleet.broken]
            if broken:
                yield from map(self._refused, broken)
                left = tuple(job for job in group.jobs if job not in broken)
                queue.put_back([replace(group, jobs=left)] if len(left) > 1 else [])
                continue
            lost = self._send(queue, group, flights)
            if lost is not None:
                return lost
        return None

    def _refused(self, job: Job[K, O_co]) -> Completed[K, O_co]:
        """``job``, in whose environment no interpreter starts."""
        failure = self._fleet.broken[job.environment]
        generation = self._fleet.generation(job.environment)
        return Completed(job.key, failure, core=None, generation=generation)

    def _room(self) -> int:
        return max(1, self._slots - self._standby_is_importing())

    def _standby_is_importing(self) -> bool:
        """Whether the standby still takes a place; one that has died is forgotten."""
        try:
            return self._standby is not None and not self._standby.is_ready
        except InterpreterFailed:
            self._standby = None
            return False

    def rehearse(
        self, request: PassRequest[object], environment: str = DEFAULT_ENVIRONMENT
    ) -> Failure | None:
        """Carry out ``request`` alone, so that the interpreter learns what memory others need.

        What comes of it is of no interest, unless it took too long, or its interpreter was lost,
        which is replaced: that is returned. Other failures come again where ``request`` is run.
        """
        self._fleet.start([environment])
        if environment in self._fleet.broken:
            return None
        interpreter = self._fleet[environment]
        failure = Failure(TIMED_OUT, timeout_message(self._limits))
        try:
            interpreter.send(request, self._limits, self._free[0], rehearses=True)
            for ended in interpreter.receive(timeout_s=self._limits.timeout_s + GRACE_S):
                outcome = ended.outcome
                return outcome if _is_of_kind(outcome, TIMED_OUT) else None
        except InterpreterFailed:
            failure = self._lost(environment).failure
        self._fleet.end([environment])
        return failure

    def _send(
        self,
        queue: Queue[K, O_co],
        group: Group[K, O_co],
        flights: Flights[K, O_co],
    ) -> Lost | None:
        """Send the jobs of ``group``; what an interpreter does not take, which has ended, waits."""
        core = self._free.popleft()
        self._groups += 1
        first, members = self._fleet[group.jobs[0].environment], len(group.jobs)
        board = first.files.board()
        for member, job in enumerate(group.jobs):
            sharing = Sharing(board, member, members, group.phases, group.turns, group.slice_ns)
            try:
                number = self._fleet[job.environment].send(
                    job.request, self._limits, core, sharing if members > 1 else None
                )
            except InterpreterFailed:
                if not member:
                    self._free.append(core)
                unsent = [Group((each,)) for each in group.jobs[member:]] if member else [group]
                queue.put_back(unsent)
                return self._lost(job.environment)._replace(group=self._groups)
            flights[job.environment, number] = InFlight(job, core, self._groups, members)
        return None

    def _receive(
        self, flights: Flights[K, O_co]
    ) -> tuple[Sequence[tuple[str, Ended]], Lost | None]:
        """What has ended, after waiting for something to happen; or how some are lost."""
        channels = [self._fleet[each].fileno() for each in flights.environments]
        if self._standby is not None and self._standby_is_importing():
            channels.append(self._standby.fileno())
        sharing = max(flight.members for flight in flights.values())
        if not _readable(channels, sharing * self._limits.timeout_s + GRACE_S):
            return (), Lost(Failure(TIMED_OUT, timeout_message(self._limits)))
        ended: list[tuple[str, Ended]] = []
        for environment in flights.environments:
            try:
                received_now = self._fleet[environment].receive(timeout_s=0)
            except InterpreterFailed:
                return ended, self._lost(environment)
            ended += [(environment, each) for each in received_now]
        return ended, None

    def _lost(self, environment: str) -> Lost:
        """How jobs are lost with the interpreter of ``environment``, which has ended."""
        ending = self._fleet[environment].ending
        kind = OUT_OF_MEMORY if ending.ran_out_of_memory else CRASHED
        return Lost(Failure(kind, lost_message(ending.described())), environment)

    def _given_up(
        self,
        queue: Queue[K, O_co],
        flights: Flights[K, O_co],
        lost: Lost,
    ) -> Iterator[Completed[K, O_co]]:
        """The job that took its interpreter down; of several, each is tried again alone.

        Those that are to be tried again are under way, in other environments too: all end there.
        """
        hit = flights.hit_by(lost)
        over = set() if lost.environment is None else {lost.environment}
        if len(hit) == 1 and lost.environment in (None, hit[0][0]):
            ((environment, number),) = hit
            over.add(environment)
            phase = self._fleet[environment].files.phase_of(number)
            failure = replace(lost.failure, phase=phase)
            landed = self._landed(environment, Ended(number, failure, None, None), flights)
            yield replace(landed, lost=failure.kind != TIMED_OUT)
        elif hit:
            over.update(flights.environments)
            queue.one_at_a_time = True
            queue.put_back(Group((flight.job,)) for flight in flights.values())
            self._free.extend(flights.cores)
            flights.clear()
        self._fleet.end(over)

    def _landed(
        self, environment: str, ended: Ended, flights: Flights[K, O_co]
    ) -> Completed[K, O_co]:
        flight = flights.pop((environment, ended.id))
        if all(other.group != flight.group for other in flights.values()):
            self._free.append(flight.core)
        outcome = received(flight.job.request, ended.outcome)
        files, failed = self._fleet[environment].files, isinstance(outcome, Failure)
        has_log = failed or (isinstance(outcome, TimingOutcome) and outcome.has_failed_phase)
        return Completed(
            key=flight.job.key,
            outcome=outcome,
            core=flight.core,
            generation=self._fleet.generation(environment),
            members=flight.members,
            process_ns=ended.process_ns,
            import_ns=ended.import_ns,
            log=files.log_of(ended.id) if has_log else b"",
            measured=files.ended_phases(ended.id) if failed else None,
        )


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
