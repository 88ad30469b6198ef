"""A timed outcome that cannot be what its process has done is a failure of its cell."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from bench.domain.design.plan import Plan
from bench.domain.findings.evidence import Failure
from bench.domain.findings.timing import Span, TimingOutcome
from bench.domain.scenario import Arm
from bench.domain.status import CRASHED
from bench.execution.processes.dispatcher import Dispatcher
from bench.execution.processes.interpreter import Interpreter
from bench.execution.processes.jobs import Completed, Job
from bench.execution.processes.launch import LaunchSpec
from bench.execution.processes.requests import cell_request, limits_of
from bench.execution.rounds.plausible import plausible
from bench.execution.rounds.rows import TimedInvocation
from bench.planning.order import PlannedInvocation
from bench.worker.wire.requests import TimingRequest
from tests.execution.test_facts import GOOD, lived_plan
from tests.fakes.plan import fake_plan

Spans = tuple[Span, ...]


@pytest.fixture(scope="module")
def plan() -> Plan:
    return fake_plan("good", "raises", layers=(2,))


@pytest.fixture(scope="module")
def timed(plan: Plan) -> TimedInvocation:
    """An invocation as it ends, measured once."""
    return first_of(plan)


@pytest.fixture(scope="module")
def own() -> Plan:
    """A plan of a lifecycle of its own."""
    return lived_plan({"good": Arm(GOOD)}, layers=(2,))


@pytest.fixture(scope="module")
def lived(own: Plan) -> TimedInvocation:
    return first_of(own)


def first_of(plan: Plan) -> TimedInvocation:
    """The first invocation of ``plan`` as it ends."""
    key = PlannedInvocation(0, plan.cells()[0], 0)
    spec = LaunchSpec(sys.executable, "tests.fakes.framework", "fork", seed=1)
    with Dispatcher(limits_of(plan), lambda *_: Interpreter(spec), [None]) as dispatcher:
        job = Job(key, TimingRequest(cell_request(plan, key.cell)))
        (ended,) = dispatcher.run([job])
    return ended


def changed(timed: TimedInvocation, change: Callable[[Spans], Spans]) -> TimedInvocation:
    assert isinstance(timed.outcome, TimingOutcome)
    return replace(timed, outcome=replace(timed.outcome, spans=change(timed.outcome.spans)))


def of(phase: str, /, **meters: Any) -> Callable[[Spans], Spans]:
    """Puts ``meters`` into the whole span of ``phase``."""

    def change(spans: Spans) -> Spans:
        assert phase in {each.phase for each in spans}
        return tuple(
            each._replace(**meters) if (each.phase, each.iteration) == (phase, None) else each
            for each in spans
        )

    return change


def without(phase: str) -> Callable[[Spans], Spans]:
    return lambda spans: tuple(each for each in spans if each.phase != phase)


def test_what_was_measured_is_believed(plan: Plan, timed: TimedInvocation) -> None:
    assert plausible(plan, timed) is timed


def test_failure_is_believed_with_what_was_measured_before_it(
    plan: Plan, timed: TimedInvocation
) -> None:
    begun = changed(timed, lambda spans: spans[:2]).outcome
    assert isinstance(begun, TimingOutcome)
    failed: TimedInvocation = Completed(
        timed.key, Failure(CRASHED, "so it is"), None, 0, measured=begun
    )
    assert plausible(plan, failed) is failed
    assert plausible(plan, changed(timed, lambda spans: spans[:2])) is not timed


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda spans: (), "its phases are none"),
        (lambda spans: spans[:-1], "its phases are runtime, construct, build"),
        (lambda spans: spans[::-1], "its phases are invocation"),
        (lambda spans: spans * 2, "its phases are runtime"),
        (without("construct"), "its phases are runtime, build"),
        (of("construct", phase="lunch"), "its phases are runtime, lunch"),
        (of("construct", status="splendid"), "no phase ends as 'splendid'"),
        (of("construct", status="nothing_to_do"), "construct has nothing to do"),
        (of("construct", wall_ns=None), "construct was measured, and has no time"),
        (of("construct", wall_ns=-1), "the wall_ns of construct is -1"),
        (of("construct", minor_faults=-1), "the minor_faults of construct is -1"),
        (of("construct", cpu_ns=2**62), "the cpu_ns of construct is"),
        (of("construct", wall_ns=10**12), "begins before construct has ended"),
        (of("inference", wall_ns=10**12), "its phases take longer than all of it"),
        (of("invocation", wall_ns=10**12), "invocation ends after its process"),
        (of("inference", wall_ns=0), "the calls of inference take longer than all of them"),
        (
            lambda spans: tuple(each for each in spans if each.iteration != 1),
            "a call of inference is out of order",
        ),
        (
            lambda spans: tuple(each for each in spans if each.iteration != 2),
            "inference has 2 calls",
        ),
    ],
)
def test_what_cannot_be_fails_its_cell(
    plan: Plan, timed: TimedInvocation, change: Callable[[Spans], Spans], why: str
) -> None:
    outcome = plausible(plan, changed(timed, change)).outcome
    assert isinstance(outcome, Failure)
    assert outcome.kind == CRASHED
    assert why in outcome.reason


def test_what_was_lived_is_believed(own: Plan, lived: TimedInvocation) -> None:
    assert plausible(own, lived) is lived


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda spans: (), "it has no beginning or no end"),
        (without("second"), "it has no second"),
        (
            lambda spans: tuple(each for each in spans if each.phase in ("runtime", "invocation")),
            "it has no first, second, calls",
        ),
        (of("second", phase="lunch"), "its phases are runtime, prepare, prepare_2, first, lunch"),
        (without("runtime"), "it has no beginning or no end"),
    ],
)
def test_life_that_lacks_what_its_scenario_declares_fails_its_cell(
    own: Plan, lived: TimedInvocation, change: Callable[[Spans], Spans], why: str
) -> None:
    outcome = plausible(own, changed(lived, change)).outcome
    assert isinstance(outcome, Failure)
    assert outcome.kind == CRASHED
    assert why in outcome.reason


def test_memory_may_shrink(plan: Plan, timed: TimedInvocation) -> None:
    smaller = changed(timed, of("construct", memory_change_bytes=-4096))
    assert plausible(plan, smaller) is smaller
