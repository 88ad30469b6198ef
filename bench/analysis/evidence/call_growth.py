"""Which functions' calls grow faster than the layers, and the edge where that begins.

Calls are counted exactly at several depths, so that each count has an exact law (see
``exact_counts``). A function that is called n² times may be innocent: whoever calls it may be
called as often. The edge is where growth appears: a caller whose own calls grow more slowly than
the calls it makes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import NamedTuple

from bench.analysis.evidence.exact_counts import ExactGrowth, exact_growth
from bench.domain.findings.evidence import CodeLocation, GrowthOutcome

FASTER = 0.25
"""By how much an order of growth exceeds another, at least, to be called faster."""

_DEEPEST = 10**9


@dataclass(frozen=True)
class FunctionGrowth:
    """How often a function is called at each depth, and its part of the phase at the deepest.

    ``calls_share`` and ``time_share`` are of everything within its outermost calls.
    """

    function: CodeLocation
    calls: tuple[int, ...]
    law: ExactGrowth
    calls_share: float
    time_share: float


@dataclass(frozen=True)
class Edge:
    """A caller that is called less and less often than it calls.

    ``caller_law`` is that of the caller's own calls, ``law`` of those it makes to ``callee``;
    ``calls_share`` is the part of all calls at the deepest that are made within them.
    """

    caller: CodeLocation
    callee: CodeLocation
    caller_law: ExactGrowth
    law: ExactGrowth
    calls_share: float
    time_share: float


@dataclass(frozen=True)
class PhaseGrowth:
    """The calls of one phase of one arm at ``depths``.

    ``functions`` and ``edges`` grow faster than the layers, the largest share of calls first.
    ``takes_over`` is the depth from which the part of all calls that grows faster than the layers
    is more than half of them; None where there is none, or no law of it. At a single depth nothing
    grows, and there is no law.
    """

    depths: tuple[int, ...]
    calls: tuple[int, ...]
    law: ExactGrowth | None
    functions: tuple[FunctionGrowth, ...]
    edges: tuple[Edge, ...]
    takes_over: int | None


def nondeterministic_functions(
    repetitions: Sequence[GrowthOutcome], phase: str
) -> frozenset[CodeLocation]:
    """Functions that are not called as often in every one of ``repetitions`` of one cell.

    Where work hangs on the addresses of objects, as the order of a set does, counts are not exact.
    """
    seen = [_Calls.of(each, phase) for each in repetitions]
    functions = {function for each in seen for function in each.into}
    return frozenset(
        function for function in functions if len({each.calls_of(function) for each in seen}) > 1
    )


def phase_growth(
    observations: Mapping[int, GrowthOutcome],
    phase: str,
    inexact: frozenset[CodeLocation] = frozenset(),
) -> PhaseGrowth:
    """What the growth pass saw of ``phase``, from depth → what it returned there.

    Calls of ``inexact`` functions are not counted. Raises ``KeyError`` where ``phase`` is missing.
    """
    depths = tuple(sorted(observations))
    seen = [_Calls.of(observations[depth], phase).without(inexact) for depth in depths]
    totals = tuple(each.total for each in seen)
    if len(depths) == 1:
        return PhaseGrowth(depths, totals, None, functions=(), edges=(), takes_over=None)
    law = exact_growth(depths, totals)
    deepest = seen[-1]
    functions = [
        FunctionGrowth(
            function=function,
            calls=calls,
            law=found,
            calls_share=deepest.within(function) / max(deepest.of_all, 1),
            time_share=deepest.time(function) / max(deepest.time_ns, 1),
        )
        for function in {callee for _, callee in deepest.edges}
        if (
            found := exact_growth(depths, calls := tuple(each.calls_of(function) for each in seen))
        ).order
        > 1 + FASTER
    ]
    edges = [
        edge
        for caller, callee in deepest.edges
        if caller != callee
        and caller not in inexact
        and (edge := _edge(depths, seen, caller, callee)) is not None
    ]
    return PhaseGrowth(
        depths=depths,
        calls=totals,
        law=law,
        functions=tuple(sorted(functions, key=lambda each: (-each.calls_share, each.function))),
        edges=tuple(sorted(edges, key=lambda each: (-each.calls_share, each.caller, each.callee))),
        takes_over=_takes_over(law),
    )


def _edge(
    depths: Sequence[int], seen: Sequence[_Calls], caller: CodeLocation, callee: CodeLocation
) -> Edge | None:
    law = exact_growth(depths, [each.calls(caller, callee) for each in seen])
    if law.order <= 1 + FASTER:
        return None
    caller_law = exact_growth(depths, [each.calls_of(caller) for each in seen])
    if law.order <= caller_law.order + FASTER:
        return None
    deepest = seen[-1]
    counts = deepest.edges[caller, callee]
    return Edge(
        caller=caller,
        callee=callee,
        caller_law=caller_law,
        law=law,
        calls_share=counts.within / max(deepest.of_all, 1),
        time_share=counts.time_ns / max(deepest.time_ns, 1),
    )


def _takes_over(law: ExactGrowth) -> int | None:
    if law.kind not in ("quadratic", "cubic"):
        return None
    depth = 1
    while depth < _DEEPEST:
        terms = [each * depth**power for power, each in enumerate(law.coefficients)]
        if sum(terms[2:]) > sum(terms[:2]):
            return depth
        depth += max(1, depth // 1000)
    return None


class _Counts(NamedTuple):
    calls: int
    within: int
    time_ns: int


@dataclass(frozen=True)
class _Calls:
    """The calls of one phase at one depth: ``total`` of those counted, ``of_all`` of all."""

    total: int
    of_all: int
    time_ns: int
    edges: Mapping[tuple[CodeLocation, CodeLocation], _Counts]
    into: Mapping[CodeLocation, _Counts]

    @classmethod
    def of(cls, observation: GrowthOutcome, phase: str) -> _Calls:
        functions = [location_of(*each) for each in observation.functions]
        found = observation.phases[phase]
        edges: dict[tuple[CodeLocation, CodeLocation], _Counts] = {}
        into: dict[CodeLocation, _Counts] = {}
        for caller, callee, *counts in found.edges:
            key = functions[caller], functions[callee]
            edges[key] = _sum(edges.get(key), counts)
            into[key[1]] = _sum(into.get(key[1]), counts)
        begun = functions[0]
        time_ns = sum(counts.time_ns for (caller, _), counts in edges.items() if caller == begun)
        # Whoever began was not called: it counts as called once.
        into[begun] = _Counts(1, found.calls, time_ns)
        return cls(found.calls, found.calls, time_ns, edges, into)

    def without(self, functions: frozenset[CodeLocation]) -> _Calls:
        lost = sum(self.calls_of(function) for function in functions)
        edges = {edge: counts for edge, counts in self.edges.items() if edge[1] not in functions}
        return replace(self, total=self.total - lost, edges=edges)

    def calls_of(self, function: CodeLocation) -> int:
        return self.into.get(function, _NO_COUNTS).calls

    def within(self, function: CodeLocation) -> int:
        return self.into.get(function, _NO_COUNTS).within

    def time(self, function: CodeLocation) -> int:
        return self.into.get(function, _NO_COUNTS).time_ns

    def calls(self, caller: CodeLocation, callee: CodeLocation) -> int:
        return self.edges.get((caller, callee), _NO_COUNTS).calls


_NO_COUNTS = _Counts(0, 0, 0)
_GENERATED = re.compile(r".*(__autograph_generated_file)\w+(\.py)")


@lru_cache(maxsize=1 << 16)
def location_of(file: str, line: int, name: str) -> CodeLocation:
    """A function by one name in all passes; generated code has another file in each."""
    return CodeLocation(_GENERATED.sub(r"\1\2", file), line, name)


def _sum(known: _Counts | None, counts: Sequence[int]) -> _Counts:
    before = known or _NO_COUNTS
    return _Counts(*(a + b for a, b in zip(before, counts, strict=True)))
