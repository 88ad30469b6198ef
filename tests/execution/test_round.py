"""A round is a value: it can be made anywhere, sent, and merged by whoever asked for it."""

from __future__ import annotations

import pickle
import time
from collections.abc import Iterator

import pytest

from bench.domain.design.plan import Plan
from bench.domain.findings.timing import Span
from bench.domain.tries import Failures
from bench.execution.processes.core_speed import CoreSpeedMonitors
from bench.execution.processes.zygote_pool import ZygotePool
from bench.execution.rounds.executor import Assignment, LocalExecutor
from bench.execution.rounds.round import RoundResult, measure_round
from bench.execution.rounds.rows import columns
from tests.fakes.plan import fake_plan

PLAN = fake_plan("good", "raises", layers=(2, 4))


@pytest.fixture(scope="module")
def result() -> RoundResult:
    with CoreSpeedMonitors([]) as monitors:
        return measure_round(PLAN, 3, Failures(), monitors)


def arms_of(result: RoundResult) -> list[str]:
    return sorted({row["arm"] for row in result.rows if row.get("arm") is not None})


def test_round_can_be_sent(result: RoundResult) -> None:
    assert pickle.loads(pickle.dumps(result)) == result


def test_round_has_the_rows_of_every_cell_and_its_import(result: RoundResult) -> None:
    assert {row["round"] for row in result.rows} == {3}
    assert result.rows[0]["phase"] == "import"
    assert arms_of(result) == sorted(arm.name for arm in PLAN.scenarios[0].arms)
    assert result.host
    assert result.seconds > sum(result.invocation_seconds.values()) > 0


def test_failures_of_a_round_come_with_their_logs(result: RoundResult) -> None:
    assert {failed.kind for failed in result.failures} == {"builder_error"}
    assert len(result.failures) == 2
    logs = dict(result.logs)
    assert set(logs) == {failed.invocation for failed in result.failures}
    assert all(b"ValueError: no such luck" in log for log in logs.values())


def test_failures_are_merged_without_changing_what_is_known(result: RoundResult) -> None:
    before = Failures()
    failed = [each.failed for each in result.failures]
    after = before.adding(failed).adding(failed).adding(failed)
    cell = result.failures[0].invocation.cell
    assert after.is_excluded(cell)
    assert not before.is_excluded(cell)


def test_cells_that_past_failures_exclude_are_left_out(result: RoundResult) -> None:
    past = Failures().adding([each.failed for each in result.failures] * 3)
    with CoreSpeedMonitors([]) as monitors:
        again = measure_round(PLAN, 4, past, monitors)
    assert "raises" not in arms_of(again)
    assert not again.failures


def test_executor_takes_an_assignment_only_when_the_one_before_is_measured() -> None:
    taken: list[int] = []
    plan: Plan = fake_plan(layers=(2,))

    def assignments() -> Iterator[Assignment]:
        for number in range(3):
            taken.append(number)
            yield Assignment(number, Failures())

    with ZygotePool(plan) as zygotes, LocalExecutor(plan, zygotes) as executor:
        for result in executor.measure(assignments()):
            assert taken == list(range(result.number + 1))
    assert taken == [0, 1, 2]


def test_span_fills_the_columns_of_its_name() -> None:
    found = columns(Span("construct", "ok", wall_ns=7))
    assert (found["phase"], found["wall_ns"], found["cpu_ns"]) == ("construct", 7, None)


def test_nothing_begins_in_a_round_whose_time_is_over() -> None:
    with CoreSpeedMonitors([]) as monitors:
        result = measure_round(PLAN, 5, Failures(), monitors, until=time.monotonic() - 1)
    assert arms_of(result) == []
    assert not result.measured
    assert not result.failures
