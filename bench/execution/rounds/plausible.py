"""Whether a timed outcome can be what its process has done.

Measured code runs in the process that times it and can reach everything there. What it cannot reach
is the clock of its zygote, and the plan: the spans are held against both.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from bench.domain import status
from bench.domain.design.plan import Plan
from bench.domain.findings.evidence import Failure
from bench.domain.findings.timing import Span, TimingOutcome
from bench.domain.phases import BUILD, INVOCATION, RUNTIME, is_overhead_phase
from bench.execution.rounds.rows import TimedInvocation
from bench.worker.instruments.recorder import ENOUGH_NS, FEWEST_CALLS
from bench.worker.process.running import unreadable

LARGEST = 2**62
"""No time in nanoseconds and no amount of memory reaches this."""

_MAY_BE_DONE = (BUILD, "compile")
"""Phases that may have nothing to do."""


def plausible(plan: Plan, completed: TimedInvocation) -> TimedInvocation:
    """``completed``, failed where its spans cannot be those of the cell of ``plan``."""
    outcome = completed.outcome
    measured = completed.measured if isinstance(outcome, Failure) else outcome
    if measured is None:
        return completed
    is_whole = not isinstance(outcome, Failure)
    for problem in _problems(measured, plan, completed, is_whole):
        failure = Failure(status.CRASHED, unreadable(problem))
        return replace(completed, outcome=failure, measured=None)
    return completed


def _problems(
    measured: TimingOutcome, plan: Plan, completed: TimedInvocation, is_whole: bool
) -> Iterator[str]:
    spans = measured.spans
    for span in spans:
        yield from _of_span(span)
    phases = [span for span in spans if span.iteration is None]
    yield from _of_order([span.phase for span in phases], plan, completed, is_whole)
    yield from _of_calls(spans, plan, completed)
    yield from _of_times(phases, completed.process_ns)


def _of_span(span: Span) -> Iterator[str]:
    if span.status not in (*status.MEASURED, *status.FAILURES):
        yield f"no phase ends as {span.status[:60]!a}"
    for name, value in span._asdict().items():
        lowest = -LARGEST if name == "memory_change_bytes" else 0
        if isinstance(value, int) and not lowest <= value < LARGEST:
            yield f"the {name} of {span.phase} is {value}"
    if span.status == status.OK and (span.wall_ns is None or span.start_ns is None):
        yield f"{span.phase} was measured, and has no time"
    if span.status == status.NOTHING_TO_DO and span.phase not in _MAY_BE_DONE:
        yield f"{span.phase} has nothing to do"


def _of_order(
    phases: Sequence[str], plan: Plan, completed: TimedInvocation, is_whole: bool
) -> Iterator[str]:
    panel = completed.key.cell.panel
    lifecycle = plan.scenario(panel.scenario).lifecycle
    if lifecycle is None:
        expected = (*plan.call_mode_of(panel).phases, INVOCATION)
        if tuple(phases) != (expected if is_whole else expected[: len(phases)]):
            yield f"its phases are {', '.join(phases)[:200] or 'none'}"
        return
    unknown = [each for each in phases if each not in lifecycle.phases]
    if any(not is_overhead_phase(each) for each in unknown) or len(set(phases)) < len(phases):
        yield f"its phases are {', '.join(phases)[:200]}"
    if is_whole and (phases[:1] != [RUNTIME] or phases[-1:] != [INVOCATION]):
        yield "it has no beginning or no end"
    missing = [each for each in lifecycle.phases if each not in phases]
    if is_whole and missing:
        yield f"it has no {', '.join(missing)[:200]}"


def _of_calls(spans: Sequence[Span], plan: Plan, completed: TimedInvocation) -> Iterator[str]:
    """What is wrong with the spans of single calls, which follow that of their phase."""
    whole, calls = None, list[Span]()
    for span in (*spans, Span(INVOCATION, status.OK)):
        if span.iteration is not None:
            calls.append(span)
            if whole is None or span.phase != whole.phase or span.iteration != len(calls) - 1:
                yield f"a call of {span.phase} is out of order"
            continue
        if whole is not None and calls:
            if sum(each.wall_ns or 0 for each in calls) > (whole.wall_ns or 0):
                yield f"the calls of {whole.phase} take longer than all of them"
            is_declared = plan.scenario(completed.key.cell.panel.scenario).lifecycle is None
            takes_long = (whole.wall_ns or 0) >= ENOUGH_NS
            fewest = min(FEWEST_CALLS, plan.iterations) if takes_long else plan.iterations
            if is_declared and not fewest <= len(calls) <= plan.iterations:
                yield f"{whole.phase} has {len(calls)} calls"
        whole, calls = span, []


def _of_times(phases: Sequence[Span], process_ns: int | None) -> Iterator[str]:
    timed = [span for span in phases if span.wall_ns is not None and span.phase != INVOCATION]
    for before, after in pairwise(timed):
        if (after.start_ns or 0) < _end_ns(before):
            yield f"{after.phase} begins before {before.phase} has ended"
    spent_ns = sum(span.wall_ns or 0 for span in timed)
    whole = next((span for span in phases if span.phase == INVOCATION), None)
    if whole is not None and spent_ns > (whole.wall_ns or 0):
        yield "its phases take longer than all of it"
    for span in phases:
        if process_ns is not None and _end_ns(span) > process_ns:
            yield f"{span.phase} ends after its process"


def _end_ns(span: Span) -> int:
    return (span.start_ns or 0) + (span.wall_ns or 0)
