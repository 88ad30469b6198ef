"""What the untimed passes return of two builders, and the explanation of it, worked by hand."""

from __future__ import annotations

from bench.analysis.evidence.explain import Evidence, explain
from bench.domain.findings.evidence import (
    CallCount,
    CallTreeNode,
    CodeLocation,
    Failure,
    GrowthOutcome,
    LineBytes,
    PhaseCalls,
    PhaseWork,
    StructureOutcome,
    TypeCount,
    WorkOutcome,
)
from bench.domain.findings.explanation import Explanation

PACKAGE = "/anywhere/lib/python3/site-packages/keras/models.py"
DEPTHS = (8, 16, 32, 64)


def counted(depth: int, *, rebuilds: bool, wobble: int = 0) -> GrowthOutcome:
    """What the growth pass returns of a builder that adds ``depth`` layers."""
    functions = (
        CodeLocation("", 0, "the caller"),
        CodeLocation("/home/me/mine.py", 3, "build"),
        CodeLocation(PACKAGE, 10, "Model.add"),
        CodeLocation(PACKAGE, 20, "Model.rebuild"),
        CodeLocation(PACKAGE, 30, "visit"),
        CodeLocation(f"/tmp/__autograph_generated_file{wobble}abc.py", 1, "converted"),
    )
    visits = depth * (depth + 1) // 2 if rebuilds else depth
    edges = (
        CallCount(0, 1, 1, 2 * depth + visits + 5 + wobble, 900),
        CallCount(1, 2, depth, depth + visits, 800),
        CallCount(2, 3, depth, visits, 700),
        CallCount(3, 4, visits, 0, 600),
        CallCount(1, 5, 5 + wobble, 0, 10),
    )
    total = sum(edge.calls for edge in edges)
    tree = (
        CallTreeNode(0, 0, 1, total),
        CallTreeNode(0, 1, 1, total - 1),
        CallTreeNode(1, 2, depth, depth + visits),
        CallTreeNode(2, 3, depth, visits),
        CallTreeNode(3, 4, visits, 0),
    )
    later = PhaseCalls(3, (CallCount(0, 5, 3, 0, 5),))
    return GrowthOutcome(functions, {"construct": PhaseCalls(total, edges, tree), "trace": later})


def worked(depth: int, nodes: int, size: int = 0) -> WorkOutcome:
    """What the work pass returns of a builder that makes ``nodes`` nodes."""
    construct = PhaseWork(
        counters={"symbolic_calls": nodes, "retained_bytes": 100 * depth + size},
        types=(TypeCount("Node", nodes),),
        lines=(LineBytes(PACKAGE, 7, 4096),),
    )
    return WorkOutcome({"construct": construct}, model={"inbound_nodes": nodes})


def worked_explanation() -> Explanation:
    """Of two builders, of which ``incremental`` visits earlier layers again; one arm crashes."""
    evidence = []
    for arm, rebuilds in (("inline", False), ("incremental", True)):
        for depth in DEPTHS:
            nodes = depth * (depth + 1) // 2 if rebuilds else depth
            for repetition in range(3 if depth == DEPTHS[0] else 1):
                growth = counted(depth, rebuilds=rebuilds, wobble=repetition)
                evidence.append(Evidence("growth", arm, depth, repetition, growth))
                work = worked(depth, nodes, size=repetition)
                evidence.append(Evidence("work", arm, depth, repetition, work))
    levels = StructureOutcome({"configuration": ("Sequential",), "program": ("add",)}, missing={})
    evidence.append(Evidence("structure", "inline", 16, 0, levels))
    evidence.append(Evidence("structure", "incremental", 16, 0, levels))
    failure = Failure("crashed", "killed by SIGSEGV")
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
