"""How the time of phases grows that have no line in the table of curves, in a sentence."""

from __future__ import annotations

from collections.abc import Sequence

from bench.domain.words import listing
from bench.report.text.formatting import significant
from bench.report.text.sentences import HOW, growth_title
from bench.report.views import Sweep


def growth_answer(sweep: Sweep, told: Sequence[str]) -> str:
    """Of each phase of its own but those ``told``: its growth, or how many times longer it takes.

    ``trace grows linearly; unresolved from 4 to 64 layers: compile 1.2 times``; empty where nothing
    was measured at two depths.
    """
    sums = sweep.lifecycle.composites
    phases = [each for each in sweep.measured_phases if each not in told and each not in sums]
    alike: dict[str, list[str]] = {}
    apart, times = [], []
    for phase in phases:
        ways = {fit.growth for arm in arms_of(sweep) if (fit := sweep.growth(arm, phase))}
        if len(ways) == 1 and ways != {"unresolved"}:
            alike.setdefault(HOW[ways.pop()], []).append(phase)
        elif ways - {"unresolved"}:
            apart.append(growth_title(sweep, phase))
        elif text := _times(sweep, phase):
            times.append(text)
    parts = [
        f"{listing(names)} {'grows' if len(names) == 1 else 'grow'} {how}"
        for how, names in alike.items()
    ]
    if times:
        depths = sorted(cell.layers for cell in sweep.cells if cell.layers is not None)
        begin = f"from {depths[0]} to {depths[-1]} layers, unresolved: "
        parts.append(f"{begin}{', '.join(times)}")
    return "; ".join([*parts, *apart])


def arms_of(sweep: Sweep) -> list[str]:
    """Its arms but the placebo."""
    return [arm for arm in sweep.arms if arm not in sweep.placebos]


def _times(sweep: Sweep, phase: str) -> str:
    """``trace 1.1 to 14 times``: over the arms, from the shallowest to the deepest."""
    found = sorted(span.times for arm in arms_of(sweep) if (span := sweep.span(arm, phase)))
    ends = list(dict.fromkeys(significant(each, 2) for each in (found[:1] + found[-1:])))
    return f"{phase} {' to '.join(ends)} times" if ends else ""
