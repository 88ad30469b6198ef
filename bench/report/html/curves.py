"""What the page draws by itself: the times of each phase over the layers, an arm in its colour."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from bench.domain.words import listing
from bench.report.html.data import script_data
from bench.report.text.formatting import duration, ratio
from bench.report.views import Sweep

if TYPE_CHECKING:
    from bench.report.charts.layout.style import ArmStyles


def curves(sweep: Sweep, styles: ArmStyles, anchor: str, place: str) -> Markup | None:
    """The times of ``sweep`` as JSON for ``curves.js``; None where there is one depth.

    ``anchor`` tells it from others of the page, and ``place`` is what it is called. Under
    ``phases``, that one first in which all arms do the same work, each has a ``remark`` and
    ``arms``: ``name``, ``color``, ``marker``, and ``points`` of depth, seconds, these in words, and
    the ratio to the baseline, also in words: it rests on more than the times do.
    """
    if len({cell.layers for cell in sweep.cells}) < 2:
        return None
    phases = (_first_phase(sweep), sweep.main_phase, *sweep.measured_phases)
    content = {
        "anchor": anchor,
        "place": place,
        "phases": [
            {"name": phase, "remark": _remark(sweep, phase), "arms": arms}
            for phase in dict.fromkeys(phases)
            if (arms := [each for arm in sweep.arms if (each := _arm(sweep, styles, arm, phase))])
        ],
    }
    return script_data(content)


def _first_phase(sweep: Sweep) -> str:
    """The main phase, or the headline that sums it up with what arms do of it later."""
    return next(iter(_sums(sweep, sweep.main_phase, sweep.headline_phases)), sweep.main_phase)


def _remark(sweep: Sweep, phase: str) -> str:
    """Which arms do the work of ``phase`` later, so that their times in it are no comparison."""
    later = {
        arm: sums[0]
        for arm in sweep.arms
        if phase not in sweep.headlines(arm) and (sums := _sums(sweep, phase, sweep.headlines(arm)))
    }
    if not later or phase not in sweep.headline_phases:
        return ""
    do = "does" if len(later) == 1 else "do"
    include = "includes" if len(set(later.values())) == 1 else "include"
    where = listing(dict.fromkeys(later.values()))
    return f"{listing(later)} {do} part of this work after {phase}; {where} {include} it."


def _sums(sweep: Sweep, phase: str, among: tuple[str, ...]) -> list[str]:
    """Those ``among`` phases that are sums of ``phase`` and others."""
    return [each for each in among if phase in sweep.lifecycle.composites.get(each, ())]


def _arm(sweep: Sweep, styles: ArmStyles, arm: str, phase: str) -> dict[str, Any] | None:
    points = [
        [depth, cell.value, duration(cell.value), _ratio(sweep, arm, depth, phase)]
        for depth in sweep.depths
        if depth is not None and (cell := sweep.cell(arm, depth, phase)) is not None
    ]
    if not points:
        return None
    look = styles[arm].look
    return {
        "name": styles[arm].name,
        "color": look.color,
        "marker": look.marker,
        "points": points,
    }


def _ratio(sweep: Sweep, arm: str, depth: int, phase: str) -> str:
    comparison = sweep.comparison(arm, depth, phase)
    if arm == sweep.baseline or comparison is None or comparison.ratio is None:
        return ""
    return f"{ratio(comparison.ratio)} ×"
