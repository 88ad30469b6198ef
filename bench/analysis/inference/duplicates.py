"""Composites that equal one of their parts, which are no second comparison.

``ready`` of an arm whose ``build`` has nothing to do is ``construct``, measured once. Whether that
is so of a model, the samples say: the plan does not know when a builder returns an unbuilt one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from bench.analysis.arrays import Booleans
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
    of each to its phases. A cell that was not measured, or not in all of these, repeats nothing.
    """
    seen = _seen_phases(invocations)
    compared = {(each.arm, each.baseline, each.phase) for each in comparisons}
    headline = {(each.arm, each.baseline, each.phase) for each in comparisons if each.headline}
    repeated = set()
    for arm, baseline, phase in compared:
        parts = composites.get(arm.panel.call_mode, {}).get(phase, ())
        cells = [seen[cell] for cell in (arm, baseline) if cell in seen]
        if len(cells) < 2 or not all(each.ended.issuperset(parts) for each in cells):
            continue
        busy = {tuple(part for part in parts if part not in each.idle) for each in cells}
        if len(busy) > 1 or len(only := busy.pop()) != 1:
            continue
        whole, part = (arm, baseline, phase), (arm, baseline, only[0])
        if part in compared:
            repeated.add(part if whole in headline and part not in headline else whole)
    return [each for each in comparisons if (each.arm, each.baseline, each.phase) not in repeated]


class _Seen(NamedTuple):
    """Phases that invocations of a cell ended, and those in which none had anything to do."""

    ended: frozenset[str]
    idle: frozenset[str]


def _seen_phases(invocations: Invocations) -> dict[Cell, _Seen]:
    found = {}
    for number, cell in enumerate(invocations.cells):
        mine = invocations.cell == number
        idle = invocations.nothing_to_do[mine]
        ended = (idle | ~np.isnan(invocations.seconds[mine])).any(axis=0)
        idle = (idle | np.isnan(invocations.seconds[mine])).all(axis=0) & ended
        found[cell] = _Seen(*(_names(invocations.phases, each) for each in (ended, idle)))
    return found


def _names(phases: Sequence[str], chosen: Booleans) -> frozenset[str]:
    return frozenset(phase for phase, is_it in zip(phases, chosen, strict=True) if is_it)
