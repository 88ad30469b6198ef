"""Explanations of builders with injected causes, in real processes of the fake framework."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import pytest

from bench.domain.findings.explanation import Explanation, GrowthFinding
from bench.execution.passes.explain import REPETITIONS, _tasks, explained
from tests.fakes.plan import fake_plan

ARMS = ("straight", "checks_every_name", "copies_the_list", "never_hits_its_cache")


@pytest.fixture(scope="module")
def explanation() -> Explanation:
    plan = fake_plan(
        *ARMS, module="tests.fakes.injected_causes", layers=(8, 16, 32, 64), jobs=2, pin=True
    )
    told: list[tuple[int, int]] = []
    (found,) = explained(plan, {"fake": "1.0"}, None, lambda done, of: told.append((done, of)))
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
    (found,) = explained(plan, {}, None, lambda *_: None)
    assert {failure.arm for failure in found.failures} == {"raises"}
    assert all("no such luck" in failure.reason for failure in found.failures)
    assert {each.arm for each in found.growth} == {"good"}


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
