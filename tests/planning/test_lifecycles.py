"""Scenarios with a lifecycle of their own: what they declare, what is refused, what is compared."""

from __future__ import annotations

from typing import Any

import pytest

from bench.domain.design.comparison import Comparison, family
from bench.domain.design.error_budget import JOINT_ERROR
from bench.domain.design.plan import Plan
from bench.domain.errors import InvalidScenario
from bench.domain.metrics import SECONDS
from bench.domain.phases import Lifecycle, call_modes_of
from bench.domain.scenario import Arm, Scenario
from bench.planning.build import compose
from bench.planning.presets import PRESETS
from bench.planning.run_options import RunOptions
from bench.planning.scenarios import plan_scenario

OWN = Lifecycle("m:live", phases=("save", "load"))
ANSWERING = Lifecycle(
    "m:live", phases=("modify", "inference"), time_to_first_output="time_to_answer"
)


def scenario(lifecycle: Lifecycle | None = OWN, **changes: Any) -> Scenario:
    """A scenario of two arms without depth; ``changes`` replace what it declares."""
    declared: dict[str, Any] = {
        "question": "?",
        "arms": {
            "a": Arm("m:a", lifecycle_arguments={"anew": True} if lifecycle else {}),
            "b": Arm("m:b", patch="m:patch"),
        },
        "baseline": "a",
        "headline": lifecycle.phases[:1] if lifecycle else ("construct",),
        "lifecycle": lifecycle,
    }
    return Scenario(**{**declared, **changes})


def composed(scenarios: dict[str, Scenario], **wishes: Any) -> Plan:
    wanted = RunOptions(free_memory_bytes=1 << 30, seed=1, **wishes)
    return compose(scenarios, PRESETS["quick"], wanted, "python")


@pytest.mark.parametrize(
    ("lifecycle", "headline", "words"),
    [
        (OWN, ("laod",), "headline 'laod' is no phase of the lifecycle: save, load$"),
        (OWN, ("save", "ready"), "headline 'ready' is no phase"),
        (OWN, ("time_to_answer",), "headline 'time_to_answer' is no phase"),
        (ANSWERING, ("load",), "no phase of the lifecycle: modify, inference, time_to_answer$"),
    ],
)
def test_headline_that_is_no_phase_is_refused(
    lifecycle: Lifecycle, headline: tuple[str, ...], words: str
) -> None:
    with pytest.raises(InvalidScenario, match=words):
        scenario(lifecycle, headline=headline)


def test_headline_of_call_modes_does_not_fit_a_lifecycle_without_construct() -> None:
    with pytest.raises(InvalidScenario, match=r"give headline, of save, load$"):
        Scenario(question="?", arms={"a": Arm("m:a")}, baseline="a", lifecycle=OWN)


def test_arguments_of_a_lifecycle_that_is_not_there_are_refused() -> None:
    arm = Arm("m:a", lifecycle_arguments={"anew": True})
    with pytest.raises(InvalidScenario, match="'a' has lifecycle_arguments, and the scenario no"):
        Scenario(question="?", arms={"a": arm}, baseline="a")


def test_sum_of_the_phases_may_be_the_headline() -> None:
    made = scenario(ANSWERING, headline=("time_to_answer",))
    headline = {each.phase for each in family(composed({"change": made})) if each.headline}
    assert headline == {"time_to_answer"}


@pytest.mark.parametrize("reference", ["live", "m:", ":live", "m:live()", "m:a:b", "1m:live", ""])
def test_badly_formed_reference_to_a_lifecycle_is_refused(reference: str) -> None:
    with pytest.raises(InvalidScenario, match="MODULE:FUNCTION"):
        scenario(Lifecycle(reference, OWN.phases))


@pytest.mark.parametrize("reference", ["patch", "m:", ":patch", "m:patch()", "m:a:b", ""])
def test_badly_formed_reference_to_a_patch_is_refused(reference: str) -> None:
    with pytest.raises(InvalidScenario, match="MODULE:FUNCTION"):
        Arm("m:a", patch=reference)


def test_life_of_its_own_takes_no_call_mode() -> None:
    with pytest.raises(
        InvalidScenario, match="'keep' has a lifecycle of its own: it takes no call mode"
    ):
        composed({"keep": scenario()}, call_modes=("predict",))


def test_call_mode_is_refused_beside_another_scenario_that_takes_it() -> None:
    both = {"plain": scenario(None), "keep": scenario()}
    with pytest.raises(InvalidScenario, match="'keep' has a lifecycle of its own"):
        composed(both, call_modes=("predict",))
    assert {panel.call_mode for panel in composed(both).panels} == {"function", "keep"}


@pytest.mark.parametrize("name", call_modes_of())
def test_scenario_with_a_lifecycle_cannot_be_called_like_an_call_mode(name: str) -> None:
    with pytest.raises(InvalidScenario, match=f"cannot be called '{name}'"):
        composed({name: scenario()})
    assert composed({name: scenario(None)}).panels[0].call_mode == "function"


def test_panels_of_a_life_of_its_own_go_by_the_scenario_s_name() -> None:
    plan = composed({"keep": scenario(architectures=("m:x",), layers=(2, 4))}, batches=(1, 8))
    assert [(panel.call_mode, panel.layers, panel.batch) for panel in plan.panels] == [
        ("keep", 2, 1),
        ("keep", 2, 8),
        ("keep", 4, 1),
        ("keep", 4, 8),
    ]
    assert plan.lifecycles() == {"keep": OWN.plan()}


def test_call_modes_that_a_scenario_offers_do_not_matter_beside_its_lifecycle() -> None:
    plan = composed({"keep": scenario(call_modes=("predict", "eager"))})
    assert [panel.call_mode for panel in plan.panels] == ["keep"]


def test_scenarios_of_both_kinds_keep_their_own_lives() -> None:
    plan = composed({"plain": scenario(None), "keep": scenario(), "change": scenario(ANSWERING)})
    assert plan.lifecycles() == {
        "function": call_modes_of()["function"].plan(),
        "keep": OWN.plan(),
        "change": ANSWERING.plan(),
    }


def timed(plan: Plan) -> list[Comparison]:
    """The comparisons of wall time."""
    return [each for each in family(plan) if each.metric is SECONDS]


def test_family_compares_the_phases_and_their_sum() -> None:
    declared = timed(composed({"change": scenario(ANSWERING)}))
    assert [(each.arm.arm, each.phase) for each in declared] == [
        (arm, phase)
        for arm in ("placebo", "b")
        for phase in ("modify", "inference", "time_to_answer")
    ]
    assert {each.phase for each in declared if each.headline} == {"modify"}
    claims = [each for each in declared if not each.placebo]
    assert sum(each.error_share for each in claims) == pytest.approx(0.05 - JOINT_ERROR)


def test_family_has_no_sum_where_none_is_named() -> None:
    declared = timed(composed({"keep": scenario()}))
    assert {each.phase for each in declared} == {"save", "load"}


def test_lifecycle_says_what_the_analysis_asks() -> None:
    own, answering = OWN.plan(), ANSWERING.plan()
    assert (own.compared, own.composites, own.repeats) == (("save", "load"), {}, None)
    assert own.first_call == answering.first_call == ()
    assert answering.compared == ("modify", "inference", "time_to_answer")
    assert answering.composites == {"time_to_answer": ("modify",)}
    assert answering.repeats == "inference"


def test_placebo_lives_and_is_patched_as_the_baseline() -> None:
    found = plan_scenario("keep", scenario(baseline="b"))
    arms = {arm.name: arm for arm in found.arms}
    assert found.lifecycle == OWN
    assert arms["placebo"].patch == "m:patch"
    assert arms["a"].patch is None
    assert arms["a"].lifecycle_arguments == {"anew": True}
    other = {arm.name: arm for arm in plan_scenario("keep", scenario()).arms}
    assert other["placebo"].lifecycle_arguments == {"anew": True}


def test_all_that_a_cell_takes_is_named_once_each() -> None:
    plan = composed({"keep": scenario(architectures=("m:x",), layers=(2,))})
    references = {cell.arm: plan.references(cell) for cell in plan.cells()}
    assert references == {
        "a": ["m:a", "m:x", "m:live"],
        "placebo": ["m:a", "m:x", "m:live"],
        "b": ["m:b", "m:x", "m:patch", "m:live"],
    }


def test_patience_stretches_the_preset_s_time_but_not_a_wish() -> None:
    usual = PRESETS["quick"].budget_s
    assert (
        composed({"keep": scenario(budget_factor=3.0), "plain": scenario(None)}).budget_s
        == 3 * usual
    )
    assert composed({"keep": scenario(budget_factor=3.0)}, budget_s=7.0).budget_s == 7.0


def test_evidence_takes_no_longer_than_the_rounds_and_leaves_its_time_to_them() -> None:
    preset, scenarios = PRESETS["quick"], {"keep": scenario(budget_factor=2.0)}
    usual = composed(scenarios)
    assert (usual.budget_s, usual.evidence_s) == (2 * preset.budget_s, 2 * preset.evidence_s)
    without = composed(scenarios, evidence=False)
    assert (without.budget_s, without.evidence_s) == (usual.budget_s + usual.evidence_s, 0.0)
    assert composed(scenarios, budget_s=7.0).evidence_s == 7.0
