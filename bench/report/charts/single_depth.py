"""Cost at a single depth: a panel per phase, a point per arm."""

from __future__ import annotations

import math

from matplotlib.axes import Axes

from bench.domain.findings.costs import CellFinding
from bench.report.charts.layout.axes import name_rows
from bench.report.charts.layout.context import Context
from bench.report.charts.layout.page import Chart, ChartPage, text_width
from bench.report.charts.layout.style import BODY, SMALL
from bench.report.charts.layout.style import NOTE as GREY
from bench.report.text.formatting import unit_for
from bench.report.text.sentences import answer_title
from bench.report.views import Sweep

COLUMNS = 4
PANEL_WIDTH, ROW = 2.2, 0.24
NOTE = "Points: medians over rounds. Lines: range over rounds. Axes begin at 0."


def points_chart(sweep: Sweep, context: Context) -> Chart | None:
    """Time by arm where one depth or none was measured; None where several were.

    An arm that failed there has a row, with a word in the panels of phases that it did not reach.
    """
    measured = {cell.layers for cell in sweep.cells}
    if len(measured) != 1:
        return None
    (depth,) = measured
    phases = sweep.measured_phases
    known = {cell.arm for cell in sweep.cells}
    arms = [arm for arm in sweep.arms if arm in known or sweep.has_failed(arm, depth)]
    name_room = 0.15 + max(text_width(context.styles[arm].name, BODY) for arm in arms)
    columns = min(COLUMNS, len(phases))
    height = ROW * (len(arms) + 0.6)
    title = answer_title(sweep, sweep.main_phase)
    sheet = ChartPage(
        max(0.7 + name_room + (PANEL_WIDTH + 0.25) * columns, 6.0),
        (height + 0.75) * math.ceil(len(phases) / columns),
        title=title,
        subtitle=context.subtitle_of_times(sweep),
        notes=context.notes([sweep], NOTE),
    )
    for number, phase in enumerate(phases):
        row, column = divmod(number, columns)
        left = name_room + column * (PANEL_WIDTH + 0.25)
        axes = sheet.axes(left, 0.22 + row * (height + 0.75), PANEL_WIDTH, height)
        cells = [cell for cell in sweep.cells if cell.phase == phase]
        _draw(axes, cells, arms, context)
        for arm in set(arms) - {cell.arm for cell in cells}:
            if sweep.has_failed(arm, depth):
                _say_failed(axes, arms.index(arm))
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
    axes.set_xlim(0, 1.08 * max(cell.value_high for cell in cells) / unit.size or 1.0)
    axes.set_xlabel(f"time ({unit.symbol})")


def _say_failed(axes: Axes, row: int) -> None:
    axes.text(
        0.02,
        row,
        "failed",
        transform=axes.get_yaxis_transform(),
        size=SMALL,
        color=GREY,
        va="center_baseline",
    )
