"""What the page draws by itself: the times of each phase over the layers, an arm in its colour."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from bench.report.text.formatting import duration, ratio
from bench.report.views import Sweep

if TYPE_CHECKING:
    from bench.report.charts.layout.style import ArmStyles


def curves(sweep: Sweep, styles: ArmStyles) -> Markup | None:
    """The times of ``sweep`` as JSON for ``report.js``; None where there is one depth.

    Under ``phases``, the first one that the scenario is about first, each has ``arms``: ``name``,
    ``color``, and ``points`` of depth, seconds, these in words, and the ratio to the baseline, also
    in words: it rests on more than the times do. Nothing in it can end a script.
    """
    if len({cell.layers for cell in sweep.cells}) < 2:
        return None
    phases = (sweep.main_phase, *sweep.measured_phases)
    content: dict[str, Any] = {
        "phases": [
            {"name": phase, "arms": arms}
            for phase in dict.fromkeys(phases)
            if (arms := [each for arm in sweep.arms if (each := _arm(sweep, styles, arm, phase))])
        ],
    }
    text = json.dumps(content, ensure_ascii=True)
    return Markup(text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026"))


def _arm(sweep: Sweep, styles: ArmStyles, arm: str, phase: str) -> dict[str, Any] | None:
    points = [
        [depth, cell.value, duration(cell.value), _ratio(sweep, arm, depth, phase)]
        for depth in sweep.depths
        if depth is not None and (cell := sweep.cell(arm, depth, phase)) is not None
    ]
    if not points:
        return None
    return {"name": styles[arm].name, "color": styles[arm].look.color, "points": points}


def _ratio(sweep: Sweep, arm: str, depth: int, phase: str) -> str:
    comparison = sweep.comparison(arm, depth, phase)
    if arm == sweep.baseline or comparison is None or comparison.ratio is None:
        return ""
    return f"{ratio(comparison.ratio)} ×"
