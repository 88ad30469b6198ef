"""Explanations of builders with injected causes, in real processes of the fake framework."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import pytest

from bench.domain.findings.explanation import Explanation, GrowthFinding
from bench.domain.panel import DEFAULT_ENVIRONMENT
from bench.execution.passes.explain import REPETITIONS, _tasks, explained
from bench.execution.passes.tasks import one_of_each
from tests.fakes.plan import fake_plan

ARMS = ("straight", "checks_every_name", "copies_the_list", "never_hits_its_cache")


@pytest.fixture(scope="module")
def explanation() -> Explanation:
    plan = fake_plan(
        *ARMS, module="tests.fakes.injected_causes", layers=(8, 16, 32, 64), jobs=2, pin=True
    )
    told: list[tuple[int, int]] = []
    known = {DEFAULT_ENVIRONMENT: {"fake": "1.0"}}
    (found,) = explained(plan, known, {}, lambda done, of: told.append((done, of)))
    assert told[-1][0] == told[-1][1]
    return found


@pytest.fixture(scope="module")
def construct(explanation: Explanation) -> Mapping[str, GrowthFinding]:
    return {each.arm: each for each in explanation.growth if each.phase == "construct"}


@pytest.mark.parametrize(
    ("arm", "caller", "caller_calls", "callee", "calls"),
    [
        ("checks_every_name", "check_name", "n", "same_name", "n²/2 - n/2"),
        ("copies_the_list", "copied", "n", "make_layer", "n(n + 1)/2"),
        ("never_hits_its_cache", "step", "n", "shape_after", "n(n + 1)/2"),
    ],
)
def test_injected_cause_is_the_edge(
    construct: Mapping[str, GrowthFinding],
    arm: str,
    caller: str,
    caller_calls: str,
    callee: str,
    calls: str,
) -> None:
    edge = construct[arm].edges[0]
    assert (edge.caller.name, edge.caller_law.text) == (caller, caller_calls)
    assert (edge.callee.name, edge.law.text) == (callee, calls)
    assert edge.caller.file.endswith("tests/fakes/injected_causes.py")
    assert construct[arm].functions[0].function == edge.callee
    law = construct[arm].law
    assert law is not None
    assert law.kind == "quadratic"
    assert construct[arm].takes_over is not None


def test_linear_builder_has_no_edge(construct: Mapping[str, GrowthFinding]) -> None:
    straight = construct["straight"]
    assert straight.law is not None
    assert straight.law.kind == "linear"
    assert not straight.edges
    assert not straight.functions
    assert straight.takes_over is None


def test_phases_after_construct_do_the_same_work(explanation: Explanation) -> None:
    for arm in ARMS[1:]:
        assert "construct" not in explanation.same_work[arm]
        assert {"compile", "trace", "first_call", "inference"} <= set(explanation.same_work[arm])


def test_builder_that_raises_is_told_and_the_others_are_explained() -> None:
    plan = fake_plan("good", "raises", layers=(2, 4))
    (found,) = explained(plan, {}, {}, lambda *_: None)
    assert {failure.arm for failure in found.failures} == {"raises"}
    assert all("no such luck" in failure.reason for failure in found.failures)
    assert {each.arm for each in found.growth} == {"good"}


@pytest.fixture(scope="module")
def failing() -> Explanation:
    """Of models whose calls fail, and whose weights cannot be created."""
    plan = fake_plan("good", "refuses_calls", "cannot_be_built", layers=(2, 4, 8), jobs=2)
    (found,) = explained(plan, {}, {}, lambda *_: None)
    return found


def test_phases_before_one_that_fails_are_counted(failing: Explanation) -> None:
    counted = {
        arm: {each.phase for each in failing.growth if each.arm == arm}
        for arm in ("good", "refuses_calls", "cannot_be_built")
    }
    assert {"construct", "compile", "trace", "first_call", "inference"} <= counted["good"]
    assert {"construct", "compile", "trace"} <= counted["refuses_calls"]
    assert "construct" in counted["cannot_be_built"]
    assert not {"first_call", "inference"} & counted["refuses_calls"]
    calls = {each.arm: each.calls for each in failing.growth if each.phase == "construct"}
    assert calls["good"] == calls["refuses_calls"]


def test_model_whose_calls_fail_has_its_own_counters_and_structure(failing: Explanation) -> None:
    layers = {each.arm: each.values for each in failing.counters if each.counter == "layers"}
    assert layers["good"] == layers["refuses_calls"] == (2, 4, 8)
    structure = {each.arm: each for each in failing.structure}
    assert "configuration" in structure["refuses_calls"].same


def test_phases_that_failed_are_told_with_their_reason_and_those_that_need_them(
    failing: Explanation,
) -> None:
    told = {(each.arm, each.what, each.kind, each.reason) for each in failing.failures}
    calls = {each for each in told if each[0] == "refuses_calls"}
    assert {(what, kind) for _, what, kind, _ in calls} == {
        ("first_call", "builder_error"),
        ("inference", "unavailable"),
    }
    reasons = {what: reason for _, what, _, reason in calls}
    assert reasons["first_call"].startswith("first_call raised ValueError: no calls today")
    assert reasons["inference"] == "needs first_call, which failed"
    assert any("no weights today" in reason for arm, _, _, reason in told if "built" in arm)


def test_sum_of_phases_is_not_counted_where_one_of_them_failed() -> None:
    plan = fake_plan("good", "cannot_be_built", layers=(2, 4))
    arms = tuple(arm.model_copy(update={"deferred": True}) for arm in plan.scenarios[0].arms)
    scenario = plan.scenarios[0].model_copy(update={"arms": arms})
    (found,) = explained(
        plan.model_copy(update={"scenarios": (scenario,)}), {}, {}, lambda *_: None
    )
    assert {each.arm for each in found.growth if each.phase == "ready"} == {"good"}


def test_one_call_mode_is_explained_and_the_others_are_named() -> None:
    plan = fake_plan("good", "unbuilt", layers=(2,))
    (panel,) = plan.panels
    panels = (panel, panel.model_copy(update={"call_mode": "predict"}))
    (found,) = explained(plan.model_copy(update={"panels": panels}), {}, {}, lambda *_: None)
    assert found.call_modes == ("function", "predict")
    assert "trace" in {each.phase for each in found.growth}


def test_arms_are_examined_in_the_call_mode_that_most_of_them_have() -> None:
    cell = fake_plan(layers=(2,)).cells()[0]
    predict = cell.panel.model_copy(update={"call_mode": "predict"})
    cells = [cell, *(cell._replace(panel=predict, arm=arm) for arm in ("good", "unbuilt"))]
    assert one_of_each(cells) == cells[1:]
    assert one_of_each([cell, cells[1]]) == [cell]
    assert one_of_each([]) == []


def test_placebo_is_not_explained(explanation: Explanation) -> None:
    assert {each.arm for each in explanation.counters} == set(ARMS)


def test_each_architecture_has_depths_of_its_own() -> None:
    plan = fake_plan(
        "straight", "copies_the_list", module="tests.fakes.injected_causes", layers=(8, 16)
    )
    (panel, deeper) = plan.panels
    sole = panel.model_copy(update={"architecture": "sole", "layers": None})
    architectures = {**plan.architectures, "sole": plan.architectures[panel.architecture or ""]}
    both = plan.model_copy(update={"panels": (sole, panel, deeper), "architectures": architectures})
    tasks = list(_tasks(both))
    structure = [each.cell.panel for each in tasks if each.what == "structure"]
    assert structure == [sole, sole, deeper, deeper]
    counted = Counter(each.cell.panel for each in tasks if each.what == "work")
    assert counted == {sole: 2 * REPETITIONS, panel: 2 * REPETITIONS, deeper: 2}
