"""Carries out a plan round by round until its questions are answered or its limits reached."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from itertools import zip_longest
from statistics import median
from types import MappingProxyType

from bench.analysis.summaries.tries import failures_of
from bench.domain.design.plan import Plan
from bench.domain.findings.run import Findings
from bench.domain.labels import log_name
from bench.domain.panel import Cell
from bench.domain.phases import ITERATING
from bench.domain.tries import Failures
from bench.execution.listener import Listener, RoundReport
from bench.execution.passes.evidence import store_evidence
from bench.execution.passes.facts import store_facts
from bench.execution.passes.outputs import store_outputs
from bench.execution.processes.ending import InterpreterFailed
from bench.execution.processes.interpreter import Interpreters
from bench.execution.processes.zygote_pool import ZygotePool
from bench.execution.rounds.executor import Assignment, Executor, LocalExecutor
from bench.execution.rounds.round import RoundResult
from bench.planning.order import SeenPhases
from bench.runs.running import RunningConclusion
from bench.store.code import CodeChanged, check_files
from bench.store.files import InvalidRun
from bench.store.run_folder import RunFolder

_AFTERWARDS = 0
"""The passes after the rounds have interpreters that are started like those of this round."""


def is_resolved(findings: Findings) -> bool:
    """Whether every measured comparison of wall time and every growth of memory is resolved."""
    timings = (finding for finding in findings.timings if not finding.placebo)
    verdicts = {finding.verdict for finding in timings if finding.rounds}
    memory = {finding.memory for finding in findings.memory_growth if not finding.placebo}
    return bool(verdicts) and "unresolved" not in verdicts | memory


def execute_run(
    folder: RunFolder,
    listener: Listener,
    interpreters: Interpreters = MappingProxyType({}),
    enough: Callable[[Findings], bool] = is_resolved,
) -> Findings:
    """Measure the rounds of the folder's plan that are missing, store each, and conclude.

    Once the rounds are over, lifecycles that report facts are asked for them, and outputs are
    compared; where the plan has time for it, evidence is gathered.

    ``interpreters`` are started ones that the first missing round may have; they are ended here.
    The passes after the rounds share some, which are prepared during the last round. No
    further round is made once ``enough`` is known. The budget counts from here; one round is made
    whatever it is. A run that its environment alone has ended is marked as interrupted.

    Raises ``RunBusy``, ``InterpreterFailed``, ``InvalidRun`` when a compacted run lacks rounds,
    ``CodeChanged`` when measured code is not what the run was begun with, and
    ``KeyboardInterrupt``, which has ended all processes and marked the run as interrupted.
    """
    plan = folder.record.plan
    with (
        ZygotePool(plan, interpreters) as zygotes,
        LocalExecutor(plan, zygotes, listener) as executor,
        folder.lock(),
    ):
        if len(folder.rounds()) < plan.rounds:
            folder.check_takes_rounds()
        running = RunningConclusion(folder)
        folder.set_status("running")
        try:
            failures = _measure(folder, listener, executor, enough, running)
            store_facts(folder, failures, zygotes, listener)
            store_outputs(folder, failures, running.samples(), zygotes, listener)
            store_evidence(folder, failures, running.samples(), zygotes, listener)
            check_files(folder.record.code)
            known = set(running.samples()["round"])
            _set_aside(folder, [each for each in folder.rounds() if each not in known], listener)
        except (KeyboardInterrupt, InterpreterFailed, InvalidRun, CodeChanged, OSError):
            # A disk that is full has no room for that either.
            with suppress(OSError):
                folder.set_status("interrupted")
            raise
        may_go_on = _may_go_on(folder, failures) and not enough(running.findings())
        folder.set_status("interrupted" if may_go_on else "complete")
        findings = running.findings()
        folder.write_findings(findings)
        return findings


def _measure(
    folder: RunFolder,
    listener: Listener,
    executor: Executor,
    enough: Callable[[Findings], bool],
    running: RunningConclusion,
) -> Failures:
    """Measure, store and add the missing rounds to ``running``; returns all failures."""
    plan = folder.record.plan
    stored = set(folder.rounds())
    failures = failures_of(running.samples()).on_resume()
    listener.run_begins(plan, len(stored))
    findings = running.findings()
    if stored and enough(findings):
        return failures
    limit = time.monotonic() + plan.budget_s
    durations_s: list[float] = []
    is_over = not _is_worth_going_on(plan, failures)

    def assignments() -> Iterator[Assignment]:
        missing = [number for number in range(plan.rounds) if number not in stored]
        for number, following in zip_longest(missing, missing[1:], fillvalue=_AFTERWARDS):
            now, usual_s = time.monotonic(), median(durations_s) if durations_s else 0.0
            if is_over or (durations_s and now + usual_s > limit):
                return
            fits = now + 2 * usual_s <= limit
            seen = seen_phases(plan, findings)
            yield Assignment(number, failures, following if fits else _AFTERWARDS, seen)

    began = time.monotonic()
    for result in executor.measure(assignments()):
        check_files(folder.record.code)
        _set_aside(folder, [result.number], listener)
        store_round(folder, result)
        stored.add(result.number)
        running.add(result.number, result.rows)
        before, failed = failures, [each.failed for each in result.failures]
        failures = failures.adding(failed, result.measured)
        is_over = not _is_worth_going_on(plan, failures)
        if running.is_due:
            findings = running.findings()
            folder.write_findings(findings)
            is_over = is_over or enough(findings)
        began, seconds = time.monotonic(), time.monotonic() - began
        durations_s.append(seconds)
        listener.round_ends(RoundReport(result.number, seconds, findings))
        given_up = _newly_excluded(plan, before, failures)
        if given_up:
            ends = not _is_worth_going_on(plan, failures)
            listener.cells_given_up(given_up, ends and len(stored) < plan.rounds)
    return failures


def _set_aside(folder: RunFolder, rounds: Sequence[int], listener: Listener) -> None:
    """Move away what lies in the place of ``rounds``, and is no round that was measured."""
    for number in rounds:
        path = folder.set_aside_round(number)
        if path is not None:
            listener.round_set_aside(number, path)


def seen_phases(plan: Plan, findings: Findings) -> SeenPhases:
    """What ``findings`` show of the phases of ``plan`` that matters for who shares a core."""
    design = plan.co_scheduling
    if design is None:
        return SeenPhases()
    measured = [finding for finding in findings.timings if finding.rounds]
    within = [each for each in measured if not each.across]
    once = [each for each in within if each.phase not in ITERATING and each.baseline_value]
    return SeenPhases(
        waiting=frozenset(
            (
                *(each.panel for each in measured if each.scheduled == "solo"),
                *(each.panel for each in findings.memory_growth),
            )
        ),
        short=frozenset(
            (each.panel, each.phase)
            for each in once
            if (each.baseline_value or 0.0) * 1e3 < design.short_ms
        ),
    )


def store_round(folder: RunFolder, result: RoundResult) -> None:
    """Store the samples of a round, what was printed where something failed, and its time."""
    for invocation, log in result.logs:
        panels = folder.record.plan.panels
        name = log_name(result.number, invocation.cell, invocation.replicate, panels)
        folder.keep_log(name, log)
    folder.write_round(result.number, result.rows)
    folder.add_time(result.seconds)


def _is_worth_going_on(plan: Plan, failures: Failures) -> bool:
    """Whether any panel still has its baseline: without one there is nothing to compare with."""
    return any(
        cell == plan.baseline_of(cell) and not failures.is_excluded(cell) for cell in plan.cells()
    )


def _may_go_on(folder: RunFolder, failures: Failures) -> bool:
    """Whether the environment alone has ended a run that has rounds left."""
    plan = folder.record.plan
    ended = len(folder.rounds()) < plan.rounds and not _is_worth_going_on(plan, failures)
    return ended and _is_worth_going_on(plan, failures.on_resume())


def _newly_excluded(plan: Plan, before: Failures, after: Failures) -> list[Cell]:
    excluded = (cell for cell in plan.cells() if after.is_excluded(cell))
    return [cell for cell in excluded if not before.is_excluded(cell)]
