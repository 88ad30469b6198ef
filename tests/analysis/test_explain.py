"""Conclusions from what the untimed passes returned, worked by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bench.analysis.evidence.call_growth import nondeterministic_functions, phase_growth
from bench.analysis.evidence.explain import Evidence, explain
from bench.domain.findings.evidence import PhaseCalls, PhaseWork, StructureOutcome, WorkOutcome
from bench.domain.findings.explanation import Explanation
from tests.analysis.worked_evidence import DEPTHS, counted, worked, worked_explanation


@pytest.fixture
def explanation() -> Explanation:
    return worked_explanation()


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
    wobbling, law = (
        phase_growth(observations, "construct", left_out).law for left_out in (frozenset(), inexact)
    )
    assert wobbling is not None
    assert wobbling.kind == "irregular"
    assert law is not None
    assert law.text() == "3 n + 1"


def test_phases_with_the_same_calls_are_the_same_work(explanation: Explanation) -> None:
    assert explanation.same_work["incremental"] == ("trace",)


def test_work_that_is_put_off_is_counted_until_ready() -> None:
    parts = ("construct", "build")
    evidence = []
    for depth in DEPTHS:
        growth, work = counted(depth, rebuilds=False), worked(depth, nodes=depth)
        no_work = PhaseWork(dict.fromkeys(work.phases["construct"].counters, 0), (), ())
        late_growth = {"construct": PhaseCalls(0, ()), "build": growth.phases["construct"]}
        late_work = {"construct": no_work, "build": work.phases["construct"]}
        evidence += [
            Evidence("growth", "inline", depth, 0, growth),
            Evidence("growth", "late", depth, 0, replace(growth, phases=late_growth)),
            Evidence("work", "inline", depth, 0, work),
            Evidence("work", "late", depth, 0, replace(work, phases=late_work)),
        ]
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


def test_what_an_arm_does_not_have_is_told_once_of_the_deepest() -> None:
    missing = {"program": "no XLA form: LookupTableFindV2"}
    structure = StructureOutcome({"graph": ("x",)}, missing)
    counters = {"program_instructions": "no XLA form: LookupTableFindV2"}
    evidence = [
        *(Evidence("work", "text", n, 0, replace(worked(n, n), missing=counters)) for n in DEPTHS),
        Evidence("structure", "text", 16, 0, structure),
        Evidence("structure", "plain", 16, 0, StructureOutcome({"graph": ("x",)}, {})),
    ]
    found = explain(
        evidence,
        scenario="s",
        architecture=None,
        arms=["plain", "text"],
        baseline="plain",
        phases=("construct",),
        composites={},
        environment={},
    )
    assert [(each.arm, each.layers, each.what) for each in found.missing] == [
        ("text", 16, "program"),
        ("text", 64, "program_instructions"),
    ]
    assert found.structure[0].same == ("graph",)
    assert Explanation.model_validate_json(found.model_dump_json()) == found


def test_explanation_reads_back_as_it_was_written(explanation: Explanation) -> None:
    assert Explanation.model_validate_json(explanation.model_dump_json()) == explanation


def test_what_no_arm_does_is_not_counted() -> None:
    evidence = [
        Evidence("work", "inline", depth, 0, _prepared(worked(depth, depth))) for depth in DEPTHS
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


def _prepared(work: WorkOutcome) -> WorkOutcome:
    construct = work.phases["construct"]
    return replace(work, phases={**work.phases, "prepare": construct, "runtime": construct})
