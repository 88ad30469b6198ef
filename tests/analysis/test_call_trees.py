"""The calls of a phase by everything that led to them: whose they are, and what grows."""

from __future__ import annotations

from dataclasses import replace

from bench.analysis.evidence.explain import Evidence, explain
from bench.domain.findings.evidence import PhaseCalls
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


def test_arms_are_drawn_until_they_are_ready() -> None:
    """One that builds later is not drawn as one that makes fewer calls."""
    evidence = []
    for depth in DEPTHS:
        outcome = counted(depth, rebuilds=True)
        evidence.append(Evidence("growth", "inline", depth, 0, outcome))
        construct = outcome.phases["construct"]
        later = PhaseCalls(0, (), (construct.tree[0]._replace(within=0),))
        phases = {**outcome.phases, "construct": later, "build": construct}
        deferred = replace(outcome, phases=phases)
        evidence.append(Evidence("growth", "incremental", depth, 0, deferred))
    found = explained(evidence, composites={"ready": ("construct", "build")})
    (inline,) = found.call_trees
    assert (inline.arm, inline.phase) == ("inline", "ready")
    assert "ready" in found.same_work["incremental"]
    assert "construct" not in found.same_work["incremental"]


def test_trees_of_several_phases_stand_next_to_each_other() -> None:
    outcome = counted(8, rebuilds=False)
    phases = {**outcome.phases, "build": outcome.phases["construct"]}
    evidence = [Evidence("growth", "inline", 8, 0, replace(outcome, phases=phases))]
    found = explained(evidence, composites={"ready": ("construct", "build")})
    (tree,) = found.call_trees
    once = counted(8, rebuilds=False).phases["construct"].tree
    assert tree.frames[0] == (0, 0, 1, 2 * once[0].within)
    parents = [parent for parent, *_ in tree.frames]
    assert parents == [0, 0, 1, 2, 3, 0, 5, 6, 7]
    assert tree.frames[1][1:] == tree.frames[5][1:]


def test_trees_are_of_the_deepest_that_all_arms_have() -> None:
    found = explained(
        [
            Evidence("growth", arm, depth, 0, counted(depth, rebuilds=arm == "incremental"))
            for arm, depths in (("inline", DEPTHS), ("incremental", DEPTHS[:2]))
            for depth in depths
        ]
    )
    assert [(each.arm, each.layers) for each in found.call_trees] == [
        ("inline", DEPTHS[1]),
        ("incremental", DEPTHS[1]),
    ]


def test_arms_without_a_common_depth_have_no_trees() -> None:
    found = explained(
        [
            Evidence("growth", "inline", 8, 0, counted(8, rebuilds=False)),
            Evidence("growth", "incremental", 16, 0, counted(16, rebuilds=True)),
        ]
    )
    assert found.call_trees == ()


def test_pass_that_sees_no_tree_costs_the_trees_alone() -> None:
    outcome = counted(8, rebuilds=False)
    phases = {name: each._replace(tree=()) for name, each in outcome.phases.items()}
    found = explained([Evidence("growth", "inline", 8, 0, replace(outcome, phases=phases))])
    assert found.call_trees == ()
    assert found.growth
