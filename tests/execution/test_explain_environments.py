"""Explanations in several environments, one of which has another release of the fake framework."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from bench.domain.design.plan import Plan
from bench.domain.findings.explanation import Explanation
from bench.execution.passes.explain import explained
from bench.report.answer.causes import causes
from bench.report.tables.explanation import explanation_summary
from bench.report.tables.model import Paragraph
from tests.fakes.plan import fake_folder, fake_plan, pinned


@pytest.fixture(scope="module")
def pythons(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, str]:
    """Two Pythons; the second has the second release of the fake framework."""
    program = tmp_path_factory.mktemp("second") / "python"
    program.write_text(f'#!/bin/sh\nFAKE_RELEASE=2 exec {sys.executable} "$@"\n')
    program.chmod(0o755)
    return {"first": sys.executable, "second": str(program)}


def plan_of(pythons: Mapping[str, str], *builders: str) -> Plan:
    return fake_plan(
        *builders, module="tests.fakes.injected_causes", environments=pythons, layers=(2, 4, 8, 16)
    )


def explanations(plan: Plan) -> list[Explanation]:
    known = {name: {"fake": name} for name in plan.environments}
    return explained(plan, known, {}, lambda done, total: None)


@pytest.fixture(scope="module")
def swept(pythons: Mapping[str, str]) -> list[Explanation]:
    return explanations(plan_of(pythons, "straight", "as_released"))


def law(explanation: Explanation, arm: str) -> str:
    (found,) = [
        each.law.kind
        for each in explanation.growth
        if (each.arm, each.phase) == (arm, "construct") and each.law
    ]
    return found


def test_arms_are_explained_in_each_environment_and_each_arm_across_them(
    swept: list[Explanation],
) -> None:
    assert [(each.environment_name, each.of_arm, each.baseline) for each in swept] == [
        ("first", None, "straight"),
        ("second", None, "straight"),
        (None, "straight", "first"),
        (None, "as_released", "first"),
    ]
    assert [each.environment["fake"] for each in swept] == ["first", "second", "first", "first"]


def test_what_a_release_changes_is_found_where_it_is(swept: list[Explanation]) -> None:
    first, second, usual, changed = swept
    assert (law(first, "as_released"), law(second, "as_released")) == ("linear", "quadratic")
    assert (law(changed, "first"), law(changed, "second")) == ("linear", "quadratic")
    assert usual.same_work["second"]
    (edge, *_) = next(each.edges for each in changed.growth if each.edges)
    assert (edge.caller.name, edge.callee.name) == ("copied", "make_layer")
    assert {each.different for each in (*usual.structure, *changed.structure)} == {()}


def test_each_is_told_with_its_place(swept: list[Explanation]) -> None:
    places = [" · ".join(each.place[2:]) for each in swept]
    assert places == ["first", "second", "straight", "as_released"]
    for explanation, place in zip(swept, places, strict=True):
        title = next(iter(explanation_summary(explanation)))
        assert isinstance(title, Paragraph)
        assert title.spans[0].text.endswith(f"{place}: why")
    told = list(causes((), swept))
    assert any("second makes" in sentence and "(as_released)" in sentence for sentence in told)


def test_all_are_stored_side_by_side(
    pythons: Mapping[str, str], swept: list[Explanation], tmp_path: Path
) -> None:
    folder = fake_folder(tmp_path / "run", plan_of(pythons, "straight", "as_released"))
    for each in swept:
        folder.write_explanation(each)
    places = {each.place for each in folder.explanations()}
    assert places == {each.place for each in swept}
    assert len(places) == 4


def test_arm_of_another_environment_is_explained_where_its_baseline_is(
    pythons: Mapping[str, str],
) -> None:
    plan = plan_of(pythons, "straight", "as_released")
    plan = pinned(pinned(plan, "straight", "first"), "as_released", "second")
    (found,) = explanations(plan)
    assert (found.environment_name, found.of_arm) == ("first", None)
    assert law(found, "as_released@second") == "quadratic"
    assert found.call_differences[0].arm == "as_released@second"
