"""Adds to what the passes counted in phases what the composites of those phases add up to."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from bench.domain.findings.evidence import (
    CallTreeNode,
    Explaining,
    GrowthOutcome,
    PhaseCalls,
    PhaseWork,
    WorkOutcome,
)

T = TypeVar("T")


def with_composites(outcome: Explaining, composites: Mapping[str, Sequence[str]]) -> Explaining:
    """``outcome`` with what the phases of each composite add up to."""
    if isinstance(outcome, GrowthOutcome):
        calls = _sums(outcome.phases, _complete(composites, outcome), _calls)
        return replace(outcome, phases={**outcome.phases, **calls})
    if isinstance(outcome, WorkOutcome):
        work = _sums(outcome.phases, _complete(composites, outcome), _work)
        return replace(outcome, phases={**outcome.phases, **work})
    return outcome


def _complete(
    composites: Mapping[str, Sequence[str]], outcome: GrowthOutcome | WorkOutcome
) -> dict[str, Sequence[str]]:
    """Those of ``composites`` of which no part has failed."""
    failed = {each.phase for each in outcome.failures}
    return {name: parts for name, parts in composites.items() if failed.isdisjoint(parts)}


def _sums(
    phases: Mapping[str, T],
    composites: Mapping[str, Sequence[str]],
    together: Callable[[Sequence[T]], T],
) -> dict[str, T]:
    return {
        name: together([phases[part] for part in parts if part in phases])
        for name, parts in composites.items()
    }


def _calls(phases: Sequence[PhaseCalls]) -> PhaseCalls:
    return PhaseCalls(
        calls=sum(each.calls for each in phases),
        edges=tuple(edge for each in phases for edge in each.edges),
        tree=_tree([each.tree for each in phases if each.calls]),
    )


def _tree(trees: Sequence[tuple[CallTreeNode, ...]]) -> tuple[CallTreeNode, ...]:
    """Trees below one node that begins them all; empty where one of them is."""
    if not all(trees):
        return ()
    begins = CallTreeNode(0, 0, 1, sum(tree[0].within for tree in trees))
    found = [begins]
    for tree in trees:
        before = len(found) - 1
        found += [
            each._replace(parent=each.parent + before if each.parent else 0) for each in tree[1:]
        ]
    return tuple(found)


def _work(phases: Sequence[PhaseWork]) -> PhaseWork:
    """The counters of several phases; what one peaks at is no sum."""
    names = [name for name in phases[0].counters if name != "peak_bytes"]
    counters = {name: sum(each.counters[name] for each in phases) for name in names}
    return PhaseWork(counters, types=(), lines=())
