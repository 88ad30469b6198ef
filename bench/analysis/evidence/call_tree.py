"""The calls of a phase by everything that led to them, as the growth pass saw them once."""

from __future__ import annotations

from collections.abc import Collection

from bench.analysis.evidence.call_growth import location_of
from bench.analysis.evidence.naming import function_finding
from bench.domain.findings.evidence import CodeLocation, GrowthOutcome
from bench.domain.findings.explanation import CallTree


def call_tree(
    arm: str,
    phase: str,
    layers: int,
    observation: GrowthOutcome,
    growing: Collection[CodeLocation],
) -> CallTree | None:
    """The tree of ``phase`` of ``arm``, in which ``growing`` functions are marked.

    None where the pass has none.
    """
    nodes = observation.phases[phase].tree
    if not nodes:
        return None
    places = {
        number: at for at, number in enumerate(dict.fromkeys(each.function for each in nodes))
    }
    functions = [location_of(*observation.functions[number]) for number in places]
    return CallTree(
        arm=arm,
        phase=phase,
        layers=layers,
        functions=tuple(map(function_finding, functions)),
        growing=tuple(at for at, each in enumerate(functions) if each in growing),
        frames=tuple(
            (each.parent, places[each.function], each.calls, each.within) for each in nodes
        ),
    )
