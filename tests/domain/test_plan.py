"""Properties of the frozen plan: order, seeds, family and its error budget."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.domain.design.comparison import family
from bench.domain.design.error_budget import error_shares
from bench.domain.design.plan import Plan
from bench.domain.metrics import SECONDS
from bench.domain.phases import call_modes_of
from bench.planning.order import invocations_of, round_seed
from tests.fakes.plan import fake_plan

plans = st.builds(
    lambda arms, depths, replicates, seed: fake_plan(
        *("good", "unbuilt", "by_depth", "raises")[:arms],
        layers=tuple(sorted(depths)),
        replicates=replicates,
        seed=seed,
    ),
    st.integers(1, 4),
    st.sets(st.integers(1, 99), min_size=1, max_size=5),
    st.integers(1, 4),
    st.integers(0, 2**32 - 1),
)


@given(plans, st.integers(0, 1000))
@settings(max_examples=60, deadline=None)
def test_each_replicate_is_a_complete_pass_over_all_cells(plan: Plan, number: int) -> None:
    visits = list(invocations_of(plan, number))
    assert [visit.order for visit in visits] == list(range(len(visits)))
    cells = Counter((cell.panel, cell.arm) for cell in plan.cells())
    for replicate in range(plan.replicates):
        block = visits[replicate * len(plan.cells()) : (replicate + 1) * len(plan.cells())]
        assert {visit.replicate for visit in block} == {replicate}
        assert Counter((v.cell.panel, v.cell.arm) for v in block) == cells


@given(plans, st.integers(0, 1000))
@settings(max_examples=30, deadline=None)
def test_order_and_seed_follow_from_the_plan_alone(plan: Plan, number: int) -> None:
    again = Plan.model_validate_json(plan.model_dump_json())
    assert again == plan
    assert list(invocations_of(again, number)) == list(invocations_of(plan, number))
    assert round_seed(again, number) == round_seed(plan, number) < 2**32


def test_every_position_is_equally_likely_for_every_arm() -> None:
    plan = fake_plan("good", "unbuilt", "by_depth", layers=(2,))
    rounds = 4000
    first = Counter(next(invocations_of(plan, number)).cell.arm for number in range(rounds))
    assert set(first) == {"good", "placebo", "unbuilt", "by_depth"}
    # Four standard deviations of a binomial with p = 1/4.
    tolerance = 4 * (rounds * 0.25 * 0.75) ** 0.5
    assert all(abs(count - rounds / 4) < tolerance for count in first.values())


@given(plans)
@settings(max_examples=60, deadline=None)
def test_family_spends_the_error_budget_and_no_more(plan: Plan) -> None:
    declared = [each for each in family(plan) if each.metric is SECONDS]
    claims = [comparison for comparison in declared if not comparison.placebo]
    if claims:
        budget = 1 - plan.confidence - plan.joint_error
        assert sum(c.error_share for c in claims) == pytest.approx(budget)
    placebos = [comparison for comparison in declared if comparison.placebo]
    assert len(placebos) == len(plan.panels) * len(call_modes_of()["function"].plan().compared)
    assert all(comparison.arm != comparison.baseline for comparison in declared)


@given(st.integers(0, 500), st.integers(0, 500))
def test_headline_shares_are_the_larger_ones(headline: int, rest: int) -> None:
    shares = error_shares(0.05, [True] * headline + [False] * rest)
    spent = shares[True] * headline + shares[False] * rest
    assert spent == pytest.approx(0.05 if headline or rest else 0.0)
    if headline and rest and headline <= rest:
        assert shares[True] > shares[False]


def test_placebo_is_a_second_copy_of_the_baseline_in_every_panel() -> None:
    plan = fake_plan("good", "unbuilt")
    for panel in plan.panels:
        arms = {cell.arm: plan.arm(cell) for cell in plan.cells() if cell.panel == panel}
        assert arms["placebo"].builder == arms["good"].builder
        assert [name for name, arm in arms.items() if arm.placebo] == ["placebo"]


def test_of_a_deferred_arm_ready_is_the_headline() -> None:
    plan = fake_plan("good", "unbuilt")
    scenario = plan.scenarios[0]
    good, _, unbuilt = scenario.arms
    deferred = unbuilt.model_copy(update={"deferred": True})
    assert scenario.is_headline(good, "construct")
    assert not scenario.is_headline(good, "ready")
    assert not scenario.is_headline(deferred, "construct")
    assert scenario.is_headline(deferred, "ready")


def test_against_a_deferred_baseline_ready_is_the_headline_of_every_arm() -> None:
    scenario = fake_plan("unbuilt", "good").scenarios[0]
    arms = [each.model_copy(update={"deferred": each.name != "good"}) for each in scenario.arms]
    scenario = scenario.model_copy(update={"arms": tuple(arms)})
    for arm in arms:
        assert not scenario.is_headline(arm, "construct")
        assert scenario.is_headline(arm, "ready")


def test_composites_are_made_of_phases() -> None:
    for call_mode in call_modes_of().values():
        for name, parts in call_mode.plan().composites.items():
            assert name not in call_mode.phases
            assert set(parts) <= set(call_mode.phases)
        assert set(call_mode.plan().compared) <= set(call_mode.phases) | set(
            call_mode.plan().composites
        )
        assert call_mode.time_to_first_output in call_mode.plan().composites
