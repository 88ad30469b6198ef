"""Cost at a single depth: a panel per phase, a point per arm."""

from __future__ import annotations

import math

from matplotlib.axes import Axes

from bench.domain.findings.costs import CellFinding
from bench.report.charts.layout.axes import name_rows
from bench.report.charts.layout.context import Context
from bench.report.charts.layout.page import Chart, ChartPage, text_width
from bench.report.charts.layout.style import BODY
from bench.report.text.formatting import unit_for
from bench.report.text.sentences import answer_title
from bench.report.views import Sweep

COLUMNS = 4
PANEL_WIDTH, ROW = 2.2, 0.24
NOTE = "Points: medians over rounds. Lines: range over rounds. Axes begin at 0."


def points_chart(sweep: Sweep, context: Context) -> Chart | None:
    """Time by arm where every panel has one depth or none; None where there are several depths."""
    if len({cell.layers for cell in sweep.cells}) != 1:
        return None
    phases = sweep.measured_phases
    arms = [arm for arm in sweep.arms if any(cell.arm == arm for cell in sweep.cells)]
    name_room = 0.15 + max(text_width(context.styles[arm].name, BODY) for arm in arms)
    columns = min(COLUMNS, len(phases))
    height = ROW * (len(arms) + 0.6)
    title = answer_title(sweep, sweep.main_phase)
    sheet = ChartPage(
        max(0.7 + name_room + (PANEL_WIDTH + 0.25) * columns, 6.0),
        (height + 0.75) * math.ceil(len(phases) / columns),
        title=title,
        subtitle=context.subtitle_of_times(sweep),
        notes=context.notes(sweep, NOTE),
    )
    for number, phase in enumerate(phases):
        row, column = divmod(number, columns)
        left = name_room + column * (PANEL_WIDTH + 0.25)
        axes = sheet.axes(left, 0.22 + row * (height + 0.75), PANEL_WIDTH, height)
        cells = [cell for cell in sweep.cells if cell.phase == phase]
        _draw(axes, cells, arms, context)
        axes.set_title(phase)
        name_rows(axes, arms, context.styles, shown=column == 0)
    return Chart("cost", title, sheet.figure)


def _draw(axes: Axes, cells: list[CellFinding], arms: list[str], context: Context) -> None:
    unit = unit_for(max(cell.value for cell in cells))
    for cell in cells:
        look = context.styles[cell.arm].look
        row = arms.index(cell.arm)
        axes.plot(
            [cell.value_low / unit.size, cell.value_high / unit.size],
            [row, row],
            color=look.color,
            linewidth=2,
            alpha=0.5,
        )
        axes.plot(
            [cell.value / unit.size],
            [row],
            linestyle="none",
            marker=look.marker,
            color=look.color,
            markersize=6,
            label=cell.arm,
        )
    axes.set_xlim(0, 1.08 * max(cell.value_high for cell in cells) / unit.size)
    axes.set_xlabel(f"time ({unit.symbol})")
