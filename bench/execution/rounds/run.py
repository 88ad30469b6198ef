"""Carries out a plan round by round until its questions are answered or its limits reached."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import zip_longest
from statistics import median

import pandas as pd

from bench.domain import status
from bench.domain.design.plan import Plan
from bench.domain.findings.run import Findings
from bench.domain.labels import place_slug
from bench.domain.panel import FACTORS, Cell, Panel
from bench.domain.phases import INVOCATION, ITERATING
from bench.execution.failures import Failures
from bench.execution.listener import Listener, RoundReport
from bench.execution.passes.evidence import store_evidence
from bench.execution.passes.facts import store_facts
from bench.execution.passes.outputs import store_outputs
from bench.execution.processes.interpreter import Interpreter, InterpreterFailed
from bench.execution.rounds.executor import Assignment, Executor, LocalExecutor
from bench.execution.rounds.round import RoundResult
from bench.planning.order import PlannedInvocation, SeenPhases
from bench.runs.running import RunningConclusion
from bench.store.run_folder import RunFolder


def is_resolved(findings: Findings) -> bool:
    """Whether every measured comparison of wall time and every growth of memory is resolved."""
    timings = (finding for finding in findings.timings if not finding.placebo)
    verdicts = {finding.verdict for finding in timings if finding.rounds}
    memory = {finding.memory for finding in findings.memory_growth if not finding.placebo}
    return bool(verdicts) and "unresolved" not in verdicts | memory


def execute_run(
    folder: RunFolder,
    listener: Listener,
    interpreter: Interpreter | None = None,
    enough: Callable[[Findings], bool] = is_resolved,
) -> Findings:
    """Measure the rounds of the folder's plan that are missing, store each, and conclude.

    Once the rounds are over, lifecycles that report facts are asked for them; where the plan has
    time for it, outputs are compared and evidence is gathered.

    ``interpreter`` is a started one that the first missing round may have; it is ended here. No
    further round is made once ``enough`` is known. The budget counts from here; one round is made
    whatever it is. Raises ``RunBusy``, ``InterpreterFailed``, ``InvalidRun`` when a compacted run
    lacks rounds, and ``KeyboardInterrupt``, which has ended all processes and marked the run as
    interrupted.
    """
    plan = folder.record.plan
    with LocalExecutor(plan, interpreter, listener) as executor, folder.lock():
        if len(folder.rounds()) < plan.rounds:
            folder.check_takes_rounds()
        folder.set_status("running")
        running = RunningConclusion(folder)
        try:
            failures = _measure(folder, listener, executor, enough, running)
            store_facts(folder, failures, listener)
            store_outputs(folder, failures)
            store_evidence(folder, failures, running.samples(), listener)
        except (KeyboardInterrupt, InterpreterFailed):
            folder.set_status("interrupted")
            raise
        folder.set_status("complete")
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
    stored = folder.rounds()
    failures = _failures(running.samples())
    listener.run_begins(plan, len(stored))
    findings = running.findings()
    if stored and enough(findings):
        return failures
    limit = time.monotonic() + plan.budget_s
    durations_s: list[float] = []
    is_over = not _is_worth_going_on(plan, failures)

    def assignments() -> Iterator[Assignment]:
        missing = [number for number in range(plan.rounds) if number not in stored]
        for number, following in zip_longest(missing, missing[1:]):
            now, usual_s = time.monotonic(), median(durations_s) if durations_s else 0.0
            if is_over or (durations_s and now + usual_s > limit):
                return
            fits = now + 2 * usual_s <= limit
            seen = seen_phases(plan, findings)
            yield Assignment(number, failures, following if fits else None, seen)

    began = time.monotonic()
    for result in executor.measure(assignments()):
        store_round(folder, result)
        running.add(result.number, result.rows)
        failures = failures.adding(result.failures)
        is_over = not _is_worth_going_on(plan, failures)
        if running.is_due:
            findings = running.findings()
            folder.write_findings(findings)
            is_over = is_over or enough(findings)
        began, seconds = time.monotonic(), time.monotonic() - began
        durations_s.append(seconds)
        listener.round_ends(RoundReport(result.number, seconds, findings))
    return failures


def seen_phases(plan: Plan, findings: Findings) -> SeenPhases:
    """What ``findings`` show of the phases of ``plan`` that matters for who shares a core."""
    design = plan.co_scheduling
    if design is None:
        return SeenPhases()
    measured = [finding for finding in findings.timings if finding.rounds]
    once = [each for each in measured if each.phase not in ITERATING and each.baseline_value]
    return SeenPhases(
        waiting=frozenset(each.panel for each in measured if each.scheduled == "solo"),
        short=frozenset(
            (each.panel, each.phase)
            for each in once
            if (each.baseline_value or 0.0) * 1e3 < design.short_ms
        ),
    )


def store_round(folder: RunFolder, result: RoundResult) -> None:
    """Store the samples of a round, what its failed invocations printed, and its time."""
    for failed in result.failures:
        folder.keep_log(_log_name(folder.record.plan, result.number, failed.invocation), failed.log)
    folder.write_round(result.number, result.rows)
    folder.add_time(result.seconds)


def _is_worth_going_on(plan: Plan, failures: Failures) -> bool:
    """Whether any panel still has its baseline: without one there is nothing to compare with."""
    return any(
        cell == plan.baseline_of(cell) and not failures.is_excluded(cell) for cell in plan.cells()
    )


def _failures(samples: pd.DataFrame) -> Failures:
    """The failures of whole invocations: one that ran to its end may have failed in a phase."""
    invocation = ["round", "order"]
    ended = pd.MultiIndex.from_frame(samples.loc[samples["phase"] == INVOCATION, invocation])
    failed = samples[samples["status"].isin(status.FAILURES)]
    failed = failed[~pd.MultiIndex.from_frame(failed[invocation]).isin(ended)]
    counts: Counter[tuple[Cell, str]] = Counter()
    for row in failed.to_dict("records"):
        known = {name: row[name] for name in FACTORS}
        factors = {name: None if value != value else value for name, value in known.items()}
        cell = Cell(Panel.model_validate(factors), row["arm"], row["environment"])
        counts[cell, row["status"]] += 1
    return Failures(counts)


def _log_name(plan: Plan, number: int, invocation: PlannedInvocation) -> str:
    panel, arm, _ = invocation.cell
    name = place_slug(panel, arm, str(invocation.replicate), among=plan.panels)
    return f"round-{number:04d}-{name}"
