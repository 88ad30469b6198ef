"""The calls of a phase by everything that led to them: whose they are, and what grows."""

from __future__ import annotations

from dataclasses import replace

from bench.analysis.evidence.explain import Evidence, explain
from bench.domain.findings.explanation import Explanation
from tests.analysis.worked_evidence import DEPTHS, counted, worked_explanation


def explained(evidence: list[Evidence], **changes: object) -> Explanation:
    known = {
        "scenario": "build_style",
        "architecture": "mlp",
        "arms": ["inline", "incremental"],
        "baseline": "inline",
        "phases": ("construct",),
        "composites": {},
        "environment": {},
    }
    return explain(evidence, **{**known, **changes})  # type: ignore[arg-type]


def test_tree_is_of_the_first_phase_at_the_deepest() -> None:
    inline, incremental = worked_explanation().call_trees
    assert (inline.arm, incremental.arm) == ("inline", "incremental")
    assert {each.phase for each in (inline, incremental)} == {"construct"}
    assert {each.layers for each in (inline, incremental)} == {DEPTHS[-1]}
    visits = 64 * 65 // 2
    names = [incremental.functions[at].name for _, at, _, _ in incremental.frames]
    assert names == ["the caller", "build", "Model.add", "Model.rebuild", "visit"]
    assert [each[2:] for each in incremental.frames[2:]] == [
        (64, 64 + visits),
        (64, visits),
        (visits, 0),
    ]


def test_functions_that_grow_faster_than_the_layers_are_marked() -> None:
    inline, incremental = worked_explanation().call_trees
    assert [incremental.functions[at].name for at in incremental.growing] == ["visit"]
    assert inline.growing == ()


def test_arm_that_makes_as_many_calls_as_the_baseline_has_no_tree() -> None:
    found = explained(
        [
            Evidence("growth", arm, depth, 0, counted(depth, rebuilds=False))
            for arm in ("inline", "incremental")
            for depth in DEPTHS
        ]
    )
    assert [each.arm for each in found.call_trees] == ["inline"]


def test_single_depth_has_trees_in_which_nothing_grows() -> None:
    found = explained(
        [
            Evidence("growth", arm, 8, 0, counted(8, rebuilds=arm == "incremental"))
            for arm in ("inline", "incremental")
        ]
    )
    assert [each.growing for each in found.call_trees] == [(), ()]


def test_phases_that_are_added_up_have_no_tree() -> None:
    evidence = [Evidence("growth", "inline", 8, 0, counted(8, rebuilds=False))]
    found = explained(evidence, phases=("ready",), composites={"ready": ("construct", "trace")})
    assert found.call_trees == ()


def test_pass_that_sees_no_tree_costs_the_trees_alone() -> None:
    outcome = counted(8, rebuilds=False)
    phases = {name: each._replace(tree=()) for name, each in outcome.phases.items()}
    found = explained([Evidence("growth", "inline", 8, 0, replace(outcome, phases=phases))])
    assert found.call_trees == ()
    assert found.growth
