"""Cost against layers: a panel per phase, a line per arm, equal slopes at equal angles."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from matplotlib.axes import Axes

from bench.domain.findings.comparisons import ScalingFinding
from bench.domain.findings.costs import CellFinding
from bench.report.charts.layout.axes import decades, depth_axis
from bench.report.charts.layout.context import Context
from bench.report.charts.layout.labels import label_ends, label_room
from bench.report.charts.layout.page import Chart, ChartPage
from bench.report.text.formatting import Unit, unit_for
from bench.report.text.sentences import answer_title, growth_title
from bench.report.views import Sweep

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


@dataclass(frozen=True)
class _Panel:
    """One phase: its lines, and the limits of its vertical axis in ``unit``."""

    phase: str
    lines: tuple[_Line, ...]
    unit: Unit
    low: float
    high: float

    def ends(self) -> dict[str, float]:
        """Where each arm's line ends, in inches above the panel's bottom."""
        scale = PANEL_HEIGHT / math.log(self.high / self.low)
        return {
            line.arm: math.log(line.cells[-1].value / self.unit.size / self.low) * scale
            for line in self.lines
        }


def cost_chart(sweep: Sweep, context: Context) -> Chart | None:
    """Log-log cost by depth, or None where fewer than two depths were measured."""
    panels = _panels(sweep)
    cells = [cell for panel in panels for line in panel.lines for cell in line.cells]
    depths = sorted({cell.layers for cell in cells if cell.layers is not None})
    if len(depths) < 2:
        return None
    arms = [arm for arm in sweep.arms if any(cell.arm == arm for cell in cells)]
    title = growth_title(sweep, sweep.main_phase) or answer_title(sweep, sweep.main_phase)
    room = max(label_room(panel.ends(), context.styles, arms) for panel in panels)
    cell_width = AXIS_ROOM + PANEL_WIDTH + room + 0.15
    cell_height = PANEL_HEIGHT + ROW_ROOM
    columns = min(COLUMNS, len(panels))
    sheet = ChartPage(
        max(0.5 + cell_width * columns, 6.5),
        cell_height * math.ceil(len(panels) / columns),
        title=title,
        subtitle=context.subtitle_of_times(sweep),
        notes=context.notes([sweep], NOTE),
        handles=context.legend(arms),
    )
    for number, panel in enumerate(panels):
        row, column = divmod(number, columns)
        left = AXIS_ROOM + column * cell_width
        axes = sheet.axes(left, 0.22 + row * cell_height, PANEL_WIDTH, PANEL_HEIGHT)
        _draw(axes, panel, depths, arms, context)
    return Chart("cost", title, sheet.figure)


def _panels(sweep: Sweep) -> list[_Panel]:
    """A panel per measured phase, all with the same ratio of top to bottom."""
    lines = {phase: _lines(sweep, phase) for phase in sweep.measured_phases}
    ranges = {
        phase: (
            min(cell.value_low or cell.value for line in found for cell in line.cells),
            max(cell.value_high for line in found for cell in line.cells),
        )
        for phase, found in lines.items()
        if found
    }
    span = max([LEAST_SPAN, *(high / low for low, high in ranges.values())]) * 1.4
    made = []
    for phase, (low, high) in ranges.items():
        unit = unit_for(max(cell.value for line in lines[phase] for cell in line.cells))
        middle = math.sqrt(low * high) / unit.size
        limits = (middle / math.sqrt(span), middle * math.sqrt(span))
        made.append(_Panel(phase, tuple(lines[phase]), unit, *limits))
    return made


def _lines(sweep: Sweep, phase: str) -> list[_Line]:
    made = []
    for arm in sweep.arms:
        cells = [
            cell
            for depth in sweep.depths
            if depth is not None and (cell := sweep.cell(arm, depth, phase)) and cell.value > 0
        ]
        if cells:
            made.append(_Line(arm, tuple(cells), sweep.growth(arm, phase)))
    return made


def _draw(
    axes: Axes, panel: _Panel, depths: Sequence[int], arms: Sequence[str], context: Context
) -> None:
    axes.set_title(panel.phase)
    axes.set_ylabel(f"time ({panel.unit.symbol})")
    axes.set_xlabel("layers")
    depth_axis(axes, depths, log=True)
    decades(axes, panel.low, panel.high)
    for line in panel.lines:
        sideways = _sideways(arms.index(line.arm), len(arms), depths)
        _draw_line(axes, line, panel.unit, sideways, context)
    edge = depths[-1] / depths[0]
    axes.set_xlim(depths[0] / edge**0.1, depths[-1] * edge**0.1)
    size = (PANEL_WIDTH, PANEL_HEIGHT)
    label_ends(axes, panel.ends(), context.styles, arms, size=size, left=0.96)


def _sideways(position: int, count: int, depths: Sequence[int]) -> float:
    """The factor by which an arm's points are moved along the axis.

    At most a seventh of the smallest gap, and so little of all that they stay inside the frame.
    """
    gap = min(math.log(after / before) for before, after in pairwise(depths))
    most = min(gap / 7, 0.06 * math.log(depths[-1] / depths[0]))
    return math.exp(most * (2 * position / max(count - 1, 1) - 1) * (count > 1))


def _draw_line(axes: Axes, line: _Line, unit: Unit, factor: float, context: Context) -> None:
    look = context.styles[line.arm].look
    layers = np.array([cell.layers for cell in line.cells], dtype=float)
    seconds = np.array([cell.value for cell in line.cells])
    low = np.array([cell.value_low for cell in line.cells])
    high = np.array([cell.value_high for cell in line.cells])
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
