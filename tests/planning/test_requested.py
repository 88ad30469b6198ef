"""The scenarios that a request comes to: arms alone, other arms, another headline."""

from __future__ import annotations

import pytest

from bench.domain.design.comparison import family
from bench.domain.errors import InvalidScenario, UnknownName
from bench.domain.scenario import Arm
from bench.planning.build import compose
from bench.planning.presets import PRESETS
from bench.planning.run_options import RunOptions
from tests.planning.composed import composed


def test_arms_alone_make_a_scenario_of_their_own() -> None:
    arms = {"a": Arm("my.models:a"), "b": Arm("my.models:b")}
    plan = composed(arms=arms, layers=(8, 32))
    assert plan.scenarios[0].name == "a_vs_b"
    assert plan.scenarios[0].headline == ("construct",)
    assert plan.scenarios[0].baseline == "a"
    assert [(panel.architecture, panel.layers) for panel in plan.panels] == [(None, 8), (None, 32)]


@pytest.mark.parametrize(
    ("arms", "question"),
    [
        ("a", "What does a cost?"),
        ("ab", "What do a and b cost?"),
        ("abc", "What do a, b and c cost?"),
    ],
)
def test_comparison_of_arms_alone_asks_what_they_cost(arms: str, question: str) -> None:
    named = {arm: Arm("my.models:a") for arm in arms}
    assert composed(arms=named).scenarios[0].question == question


@pytest.mark.parametrize(
    ("arms", "name"),
    [
        (["mine"], "mine"),
        (["old", "new"], "old_vs_new"),
        (["a", "b", "c", "d", "e"], "a_vs_b_vs_c_and_2_more"),
        (["x" * 40, "y" * 40], "2_arms"),
        (["predict"], "predict_alone"),
    ],
)
def test_comparison_of_arms_alone_is_named_after_them(arms: list[str], name: str) -> None:
    named = {arm: Arm("my.models:a") for arm in arms}
    assert composed(arms=named).scenarios[0].name == name
    assert composed(arms=named, name="mine").scenarios[0].name == "mine"


def test_arms_alone_are_a_scenario_of_the_given_name() -> None:
    arms = {"mine": Arm("m:f")}
    named = compose({}, PRESETS["quick"], RunOptions(arms=arms, name="speed"), "python")
    assert [scenario.name for scenario in named.scenarios] == ["speed"]
    with pytest.raises(InvalidScenario, match="scenarios have names already"):
        composed("build_style", name="speed")
    with pytest.raises(InvalidScenario, match="cannot be printed"):
        compose({}, PRESETS["quick"], RunOptions(arms=arms, name="a\nb"), "python")


def test_call_modes_that_are_named_are_what_arms_alone_are_compared_in() -> None:
    arms = {"a": Arm("my.models:a"), "b": Arm("my.models:b")}
    plan = composed(arms=arms, call_modes=("function", "xla"))
    assert plan.scenarios[0].headline == ("trace", "first_call", "inference", "xla_compile")
    about = {each.phase for each in family(plan) if each.headline}
    assert about == set(plan.scenarios[0].headline)
    plan = composed(arms=arms, call_modes=("train",))
    assert plan.scenarios[0].headline == ("first_step", "step")


def test_headline_is_chosen_for_arms_and_for_scenarios() -> None:
    arms = {"a": Arm("my.models:a"), "b": Arm("my.models:b")}
    for plan in (
        composed(arms=arms, headline=("trace", "first_call")),
        composed(arms=arms, call_modes=("xla", "function"), headline=("trace", "first_call")),
        composed("build_style", headline=("trace", "first_call")),
    ):
        assert plan.scenarios[0].headline == ("trace", "first_call")


def test_headline_is_a_phase_that_the_call_modes_have() -> None:
    arms = {"a": Arm("my.models:a")}
    with pytest.raises(UnknownName, match="unknown phase 'tracing': did you mean 'trace'"):
        composed(arms=arms, headline=("tracing",))
    with pytest.raises(UnknownName, match="unknown phase 'first_step'"):
        composed(arms=arms, call_modes=("predict",), headline=("first_step",))
    plan = composed(arms=arms, call_modes=("train",), headline=("first_step",))
    assert plan.scenarios[0].headline == ("first_step",)


def test_an_arm_of_a_known_name_replaces_it() -> None:
    plan = composed("build_style", arms={"incremental": Arm("mine:better")})
    builders = {arm.name: arm.builder for arm in plan.scenarios[0].arms}
    assert builders["incremental"] == "mine:better"


def test_nothing_to_compare_is_refused() -> None:
    with pytest.raises(InvalidScenario, match="nothing to compare"):
        composed()
