"""What is said of calls among functions that are not called as often each time, worked by hand."""

from __future__ import annotations

import pytest

from bench.analysis.evidence.call_growth import (
    PhaseGrowth,
    nondeterministic_functions,
    phase_growth,
)
from bench.domain.findings.evidence import CallCount, CodeLocation, GrowthOutcome, PhaseCalls

DEPTHS = (8, 16, 32, 64)
PHASE = "construct"


def counted(depth: int, wobble: int, *, often: int) -> GrowthOutcome:
    """A builder that visits n² layers, each of which hashes ``often``; hashing calls n² others.

    It hashes 5 times more, and ``wobble`` more than that.
    """
    names = ("the caller", "build", "visit", "hash", "compare")
    functions = tuple(CodeLocation("m.py", line, name) for line, name in enumerate(names))
    visits = comparisons = depth * depth
    hashes = often * visits + 5 + wobble
    in_visits = hashes + comparisons
    edges = (
        CallCount(0, 1, 1, visits + in_visits, 900),
        CallCount(1, 2, visits, in_visits, 800),
        CallCount(2, 3, hashes, comparisons, 700),
        CallCount(3, 4, comparisons, 0, 600),
    )
    return GrowthOutcome(functions, {PHASE: PhaseCalls(sum(each.calls for each in edges), edges)})


def growth(often: int) -> PhaseGrowth:
    """The growth without the functions that repetitions contradict, which are ``hash`` alone."""
    repetitions = [counted(DEPTHS[0], wobble, often=often) for wobble in range(3)]
    inexact = nondeterministic_functions(repetitions, PHASE)
    assert {each.name for each in inexact} == {"hash"}
    # It is called less and less often than the layers would have it.
    observations = {
        depth: counted(depth, 3 - place, often=often) for place, depth in enumerate(DEPTHS)
    }
    return phase_growth(observations, PHASE, inexact)


def of_edges(found: PhaseGrowth) -> list[float]:
    return [edge.calls_share for edge in found.edges]


@pytest.mark.parametrize("often", [0, 1, 10, 1000])
def test_share_of_calls_is_a_part_of_all_of_them_also_of_those_that_are_not_counted(
    often: int,
) -> None:
    found = growth(often)
    shares = {each.function.name: each.calls_share for each in found.functions}
    visits = DEPTHS[-1] ** 2
    hashes = often * visits + 5
    assert shares["visit"] == pytest.approx((hashes + visits) / (1 + 2 * visits + hashes))
    assert shares["compare"] == 0.0
    assert all(0 <= share <= 1 for share in (*shares.values(), *of_edges(found)))


def test_calls_of_functions_that_repetitions_contradict_are_not_counted() -> None:
    assert growth(often=10).calls == tuple(1 + 2 * depth**2 for depth in DEPTHS)


def test_growth_does_not_begin_where_the_calls_of_the_caller_are_not_known() -> None:
    found = growth(often=0)
    assert {(each.caller.name, each.callee.name) for each in found.edges} == {("build", "visit")}
    assert "compare" in {each.function.name for each in found.functions}
