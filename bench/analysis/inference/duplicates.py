"""Composites that equal one of their parts, which are no second comparison.

``ready`` of an arm whose ``build`` has nothing to do is ``construct``, measured once. Whether that
is so of a model, the samples say: the plan does not know when a builder returns an unbuilt one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bench.analysis.samples.invocations import Invocations
from bench.domain.design.comparison import Comparison
from bench.domain.panel import Cell


def without_duplicates(
    comparisons: Sequence[Comparison],
    invocations: Invocations,
    composites: Mapping[str, Mapping[str, tuple[str, ...]]],
) -> list[Comparison]:
    """``comparisons`` in their order, without those that repeat another one.

    A composite repeats a part that is compared too if the other parts had nothing to do in any
    invocation of both cells. The composite is left out, unless it is headline and the part is not,
    which is then left out instead. ``composites`` maps a call mode to its composites, and the name
    of each to its phases. A cell that was not measured repeats nothing.
    """
    idle = _idle_phases(invocations)
    compared = {(each.arm, each.baseline, each.phase) for each in comparisons}
    headline = {(each.arm, each.baseline, each.phase) for each in comparisons if each.headline}
    repeated = set()
    for arm, baseline, phase in compared:
        parts = composites.get(arm.panel.call_mode, {}).get(phase, ())
        busy = {
            tuple(part for part in parts if part not in idle.get(cell, frozenset(parts)))
            for cell in (arm, baseline)
        }
        if len(busy) > 1 or len(only := busy.pop()) != 1:
            continue
        whole, part = (arm, baseline, phase), (arm, baseline, only[0])
        if part in compared:
            repeated.add(part if whole in headline and part not in headline else whole)
    return [each for each in comparisons if (each.arm, each.baseline, each.phase) not in repeated]


def _idle_phases(invocations: Invocations) -> dict[Cell, frozenset[str]]:
    """For each measured cell, the phases in which none of its invocations had anything to do."""
    return {
        cell: frozenset(
            phase
            for phase, idle in zip(
                invocations.phases,
                invocations.nothing_to_do[invocations.cell == number].all(axis=0),
                strict=True,
            )
            if idle
        )
        for number, cell in enumerate(invocations.cells)
    }
