"""Who shares a core with whom, and who has one to itself."""

from __future__ import annotations

from collections import Counter
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from bench.domain.design.plan import CoScheduling, Pilot, Plan
from bench.planning.order import PlannedInvocation, groups_of
from tests.fakes.plan import fake_plan, pinned

ARMS = ("good", "unbuilt", "by_depth", "raises", "exits", "reads_null")


def sharing_plan(count: int, layers: tuple[int, ...] = (2, 4), **changes: Any) -> Plan:
    names = {name: changes.pop(name) for name in ("replicates", "seed") if name in changes}
    return fake_plan(*ARMS[:count], layers=layers, co_scheduling=CoScheduling(**changes), **names)


plans = st.builds(
    lambda count, arms, replicates, every, seed: sharing_plan(
        count, replicates=replicates, seed=seed, arms=arms, solo_every=every
    ),
    st.integers(1, 6),
    st.integers(2, 7),
    st.integers(1, 3),
    st.integers(1, 4),
    st.integers(0, 2**32 - 1),
)


def shared(plan: Plan, number: int, **changes: Any) -> list[tuple[PlannedInvocation, ...]]:
    return [group for group in groups_of(plan, number, **changes) if len(group) > 1]


def solo(plan: Plan, number: int, **changes: Any) -> list[PlannedInvocation]:
    return [group[0] for group in groups_of(plan, number, **changes) if len(group) == 1]


@given(plans, st.integers(0, 1000))
@settings(max_examples=100, deadline=None)
def test_every_arm_shares_a_core_with_its_baseline_once_a_replicate(
    plan: Plan, number: int
) -> None:
    met: Counter[Any] = Counter()
    for group in shared(plan, number):
        baselines = [each for each in group if each.cell == plan.baseline_of(each.cell)]
        assert len(baselines) == 1
        assert len({each.cell.panel for each in group}) == 1
        assert len({each.group for each in group}) == 1
        assert len(group) <= (plan.co_scheduling or CoScheduling()).arms
        met.update((each.cell, each.replicate) for each in group if each.cell != baselines[0].cell)
    arms = [cell for cell in plan.cells() if cell != plan.baseline_of(cell)]
    assert met == Counter(
        (cell, replicate) for cell in arms for replicate in range(plan.replicates)
    )


@given(plans, st.integers(0, 1000))
@settings(max_examples=60, deadline=None)
def test_order_counts_all_invocations_and_groups_have_numbers_of_their_own(
    plan: Plan, number: int
) -> None:
    groups = list(groups_of(plan, number))
    orders = [each.order for group in groups for each in group]
    assert orders == list(range(len(orders)))
    numbers = [group[0].group for group in groups if len(group) > 1]
    assert len(numbers) == len(set(numbers))
    assert all(each.group is None for each in solo(plan, number))
    assert groups == list(groups_of(plan, number))


def test_each_panel_has_the_replicates_that_its_pilot_chose() -> None:
    pilot = Pilot(
        rounds=3,
        replicates=2,
        within=0.1,
        between=0.0,
        zygote_s=1.0,
        replicate_s=3.0,
        panel_s=(1.0, 2.0),
        panel_replicates=(3, 1),
    )
    plan = sharing_plan(3, replicates=3).model_copy(update={"pilot": pilot})
    shallow, deep = plan.panels
    assert (plan.replicates_of(shallow), plan.replicates_of(deep)) == (3, 1)
    for number in range(3):
        met = Counter(
            (each.cell.panel, each.cell.arm) for group in shared(plan, number) for each in group
        )
        assert {met[shallow, arm] for arm in ARMS[:3]} == {3}
        assert {met[deep, arm] for arm in ARMS[:3]} == {1}


@given(plans)
@settings(max_examples=60, deadline=None)
def test_baselines_are_solo_in_every_round_and_other_arms_in_one_of_several(plan: Plan) -> None:
    every = (plan.co_scheduling or CoScheduling()).solo_every
    visits = [solo(plan, number) for number in range(1, every + 1)]
    baselines = {plan.baseline_of(cell) for cell in plan.cells()}
    for of_round in visits:
        assert {each.cell for each in of_round} >= baselines
    alone = Counter(each.cell for of_round in visits for each in of_round)
    assert all(alone[cell] == 1 for cell in plan.cells() if cell not in baselines)


def test_every_arm_is_solo_in_the_first_round() -> None:
    plan = sharing_plan(4, solo_every=3)
    assert Counter(each.cell for each in solo(plan, 0)) == Counter(plan.cells())


def test_in_panels_that_wait_every_arm_is_solo_in_every_round() -> None:
    plan = sharing_plan(4, solo_every=3)
    waiting, other = plan.panels
    visits = solo(plan, 1, waiting={waiting})
    assert Counter(each.cell.panel for each in visits)[waiting] == 5
    assert Counter(each.cell.panel for each in visits)[other] < 5


def test_excluded_arms_leave_full_groups_behind() -> None:
    plan = sharing_plan(6, layers=(2,), arms=3)
    groups = shared(plan, 0, is_wanted=lambda cell: cell.arm not in ("raises", "exits"))
    assert sorted(len(group) for group in groups) == [3, 3]


def test_without_its_baseline_a_panel_shares_no_core() -> None:
    plan = sharing_plan(3, layers=(2,))
    assert not shared(plan, 0, is_wanted=lambda cell: cell.arm != "good")


@given(plans, st.integers(2, 5), st.integers(0, 1000))
@settings(max_examples=60, deadline=None)
def test_group_is_of_one_environment_or_a_pair(plan: Plan, environments: int, number: int) -> None:
    """One that has no memory in common with two others would seem slower than it is."""
    names = {f"python{each}": "python" for each in range(environments)}
    plan = plan.model_copy(update={"environments": names})
    baseline = plan.baseline_of(plan.cells()[0])
    met: Counter[str] = Counter()
    for group in shared(plan, number):
        of = Counter(each.cell.environment for each in group)
        assert len(of) == 1 or sorted(of.values()) == [1, 1]
        if len(of) > 1:
            assert baseline.arm in {each.cell.arm for each in group}
            met.update(each.cell.environment for each in group if each.cell.panel == baseline.panel)
    others = {name: met[name] for name in names if name != baseline.environment}
    assert set(others.values()) == {plan.replicates}


def test_arms_of_another_environment_share_a_core_with_the_baseline_one_by_one() -> None:
    plan = fake_plan("good", "unbuilt", "by_depth", layers=(2,), co_scheduling=CoScheduling())
    plan = plan.model_copy(update={"environments": {"old": "python", "new": "python"}})
    for arm in ("good", "placebo"):
        plan = pinned(plan, arm, "old")
    for arm in ("unbuilt", "by_depth"):
        plan = pinned(plan, arm, "new")
    groups = [sorted(each.cell.arm for each in group) for group in shared(plan, 0)]
    assert sorted(groups) == [["by_depth", "good"], ["good", "placebo"], ["good", "unbuilt"]]


def on_two_backends(*arms: str) -> Plan:
    plan = fake_plan(*arms, layers=(2,), co_scheduling=CoScheduling())
    everywhere = {"backend": None, "call_mode": "predict"}
    panels = [panel.model_copy(update=everywhere) for panel in plan.panels]
    backends = {"first": "tensorflow", "second": "jax"}
    environments = dict.fromkeys(backends, "python")
    changes = {"panels": panels, "environments": environments, "backends": backends}
    return Plan.model_validate({**plan.model_dump(), **changes})


def test_backends_share_no_core_with_each_other() -> None:
    """One that computes in more threads would have more of it."""
    plan = on_two_backends("good", "unbuilt", "by_depth")
    baselines = {cell for cell in plan.cells() if cell == plan.baseline_of(cell)}
    for number in (1, 2):
        groups = shared(plan, number)
        assert [len({each.cell.environment for each in group}) for group in groups] == [1, 1]
        assert baselines <= {each.cell for each in solo(plan, number)}


def test_arm_of_another_backend_than_its_baseline_has_a_core_to_itself() -> None:
    plan = on_two_backends("good", "unbuilt")
    for arm, environment in (("good", "first"), ("placebo", "first"), ("unbuilt", "second")):
        plan = pinned(plan, arm, environment)
    (group,) = shared(plan, 1)
    assert {each.cell.arm for each in group} == {"good", "placebo"}
    assert {each.cell.arm for each in solo(plan, 1)} >= {"good", "unbuilt"}


def test_work_of_a_gpu_shares_no_core() -> None:
    plan = sharing_plan(3, layers=(2,))
    panels = [panel.model_copy(update={"device": "gpu"}) for panel in plan.panels]
    assert not shared(plan.model_copy(update={"panels": tuple(panels)}), 0)


def test_second_gpu_shares_nothing_either() -> None:
    plan = sharing_plan(3, layers=(2,))
    panels = [panel.model_copy(update={"device": "gpu:1"}) for panel in plan.panels]
    assert not shared(plan.model_copy(update={"panels": tuple(panels)}), 0)


def test_longest_groups_never_come_last_and_whatever_is_alone_comes_anywhere() -> None:
    plan = sharing_plan(5, layers=(2, 4, 8), arms=4, solo_every=6)
    alone: Counter[tuple[int | None, bool]] = Counter()
    for number in range(400):
        groups = list(groups_of(plan, number))
        late = groups[len(groups) - len(groups) // 3 :]
        assert not any(len(group) > 1 and group[0].cell.panel.layers == 8 for group in late)
        alone.update(
            (group[0].cell.panel.layers, group in late) for group in groups if len(group) == 1
        )
    shares = [alone[layers, True] / alone[layers, False] for layers in (2, 4, 8)]
    assert max(shares) < 1.3 * min(shares)


def test_who_shares_with_whom_and_who_starts_first_changes_from_round_to_round() -> None:
    plan = sharing_plan(5, layers=(2,), arms=3)
    partners: Counter[frozenset[str]] = Counter()
    first: Counter[str] = Counter()
    for number in range(400):
        for group in shared(plan, number):
            partners[frozenset(each.cell.arm for each in group) - {"good"}] += 1
            first[group[0].cell.arm] += 1
    pairs = [count for pair, count in partners.items() if len(pair) == 2]
    # Five arms without the baseline make ten pairs; each is expected 400 · 2 / 10 times or more.
    assert len(pairs) == 10
    assert min(pairs) > 40
    assert set(first) == {*ARMS[:5], "placebo"}
