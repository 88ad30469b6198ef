"""One dispatcher carries out any requests, and loses none when interpreters are lost."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

import psutil
import pytest

from bench.domain.findings.evidence import Failure, GrowthOutcome
from bench.domain.findings.timing import TimingOutcome
from bench.execution.processes import dispatcher as dispatching
from bench.execution.processes import fleet
from bench.execution.processes.dispatcher import Dispatcher
from bench.execution.processes.ending import InterpreterFailed
from bench.execution.processes.interpreter import Interpreter, Limits
from bench.execution.processes.jobs import Completed, Job
from bench.execution.processes.launch import LaunchSpec
from bench.worker.wire.requests import GrowthRequest, TimingRequest
from tests.fakes.requests import LIMITS, cell, status_of


class Source:
    """Starts interpreters of the fake framework, and remembers them."""

    def __init__(self) -> None:
        self.started: list[Interpreter] = []

    def __call__(self, environment: str, generation: int) -> Interpreter:
        spec = LaunchSpec(sys.executable, "tests.fakes.framework", "fork", seed=generation)
        self.started.append(Interpreter(spec))
        return self.started[-1]


@pytest.fixture
def source() -> Iterator[Source]:
    made = Source()
    yield made
    assert all(interpreter.has_ended for interpreter in made.started)


def timing(key: str, builder: str | None = None) -> Job[str, TimingOutcome]:
    return Job(key, TimingRequest(cell(builder or key)))


def outcomes(
    source: Source, *jobs: Job[str, Any], cores: int = 1, limits: Limits = LIMITS
) -> list[Completed[str, Any]]:
    with Dispatcher(limits, source, [None] * cores) as dispatcher:
        return list(dispatcher.run(jobs))


def test_jobs_of_one_core_end_in_their_order_with_the_outcomes_they_ask_for(
    source: Source,
) -> None:
    growth: Job[str, GrowthOutcome] = Job("grown", GrowthRequest(cell("good")))
    first, second, third = outcomes(source, timing("good"), growth, timing("unbuilt"))
    assert [each.key for each in (first, second, third)] == ["good", "grown", "unbuilt"]
    assert isinstance(first.outcome, TimingOutcome)
    assert isinstance(second.outcome, GrowthOutcome)
    assert first.process_ns is not None
    assert (first.generation, first.import_ns, first.log) == (0, None, b"")


def test_failure_has_what_was_printed(source: Source) -> None:
    (failed,) = outcomes(source, timing("prints_and_exits"))
    assert status_of(failed.outcome) == "crashed"
    assert failed.log == b"last words\n"


def test_of_several_in_flight_the_one_that_takes_the_interpreter_down_fails_alone(
    source: Source,
) -> None:
    jobs = [timing("kills_its_zygote"), timing("a", "good"), timing("b", "good")]
    found = {each.key: each for each in outcomes(source, *jobs, cores=3)}
    assert {key: status_of(each.outcome) for key, each in found.items()} == {
        "kills_its_zygote": "crashed",
        "a": "ok",
        "b": "ok",
    }
    failure = found["kills_its_zygote"].outcome
    assert isinstance(failure, Failure)
    assert "was killed by SIGKILL" in failure.reason
    assert len(source.started) > 1


def test_interpreter_is_replaced_only_when_there_is_more_to_do(source: Source) -> None:
    (failed,) = outcomes(source, timing("kills_its_zygote"))
    assert status_of(failed.outcome) == "crashed"
    assert len(source.started) == 1


def test_interpreters_that_keep_ending_end_the_run(
    source: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fleet, "MAX_INTERPRETERS", 2)
    jobs = [timing(str(number), "kills_its_zygote") for number in range(3)]
    with (
        Dispatcher(LIMITS, source, [None]) as dispatcher,
        pytest.raises(InterpreterFailed, match="keep ending"),
    ):
        list(dispatcher.run(jobs))
    assert len(source.started) == 2


def test_what_does_not_let_itself_be_stopped_has_failed(
    source: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dispatching, "GRACE_S", 0.2)
    # The zygote is told of another limit than the dispatcher waits for.
    send = Interpreter.send
    monkeypatch.setattr(
        Interpreter, "send", lambda self, request, _, *where: send(self, request, LIMITS, *where)
    )
    limits = LIMITS._replace(timeout_s=0.3)
    (failed,) = outcomes(source, timing("loops_forever"), limits=limits)
    assert status_of(failed.outcome) == "timed_out"
    assert failed.outcome.reason == dispatching.timeout_message(limits)


def test_job_that_is_not_wanted_any_more_is_left_out(source: Source) -> None:
    failed: list[str] = []
    jobs = [timing("1", "raises"), timing("2", "raises"), timing("3", "good")]
    with Dispatcher(LIMITS, source, [None]) as dispatcher:
        for completed in dispatcher.run(jobs, lambda key: key == "3" or not failed):
            if isinstance(completed.outcome, Failure):
                failed.append(completed.key)
    assert failed == ["1"]


@pytest.mark.parametrize(
    ("is_ready", "order"),
    [(False, ["sent", "ended", "sent", "ended"]), (True, ["sent", "sent", "ended", "ended"])],
)
def test_standby_takes_the_place_of_a_job_until_it_is_ready(
    source: Source, monkeypatch: pytest.MonkeyPatch, is_ready: bool, order: list[str]
) -> None:
    seen: list[str] = []
    send = Interpreter.send

    def noted(self: Interpreter, *arguments: Any) -> int:
        seen.append("sent")
        return send(self, *arguments)

    monkeypatch.setattr(Interpreter, "send", noted)
    monkeypatch.setattr(Interpreter, "is_ready", is_ready)
    with (
        source("default", 1) as standby,
        Dispatcher(LIMITS, source, [None, None], standby) as dispatcher,
    ):
        for _ in dispatcher.run([timing("a", "good"), timing("b", "good")]):
            seen.append("ended")
    assert seen == order


def test_standby_that_dies_is_forgotten(source: Source) -> None:
    standby = source("default", 1)
    psutil.Process(standby.process_id).kill()
    with Dispatcher(LIMITS, source, [None, None], standby) as dispatcher:
        found = list(dispatcher.run([timing("a", "good"), timing("b", "good")]))
    standby.close()
    assert [status_of(each.outcome) for each in found] == ["ok", "ok"]


def test_imports_are_those_of_every_interpreter(source: Source) -> None:
    with Dispatcher(LIMITS, source, [None]) as dispatcher:
        list(dispatcher.run([timing("kills_its_zygote"), timing("good")]))
        assert [each.generation for each in dispatcher.imports] == [0, 1]
        assert all((each.ready.import_ns or 0) > 0 for each in dispatcher.imports)
