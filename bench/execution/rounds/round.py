"""Measures one round: fresh zygotes, every cell in the planned random order."""

from __future__ import annotations

import math
import platform
import time
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from bench.domain.design.plan import Plan
from bench.domain.findings.evidence import Failure
from bench.domain.findings.timing import TimingOutcome
from bench.domain.panel import Cell, Panel
from bench.domain.status import UNAVAILABLE
from bench.domain.tries import Failed, Failures, is_put_off
from bench.execution.listener import Listener
from bench.execution.processes.core_speed import CoreSpeed, CoreSpeedMonitors
from bench.execution.processes.dispatcher import Dispatcher, Importing
from bench.execution.processes.interpreter import Interpreters
from bench.execution.processes.jobs import Completed, Group, Job
from bench.execution.processes.requests import (
    RoundInterpreters,
    cell_request,
    job_on,
    limits_of,
    measured_cores,
)
from bench.execution.rounds.plausible import plausible
from bench.execution.rounds.rows import Row, TimedInvocation, import_row, invocation_rows
from bench.planning.order import NOTHING_SEEN, PlannedInvocation, SeenPhases, groups_of
from bench.worker.wire.requests import TimingRequest


@dataclass(frozen=True)
class FailedInvocation:
    """An invocation of a round that failed: its status, and the phase that it had reached."""

    invocation: PlannedInvocation
    kind: str
    phase: str | None = None

    @property
    def failed(self) -> Failed:
        """What failed, and how."""
        return Failed(self.invocation.cell, self.kind, self.phase)


@dataclass(frozen=True)
class RoundResult:
    """A measured round, a value that can be sent from wherever it was made.

    ``rows`` belong into the table of samples (``bench.store.schema``). ``host`` is the name of the
    machine, ``seconds`` the time that the round took; ``invocation_seconds`` is the sum, for
    each panel, over the processes of its invocations that succeeded, of their part where they
    shared a core; their cells are those ``measured``. ``logs`` hold what those invocations printed
    of which a phase failed, or the whole.
    """

    number: int
    host: str
    rows: tuple[Row, ...]
    failures: tuple[FailedInvocation, ...]
    seconds: float
    invocation_seconds: Mapping[Panel, float]
    measured: frozenset[Cell] = frozenset()
    logs: tuple[tuple[PlannedInvocation, bytes], ...] = ()


def measure_round(
    plan: Plan,
    number: int,
    past: Failures,
    monitors: CoreSpeedMonitors,
    *,
    listener: Listener | None = None,
    interpreters: Interpreters = MappingProxyType({}),
    standby: Importing | None = None,
    seen: SeenPhases = NOTHING_SEEN,
    until: float = math.inf,
) -> RoundResult:
    """Measure every cell of ``plan`` that the ``past`` failures do not exclude.

    Arms are scheduled by what was ``seen`` of phases. ``monitors`` know the speed of the cores.
    ``interpreters`` are started zygotes, which are closed here; in environments without one it is
    started. ``standby`` are those of a later round that import meanwhile. No invocation begins
    after ``until``, by ``time.monotonic``. Raises ``InterpreterFailed`` when the zygotes of the
    round keep ending; in one of several environments, its cells have failed.
    """
    began = time.monotonic()
    watching = listener or Listener()
    rows: list[Row] = []
    failed: list[FailedInvocation] = []
    measured: set[Cell] = set()
    logs: list[tuple[PlannedInvocation, bytes]] = []
    invocation_s: defaultdict[Panel, float] = defaultdict(float)

    def is_wanted(invocation: PlannedInvocation) -> bool:
        if time.monotonic() > until:
            return False
        cell, now = invocation.cell, [each.failed for each in failed]
        return not is_put_off(cell, now) and not past.adding(now, measured).is_excluded(cell)

    planned = groups_of(
        plan, number, is_wanted=lambda cell: not past.is_excluded(cell), waiting=seen.waiting
    )
    groups = [_group(plan, number, each, seen) for each in planned]
    source = RoundInterpreters(plan, number, interpreters)
    with Dispatcher(limits_of(plan), source, measured_cores(plan), standby) as dispatcher:
        dispatcher.start(job.environment for group in groups for job in group.jobs)
        rehearsed = list(_rehearsed(plan, groups, dispatcher))
        watching.round_begins(number, sum(len(group.jobs) for group in groups))
        for each in dispatcher.run_groups(groups, is_wanted):
            completed = plausible(plan, each)
            failure = completed.outcome if isinstance(completed.outcome, Failure) else None
            failed += _failed_invocations(completed)
            if completed.log:
                logs.append((completed.key, completed.log))
            if failure is None:
                measured.add(completed.key.cell)
                seconds = (completed.process_ns or 0) / 1e9
                invocation_s[completed.key.cell.panel] += seconds / completed.members
            rows += _rows(plan, number, completed, monitors)
            watching.invocation_ends(completed.key, failure)
        lacking = _environments_that_lack_all(failed, measured)
        imports = [
            import_row(number, each)
            for each in dispatcher.imports
            if each.ready.import_ns is not None and each.environment not in lacking
        ]
    for each in rehearsed:
        rows += _rows(plan, number, each, monitors)
        failed += _failed_invocations(each)
    return RoundResult(
        number=number,
        host=platform.node(),
        rows=(*imports, *rows),
        failures=tuple(failed),
        seconds=time.monotonic() - began,
        invocation_seconds=dict(invocation_s),
        measured=frozenset(measured),
        logs=tuple(logs),
    )


def _group(
    plan: Plan, number: int, invocations: tuple[PlannedInvocation, ...], seen: SeenPhases
) -> Group[PlannedInvocation, TimingOutcome]:
    """The invocations of one core: one that has it to itself, or several that share it."""
    design = plan.co_scheduling
    if design is None or len(invocations) == 1:
        return Group(tuple(_job(plan, number, each) for each in invocations))
    block_ns = int(design.block_ms * 1e6)
    panel = invocations[0].cell.panel
    return Group(
        tuple(_job(plan, number, each, block_ns) for each in invocations),
        phases=plan.meetings(panel),
        turns=tuple(phase for phase in plan.meetings(panel) if (panel, phase) in seen.short),
        slice_ns=int(design.slice_ms * 1e6),
    )


def _environments_that_lack_all(
    failed: Sequence[FailedInvocation], measured: Collection[Cell]
) -> set[str]:
    """The environments in which everything was unavailable: their imports are of something else."""
    unavailable = {each.invocation.cell.environment for each in failed if each.kind == UNAVAILABLE}
    others = {each.invocation.cell.environment for each in failed if each.kind != UNAVAILABLE}
    return unavailable - others - {cell.environment for cell in measured}


def _failed_invocations(completed: TimedInvocation) -> list[FailedInvocation]:
    outcome = completed.outcome
    if not isinstance(outcome, Failure):
        return []
    return [FailedInvocation(completed.key, outcome.kind, outcome.phase)]


def _rehearsed(
    plan: Plan,
    groups: Sequence[Group[PlannedInvocation, TimingOutcome]],
    dispatcher: Dispatcher,
) -> Iterator[TimedInvocation]:
    """A rehearsal in each environment, where processes are forked.

    Yields what befell those that fail, each as one more of its cell.
    """
    if plan.isolation != "fork":
        return
    order = sum(len(group.jobs) for group in groups)
    for job in _rehearsals(plan, groups):
        failure = dispatcher.rehearse(job.request, job.environment)
        if failure is not None:
            yield Completed(job.key._replace(order=order), failure, core=None, generation=0)
            order += 1


def _rehearsals(
    plan: Plan, groups: Sequence[Group[PlannedInvocation, TimingOutcome]]
) -> Iterator[Job[PlannedInvocation, TimingOutcome]]:
    """The jobs that stand for all of an environment: each the one that is over soonest.

    That is a baseline of the shallowest panel.
    """

    def order(job: Job[PlannedInvocation, TimingOutcome]) -> tuple[int, bool]:
        cell = job.key.cell
        return cell.panel.layers or 0, cell != plan.baseline_of(cell)

    jobs = [job for group in groups for job in group.jobs]
    for environment in dict.fromkeys(job.environment for job in jobs):
        yield min((job for job in jobs if job.environment == environment), key=order)


def _job(
    plan: Plan, number: int, invocation: PlannedInvocation, block_ns: int | None = None
) -> Job[PlannedInvocation, TimingOutcome]:
    request = TimingRequest(cell_request(plan, invocation.cell, number), block_ns)
    return job_on(invocation.cell, invocation, request)


def _rows(
    plan: Plan, number: int, completed: TimedInvocation, monitors: CoreSpeedMonitors
) -> list[Row]:
    # The speed of a core says nothing about the time that a GPU takes.
    on_core = plan.device_of(completed.key.cell) == "cpu"

    def speed(begin_ns: int, end_ns: int) -> CoreSpeed | None:
        return monitors.speed(completed.core, begin_ns, end_ns) if on_core else None

    return invocation_rows(number, completed, speed)
