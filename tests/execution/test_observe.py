"""What passes without a clock have come to is told of each, also where interpreters end."""

from __future__ import annotations

import pytest

from bench.domain.findings.timing import TimingOutcome
from bench.execution.passes.observe import TRIES, observe
from bench.execution.processes.jobs import Completed, Job
from bench.execution.processes.zygote_pool import ZygotePool
from bench.worker.wire.requests import TimingRequest
from tests.fakes.plan import fake_plan
from tests.fakes.requests import cell, status_of

PLAN = fake_plan(layers=(2,))
KILLS = "kills_its_zygote"


def job(key: str, builder: str) -> Job[str, TimingOutcome]:
    return Job(key, TimingRequest(cell(builder)))


@pytest.mark.parametrize("is_tried_again", [True, False])
def test_job_that_was_lost_has_its_own_failure_though_it_is_not_tried_again(
    is_tried_again: bool,
) -> None:
    told: list[Completed[str, TimingOutcome]] = []
    with ZygotePool(PLAN) as zygotes:
        found = observe(
            PLAN,
            [job("lost", KILLS), job("good", "good")],
            zygotes,
            done=told.append,
            is_wanted=lambda _: is_tried_again or not told,
        )
    assert [(each.key, status_of(each.outcome)) for each in found] == [
        ("lost", "crashed"),
        ("good", "ok"),
    ]
    assert sorted(each.key for each in told) == ["good", "lost"]


def test_job_that_was_never_sent_is_left_out() -> None:
    with ZygotePool(PLAN) as zygotes:
        assert observe(PLAN, [job("a", "good")], zygotes, is_wanted=lambda _: False) == []


def test_each_job_that_ended_an_interpreter_is_told_with_its_own_end() -> None:
    jobs = [job(str(number), KILLS) for number in range(TRIES + 1)]
    with ZygotePool(PLAN) as zygotes:
        found = observe(PLAN, jobs, zygotes)
    assert [each.key for each in found] == [each.key for each in jobs]
    assert {status_of(each.outcome) for each in found} == {"crashed"}
    # Each was lost with the interpreter that it had; what is given up ends as the last one did.
    assert [each.generation for each in found] == [*range(TRIES), TRIES - 1]
