"""The joint claim: of which comparisons, at which level, and with how many exceptions."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.domain.design.comparison import family
from bench.domain.design.joint import JointClaim, exceptions_among, joint_claims
from bench.domain.design.plan import Plan
from bench.domain.metrics import CPU_SECONDS, SECONDS
from tests.fakes.plan import fake_plan


def claim_of(plan: Plan) -> JointClaim:
    (claim,) = joint_claims(plan, family(plan))
    return claim


def phases(claim: JointClaim, arm: str) -> set[str]:
    return {member.phase for member in claim.members if member.arm.arm == arm}


def with_headline(plan: Plan, *headline: str, deferred: str | None = None) -> Plan:
    (scenario,) = plan.scenarios
    arms = tuple(
        each.model_copy(update={"deferred": each.name == deferred}) for each in scenario.arms
    )
    changed = scenario.model_copy(update={"headline": headline, "arms": arms})
    return plan.model_copy(update={"scenarios": (changed,)})


@given(st.integers(2, 4), st.sets(st.integers(1, 99), min_size=1, max_size=6))
@settings(max_examples=30, deadline=None)
def test_claim_and_comparisons_spend_the_error_budget_together(arms: int, depths: set[int]) -> None:
    plan = fake_plan(*("good", "unbuilt", "by_depth", "raises")[:arms], layers=tuple(depths))
    single = [each for each in family(plan) if each.metric is SECONDS and not each.placebo]
    spent = sum(each.error_share for each in single)
    assert spent == pytest.approx(1 - plan.confidence - plan.joint_error)
    assert spent + claim_of(plan).level == pytest.approx(0.05)


def test_one_claim_is_about_all_panels() -> None:
    plan = fake_plan("good", "unbuilt", layers=(2, 4, 8))
    claim = claim_of(plan)
    assert claim.level == plan.joint_error
    assert {member.panel for member in claim.members} == set(plan.panels)


@pytest.mark.parametrize(
    ("members", "exceptions"), [(1, 0), (4, 0), (5, 1), (14, 1), (30, 3), (48, 5), (210, 21)]
)
def test_a_tenth_to_the_nearest_may_be_exceptions(members: int, exceptions: int) -> None:
    assert exceptions_among(members) == exceptions


def test_exceptions_are_declared_and_each_shrinks_the_level_of_the_members() -> None:
    claim = claim_of(fake_plan("good", "unbuilt", "by_depth", layers=(2, 4, 8)))
    assert (len(claim.members), claim.exceptions) == (24, 2)
    levels = [claim.member_level(exceptions) for exceptions in range(3)]
    assert levels == pytest.approx([0.02, 0.01, 0.02 / 3])


def test_claim_of_few_members_has_no_exceptions() -> None:
    claim = claim_of(fake_plan("good", "unbuilt", layers=(2,)))
    assert (len(claim.members), claim.exceptions) == (4, 0)
    assert claim.member_level(0) == claim.level == 0.02


def test_members_share_no_phase_with_the_headline() -> None:
    claim = claim_of(fake_plan("good", "unbuilt"))
    assert phases(claim, "unbuilt") == {"compile", "trace", "first_call", "inference"}


def test_of_a_deferred_arm_no_part_of_ready_is_a_member() -> None:
    plan = fake_plan("good", "unbuilt", "by_depth")
    claim = claim_of(with_headline(plan, "construct", deferred="unbuilt"))
    assert phases(claim, "unbuilt") == {"compile", "trace", "first_call", "inference"}
    assert phases(claim, "by_depth") == {"compile", "trace", "first_call", "inference"}


def test_phases_before_the_headline_are_members() -> None:
    claim = claim_of(with_headline(fake_plan("good", "unbuilt"), "inference"))
    assert phases(claim, "unbuilt") == {
        "construct",
        "ready",
        "compile",
        "trace",
        "first_call",
        "time_to_first_inference",
    }


def test_members_are_arms_in_wall_time_and_not_the_placebo() -> None:
    claim = claim_of(fake_plan("good", "unbuilt"))
    assert all(member.metric is SECONDS for member in claim.members)
    assert not any(member.placebo or member.headline for member in claim.members)


def test_several_environments_have_a_claim_within_and_one_across_them() -> None:
    plan = fake_plan("good", "unbuilt", environments={"old": "python", "new": "python"})
    within, across = joint_claims(plan, family(plan))
    assert {each.across for each in within.members} == {within.across} == {False}
    assert {each.across for each in across.members} == {across.across} == {True}
    assert within.level + across.level == pytest.approx(plan.joint_error)
    assert {each.arm.environment for each in within.members} == {"old", "new"}
    assert {each.arm.arm for each in across.members} == {"good", "unbuilt"}


def test_nothing_is_claimed_where_the_plan_sets_no_error_aside() -> None:
    plan = fake_plan("good", "unbuilt", joint_error=0.0)
    assert joint_claims(plan, family(plan)) == ()
    single = [each for each in family(plan) if each.metric is SECONDS and not each.placebo]
    assert sum(each.error_share for each in single) == pytest.approx(0.05)


def test_nothing_is_claimed_where_there_is_nothing_to_compare() -> None:
    plan = fake_plan("good")
    assert joint_claims(plan, family(plan)) == ()


def test_margin_of_a_phase_that_comes_once_is_at_least_a_millisecond() -> None:
    plan = fake_plan("good", "unbuilt")
    assert plan.margin_of(SECONDS, "compile", 0.005) == pytest.approx(0.2)
    assert plan.margin_of(SECONDS, "ready", 0.01) == pytest.approx(0.1)
    assert plan.margin_of(SECONDS, "construct", 0.1) == 0.05


def test_margin_is_relative_where_a_call_repeats_or_time_is_not_the_metric() -> None:
    plan = fake_plan("good", "unbuilt")
    assert plan.margin_of(SECONDS, "inference", 0.0001) == 0.05
    assert plan.margin_of(CPU_SECONDS, "compile", 0.005) == 0.05


@pytest.mark.parametrize("value", [None, 0.0])
def test_margin_is_relative_where_the_baseline_has_no_cost(value: float | None) -> None:
    assert fake_plan("good").margin_of(SECONDS, "compile", value) == 0.05
