"""Conclusions from what the untimed passes returned, worked by hand."""

from __future__ import annotations

from typing import Any

import pytest

from bench.analysis.evidence.call_growth import nondeterministic_functions, phase_growth
from bench.analysis.evidence.explain import Evidence, explain
from bench.domain.findings.explanation import Explanation

PACKAGE = "/anywhere/lib/python3/site-packages/keras/models.py"
DEPTHS = (8, 16, 32, 64)


def counted(depth: int, *, rebuilds: bool, wobble: int = 0) -> dict[str, Any]:
    """What the growth pass returns of a builder that adds ``depth`` layers."""
    functions = [["", 0, "the caller"], ["/home/me/mine.py", 3, "build"]]
    functions += [
        [PACKAGE, 10, "Model.add"],
        [PACKAGE, 20, "Model.rebuild"],
        [PACKAGE, 30, "visit"],
    ]
    functions += [[f"/tmp/__autograph_generated_file{wobble}abc.py", 1, "converted"]]
    visits = depth * (depth + 1) // 2 if rebuilds else depth
    edges = [
        [0, 1, 1, 2 * depth + visits + 5 + wobble, 900],
        [1, 2, depth, depth + visits, 800],
        [2, 3, depth, visits, 700],
        [3, 4, visits, 0, 600],
        [1, 5, 5 + wobble, 0, 10],
    ]
    total = sum(edge[2] for edge in edges)
    later = [[0, 5, 3, 0, 5]]
    return {
        "status": "ok",
        "functions": functions,
        "phases": {
            "construct": {"calls": total, "edges": edges},
            "trace": {"calls": 3, "edges": later},
        },
    }


def worked(depth: int, nodes: int, size: int = 0) -> dict[str, Any]:
    return {
        "status": "ok",
        "model": {"inbound_nodes": nodes},
        "phases": {
            "construct": {
                "counters": {"symbolic_calls": nodes, "retained_bytes": 100 * depth + size},
                "types": [["Node", nodes]],
                "lines": [[PACKAGE, 7, 4096]],
            }
        },
    }


@pytest.fixture
def explanation() -> Explanation:
    evidence = []
    for arm, rebuilds in (("inline", False), ("incremental", True)):
        for depth in DEPTHS:
            nodes = depth * (depth + 1) // 2 if rebuilds else depth
            for repetition in range(3 if depth == DEPTHS[0] else 1):
                growth = counted(depth, rebuilds=rebuilds, wobble=repetition)
                evidence.append(Evidence("growth", arm, depth, repetition, growth))
                work = worked(depth, nodes, size=repetition)
                evidence.append(Evidence("work", arm, depth, repetition, work))
    levels = {"status": "ok", "levels": {"program": ["add"], "configuration": ["Sequential"]}}
    evidence.append(Evidence("structure", "inline", 16, 0, levels))
    evidence.append(Evidence("structure", "incremental", 16, 0, levels))
    failure = {"status": "crashed", "reason": "killed by SIGSEGV"}
    evidence.append(Evidence("growth", "broken", 8, 0, failure))
    return explain(
        evidence,
        scenario="build_style",
        architecture="mlp",
        arms=["inline", "incremental", "broken"],
        baseline="inline",
        phases=("construct",),
        composites={},
        environment={"keras": "3.15.1"},
    )


def test_edge_is_where_calls_begin_to_grow(explanation: Explanation) -> None:
    growth = next(
        each
        for each in explanation.growth
        if (each.arm, each.phase) == ("incremental", "construct")
    )
    (edge,) = growth.edges
    assert (edge.caller.name, edge.callee.name) == ("Model.rebuild", "visit")
    assert edge.callee.file == "keras/models.py"
    assert (edge.caller_law.text, edge.law.text) == ("n", "n(n + 1)/2")
    assert growth.law is not None
    assert growth.law.text == "n²/2 + 5 n/2 + 1"
    assert growth.takes_over == 6
    inline = explanation.growth[0]
    assert (inline.arm, inline.edges, inline.functions) == ("inline", (), ())


def test_functions_that_repetitions_contradict_are_not_counted() -> None:
    repetitions = [counted(8, rebuilds=False, wobble=each) for each in range(3)]
    inexact = nondeterministic_functions(repetitions, "construct")
    assert {function.name for function in inexact} == {"converted"}
    observations = {depth: counted(depth, rebuilds=False, wobble=depth % 3) for depth in DEPTHS}
    assert phase_growth(observations, "construct").law.kind == "irregular"
    assert phase_growth(observations, "construct", inexact).law.text() == "3 n + 1"


def test_phases_with_the_same_calls_are_the_same_work(explanation: Explanation) -> None:
    assert explanation.same_work["incremental"] == ("trace",)


def test_work_that_is_put_off_is_counted_until_ready() -> None:
    parts = ("construct", "build")
    evidence = []
    for depth in DEPTHS:
        for what, whole in (
            ("growth", counted(depth, rebuilds=False)),
            ("work", worked(depth, nodes=depth)),
        ):
            all_of_it = whole["phases"]["construct"]
            none = {**all_of_it, "calls": 0, "edges": []}
            none["counters"] = dict.fromkeys(all_of_it.get("counters", ()), 0)
            late = {**whole, "phases": dict(zip(parts, (none, all_of_it), strict=True))}
            evidence.append(Evidence(what, "inline", depth, 0, whole))
            evidence.append(Evidence(what, "late", depth, 0, late))
    explanation = explain(
        evidence,
        scenario="build_style",
        architecture="mlp",
        arms=["inline", "late"],
        baseline="inline",
        phases=("construct",),
        composites={"ready": parts},
        environment={},
    )
    assert explanation.same_work["late"] == ("ready",)
    found = {
        (each.arm, each.phase, each.counter): each.values
        for each in explanation.counters
        if each.phase is not None
    }
    assert found["late", "construct", "symbolic_calls"] == (0, 0, 0, 0)
    assert found["late", "ready", "symbolic_calls"] == DEPTHS
    assert found["inline", "ready", "symbolic_calls"] == DEPTHS


def test_counter_that_repetitions_contradict_is_no_gate(explanation: Explanation) -> None:
    found = {
        (each.arm, each.counter): each for each in explanation.counters if each.phase == "construct"
    }
    assert found["incremental", "symbolic_calls"].exact
    assert found["incremental", "symbolic_calls"].values == (36, 136, 528, 2080)
    assert not found["incremental", "retained_bytes"].exact


def test_structure_and_failures_are_told(explanation: Explanation) -> None:
    (structure,) = explanation.structure
    assert structure.same_program
    (failure,) = explanation.failures
    assert (failure.arm, failure.kind) == ("broken", "crashed")


def test_explanation_reads_back_as_it_was_written(explanation: Explanation) -> None:
    assert Explanation.model_validate_json(explanation.model_dump_json()) == explanation


def test_what_no_arm_does_is_not_counted() -> None:
    evidence = [
        Evidence("work", "inline", depth, 0, {**worked(depth, depth), "phases": _prepared(depth)})
        for depth in DEPTHS
    ]
    found = explain(
        evidence,
        scenario="s",
        architecture="mlp",
        arms=["inline"],
        baseline="inline",
        phases=("construct",),
        composites={},
        environment={},
    )
    assert {each.phase for each in found.counters} == {None, "construct"}


def _prepared(depth: int) -> dict[str, Any]:
    phases: dict[str, Any] = worked(depth, depth)["phases"]
    return {**phases, "prepare": phases["construct"], "runtime": phases["construct"]}
