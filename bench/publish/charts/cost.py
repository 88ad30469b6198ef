"""Cost against layers: a panel per phase, a line per arm, equal slopes at equal angles."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from matplotlib.axes import Axes

from bench.analysis.findings import CellFinding, ScalingFinding
from bench.publish.charts.context import Context
from bench.publish.charts.labels import label_ends
from bench.publish.charts.scales import decades, depth_axis
from bench.publish.charts.sheet import Chart, Sheet, text_width
from bench.publish.charts.style import SMALL
from bench.publish.headlines import answer_title, growth_title
from bench.publish.sweeps import Sweep
from bench.publish.words import Unit, unit_for

COLUMNS = 3
PANEL_WIDTH, PANEL_HEIGHT = 2.05, 2.0
AXIS_ROOM, ROW_ROOM = 0.6, 0.78
LEAST_SPAN = 10.0
"""No panel shows less than this ratio of top to bottom, so that noise does not look like growth."""

NOTE = (
    "Points: medians over rounds, set apart sideways where arms coincide. Bands: range over rounds."
    " Lines: fit of a + b·n + c·n² to n layers, straight pieces where nothing was fitted."
    " All axes are logarithmic and span the same ratio, so equal slopes mean equal growth."
)


@dataclass(frozen=True)
class _Line:
    """One arm in one phase, by ascending depth."""

    arm: str
    cells: tuple[CellFinding, ...]
    fit: ScalingFinding | None


def cost_chart(sweep: Sweep, context: Context) -> Chart | None:
    """Log-log cost by depth, or None where fewer than two depths were measured."""
    depths = sorted({cell.layers for cell in sweep.cells if cell.layers is not None})
    if len(depths) < 2:
        return None
    panels = {phase: _lines(sweep, phase) for phase in sweep.measured_phases}
    panels = {phase: lines for phase, lines in panels.items() if lines}
    arms = [arm for arm in sweep.arms if any(cell.arm == arm for cell in sweep.cells)]
    title = growth_title(sweep, sweep.main_phase) or answer_title(sweep, sweep.main_phase)
    label_room = 0.3 + max(text_width(context.styles[arm].name, SMALL) for arm in arms)
    columns = min(COLUMNS, len(panels))
    cell_width = AXIS_ROOM + PANEL_WIDTH + label_room
    cell_height = PANEL_HEIGHT + ROW_ROOM
    sheet = Sheet(
        0.5 + cell_width * columns,
        cell_height * math.ceil(len(panels) / columns),
        title=title,
        subtitle=context.subtitle(sweep),
        notes=context.notes(sweep, NOTE),
        handles=context.legend(arms),
    )
    span = max(LEAST_SPAN, *(_span(lines) for lines in panels.values())) * 1.7
    for number, (phase, lines) in enumerate(panels.items()):
        row, column = divmod(number, columns)
        left = AXIS_ROOM + column * cell_width
        axes = sheet.axes(left, 0.22 + row * cell_height, PANEL_WIDTH, PANEL_HEIGHT)
        _draw(axes, phase, lines, depths, span, arms, context)
    return Chart("cost", title, sheet.figure)


def _lines(sweep: Sweep, phase: str) -> list[_Line]:
    made = []
    for arm in sweep.arms:
        cells = [
            cell
            for depth in sweep.depths
            if depth is not None and (cell := sweep.cell(arm, depth, phase)) and cell.seconds > 0
        ]
        if cells:
            made.append(_Line(arm, tuple(cells), sweep.growth(arm, phase)))
    return made


def _span(lines: Sequence[_Line]) -> float:
    seconds = [cell.seconds for line in lines for cell in line.cells]
    return max(seconds) / min(seconds)


def _draw(
    axes: Axes,
    phase: str,
    lines: Sequence[_Line],
    depths: Sequence[int],
    span: float,
    arms: Sequence[str],
    context: Context,
) -> None:
    seconds = [cell.seconds for line in lines for cell in line.cells]
    unit = unit_for(max(seconds))
    middle = math.sqrt(max(seconds) * min(seconds)) / unit.size
    low, high = middle / math.sqrt(span), middle * math.sqrt(span)
    axes.set_title(phase)
    axes.set_ylabel(f"time ({unit.symbol})")
    axes.set_xlabel("layers")
    depth_axis(axes, depths, log=True)
    decades(axes, low, high)
    for line in lines:
        _draw_line(axes, line, unit, _sideways(arms.index(line.arm), len(arms), depths), context)
    edge = depths[-1] / depths[0]
    axes.set_xlim(depths[0] / edge**0.1, depths[-1] * edge**0.1)
    ends = {
        line.arm: math.log(line.cells[-1].seconds / unit.size / low)
        / math.log(high / low)
        * PANEL_HEIGHT
        for line in lines
    }
    label_ends(axes, ends, context.styles, PANEL_HEIGHT, left=0.96)


def _sideways(position: int, count: int, depths: Sequence[int]) -> float:
    """The factor by which an arm's points are moved along the axis, at most a seventh of a gap."""
    gap = min(math.log(after / before) for before, after in pairwise(depths))
    return math.exp(gap / 7 * (2 * position / max(count - 1, 1) - 1) * (count > 1))


def _draw_line(axes: Axes, line: _Line, unit: Unit, factor: float, context: Context) -> None:
    look = context.styles[line.arm].look
    layers = np.array([cell.layers for cell in line.cells], dtype=float)
    seconds = np.array([cell.seconds for cell in line.cells])
    low = np.array([cell.seconds_low for cell in line.cells])
    high = np.array([cell.seconds_high for cell in line.cells])
    axes.fill_between(
        layers, low / unit.size, high / unit.size, color=look.color, alpha=0.13, linewidth=0
    )
    if line.fit is None or len(layers) < 2:
        curve_layers, curve = layers, seconds
    else:
        curve_layers = np.geomspace(layers[0], layers[-1], 60)
        curve = (
            line.fit.constant
            + line.fit.per_layer * curve_layers
            + line.fit.per_layer_squared * curve_layers**2
        )
        curve[curve <= 0] = np.nan
    axes.plot(curve_layers, curve / unit.size, color=look.color, linestyle=look.line, linewidth=1.1)
    axes.plot(
        layers * factor,
        seconds / unit.size,
        linestyle="none",
        marker=look.marker,
        color=look.color,
        markersize=4.5,
        markeredgecolor="white",
        markeredgewidth=0.5,
        label=line.arm,
        clip_on=False,
    )
