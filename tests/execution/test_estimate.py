"""How long a plan takes is known before it is begun."""

from __future__ import annotations

from bench.domain.design.comparison import family
from bench.domain.design.plan import Plan
from bench.domain.metrics import SECONDS
from bench.execution.processes.interpreter import Interpreter
from bench.execution.processes.requests import launch_spec
from bench.execution.rounds.estimate import Estimate, estimate
from tests.fakes.plan import fake_plan


def estimated(plan: Plan) -> Estimate:
    return estimate(plan, {"default": Interpreter(launch_spec(plan, 0))})


def test_estimate_counts_what_the_plan_holds() -> None:
    plan = fake_plan("good", "unbuilt", rounds=40, layers=(2, 4), jobs=2, pin=True)
    found = estimated(plan)
    assert found.cells == len(plan.cells()) == 6
    assert found.comparisons == sum(
        each.metric is SECONDS and not each.placebo for each in family(plan)
    )
    assert found.untried == ()
    assert 0 < found.round_seconds < 30
    assert found.rounds == 40
    assert found.seconds > 40 * found.round_seconds
    assert 1 < found.rounds_needed < 40


def test_budget_bounds_rounds_and_time() -> None:
    found = estimated(fake_plan("good", rounds=100_000, layers=(2,), budget_s=5.0))
    assert 1 <= found.rounds < 100_000
    assert found.seconds < 5 + 10


def test_evidence_takes_the_time_that_is_set_aside_for_it() -> None:
    found = estimated(fake_plan("good", layers=(2,), rounds=3, evidence_s=100.0))
    assert 100 < found.seconds < 130


def test_replicates_make_rounds_longer() -> None:
    one, many = (
        estimated(fake_plan("good", layers=(2, 4), replicates=each)).round_seconds
        for each in (1, 40)
    )
    assert many > 5 * one


def test_arm_that_fails_is_named_once() -> None:
    (told,) = estimated(fake_plan("raises", "good", layers=(2, 4))).untried
    assert "raises" in told
    assert "no such luck" in told


def test_where_nothing_can_be_tried_the_limit_of_rounds_is_told() -> None:
    found = estimated(fake_plan("raises", layers=(2,), isolation="start", rounds=7))
    assert found.untried
    assert found.rounds == 7
