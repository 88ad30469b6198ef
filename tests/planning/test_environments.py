"""Several environments in one plan: who is measured where, and what is compared with what."""

from __future__ import annotations

import sys
from itertools import pairwise
from typing import Any

import pytest

from bench.domain.design.comparison import family
from bench.domain.design.joint import joint_claim
from bench.domain.design.plan import CoScheduling, Plan
from bench.domain.errors import InvalidScenario, InvalidValue
from bench.domain.metrics import SECONDS
from bench.domain.scenario import arm_from
from bench.planning.order import groups_of
from bench.planning.written import interpreters, named_interpreter
from tests.planning.composed import composed

PYTHONS = {"keras2": "/two/python", "keras3": "/three/python"}


def plan(**wishes: Any) -> Plan:
    names = () if "name" in wishes else ("build_style",)
    return composed(*names, interpreters=PYTHONS, layers=(4,), **wishes)


def compared(plan: Plan) -> set[tuple[str, str]]:
    """Each arm and what it is compared with, as ``arm@environment``."""
    return {
        (
            f"{each.arm.arm}@{each.arm.environment}",
            f"{each.baseline.arm}@{each.baseline.environment}",
        )
        for each in family(plan)
    }


def test_every_arm_is_measured_in_every_environment_and_compared_both_ways() -> None:
    arms = {"old": arm_from("m:old"), "new": arm_from("m:new")}
    assert compared(plan(name="mine", arms=arms)) == {
        ("placebo@keras2", "old@keras2"),
        ("new@keras2", "old@keras2"),
        ("placebo@keras3", "old@keras3"),
        ("new@keras3", "old@keras3"),
        ("old@keras3", "old@keras2"),
        ("new@keras3", "new@keras2"),
    }


def test_arm_of_one_environment_is_measured_there_alone() -> None:
    arms = {"old": arm_from("m:old"), "new": arm_from("m:new(mail='a@b')@keras3")}
    assert compared(plan(name="mine", arms=arms)) == {
        ("placebo@keras2", "old@keras2"),
        ("placebo@keras3", "old@keras3"),
        ("new@keras3", "old@keras3"),
        ("old@keras3", "old@keras2"),
    }


def test_arms_of_two_environments_are_compared_with_each_other() -> None:
    arms = {"old": arm_from("m:build@keras2"), "new": arm_from("m:build@keras3")}
    found = plan(name="mine", arms=arms)
    assert compared(found) == {("placebo@keras2", "old@keras2"), ("new@keras3", "old@keras2")}


def test_environment_that_is_not_given_is_an_error() -> None:
    arms = {"old": arm_from("m:old"), "new": arm_from("m:new@keras4")}
    with pytest.raises(InvalidScenario, match="environment of arm 'new' is not one of the plan"):
        plan(name="mine", arms=arms)


def test_comparisons_across_environments_share_the_error_budget() -> None:
    found = plan()
    shares = [
        each.error_share for each in family(found) if each.metric is SECONDS and not each.placebo
    ]
    assert sum(shares) == pytest.approx(1 - found.confidence - found.joint_error)
    across = [each for each in family(found) if each.across]
    assert any(each.headline for each in across)
    assert not any(each.control for each in across)


def test_what_is_no_headline_across_environments_is_claimed_jointly() -> None:
    found = plan()
    claim = joint_claim(found, family(found))
    assert claim is not None
    across = [each for each in claim.members if each.across]
    assert {each.phase for each in across} >= {"compile", "trace"}
    assert "construct" not in {each.phase for each in across}


def test_known_programs_say_nothing_about_other_environments() -> None:
    found = plan()
    same = {("build_style", "mlp", "incremental")}
    controls = [each for each in family(found, same) if each.same_program]
    assert controls
    assert {each.arm.environment for each in controls} == {"keras2"}
    assert not any(each.across for each in controls)


def test_cells_of_all_environments_are_in_one_random_order() -> None:
    orders = []
    for number in range(8):
        (order,) = [
            [
                each.cell.environment
                for group in groups_of(plan(schedule="solo"), number)
                for each in group
            ]
        ]
        changes = sum(mine != following for mine, following in pairwise(order))
        orders.append((order, changes))
    assert min(changes for _, changes in orders) > 1
    assert len({tuple(order) for order, _ in orders}) > 1


def test_baselines_of_all_environments_share_a_core_with_the_first() -> None:
    sharing = plan().model_copy(update={"co_scheduling": CoScheduling()})
    baseline = {
        name: cell
        for cell in sharing.cells()
        if cell.arm == "inline"
        for name in [cell.environment]
    }
    groups = [group for group in groups_of(sharing, 1) if len(group) > 1]
    for group in groups:
        cells = [each.cell for each in group]
        shared_with = {sharing.shares_core_with(cell) for cell in cells}
        assert shared_with & set(cells)
    met = [{each.cell for each in group} for group in groups]
    assert any(set(baseline.values()) <= cells for cells in met)
    for cell in sharing.cells():
        assert any({cell, sharing.shares_core_with(cell)} <= cells for cells in met)
    solo = [group[0].cell for group in groups_of(sharing, 1) if len(group) == 1]
    assert len(set(solo)) == len(solo)
    assert set(baseline.values()) <= set(solo)


def test_interpreter_is_named_and_its_path_made_absolute() -> None:
    assert named_interpreter(f"a={sys.executable}") == ("a", sys.executable)
    assert str(named_interpreter("sh=sh")[1]).startswith("/")


def test_interpreter_is_a_file_or_what_to_install() -> None:
    name, wanted = named_interpreter("old=keras==3.10  tensorflow==2.19")
    assert (name, str(wanted)) == ("old", "keras==3.10 tensorflow==2.19")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("/usr/bin/python3", "does not name an interpreter: write NAME=PATH"),
        ("a=", "does not name an interpreter"),
        (
            "a=/nowhere/python",
            "'/nowhere/python' is neither the path of a Python nor a requirement",
        ),
        ("a=/", "is neither the path of a Python nor a requirement"),
        ("a=no_such_program_anywhere", "nor a requirement with a version"),
    ],
)
def test_what_names_no_interpreter_is_told(text: str, words: str) -> None:
    with pytest.raises(InvalidValue, match=words):
        named_interpreter(text)


def test_environment_that_is_named_twice_is_told() -> None:
    with pytest.raises(InvalidValue, match="environment 'a' is named twice"):
        interpreters([("a", "/x"), ("a", "/y")])
