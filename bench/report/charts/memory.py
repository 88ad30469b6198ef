"""Memory that a built model retains, against layers: a line per arm."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes

from bench.domain.findings.costs import CellFinding
from bench.domain.metrics import RETAINED_BYTES
from bench.report.charts.layout.axes import depth_axis, name_rows
from bench.report.charts.layout.context import Context
from bench.report.charts.layout.labels import CONNECTOR, label_ends
from bench.report.charts.layout.page import Chart, ChartPage, text_width
from bench.report.charts.layout.style import BODY, SMALL
from bench.report.text.sentences import MEMORY_PHASE, memory_title
from bench.report.views import Sweep

WIDTH, HEIGHT, ROW = 6.4, 3.4, 0.28
MIB = 2.0**20
NOTE = (
    "Shown: median over rounds of the change in resident memory during construct and build. The "
    "first megabytes come out of memory that the interpreter holds ready."
)


def memory_chart(sweep: Sweep, context: Context) -> Chart | None:
    """Retained resident memory by depth, bars where there is one depth, None where unmeasured."""
    cells = {
        arm: [
            cell
            for depth in sweep.depths
            if (cell := sweep.cell(arm, depth, MEMORY_PHASE, RETAINED_BYTES)) is not None
        ]
        for arm in sweep.arms
    }
    cells = {arm: found for arm, found in cells.items() if found}
    if all(arm in sweep.placebos for arm in cells):
        return None
    depths = sorted({cell.layers for found in cells.values() for cell in found if cell.layers})
    several = len(depths) > 1
    title = memory_title(sweep)
    names = max(text_width(context.styles[arm].name, SMALL if several else BODY) for arm in cells)
    height = HEIGHT if several else ROW * (len(cells) + 0.6)
    left = 0.65 if several else names + 0.15
    sheet = ChartPage(
        0.6 + left + WIDTH + (names + CONNECTOR if several else 0.4),
        height + 0.55,
        title=title,
        subtitle=context.subtitle(sweep),
        notes=context.notes([sweep], NOTE),
        handles=context.legend(list(cells)) if several else (),
    )
    axes = sheet.axes(left, 0.05, WIDTH, height)
    if several:
        _draw_lines(axes, cells, depths, context)
    else:
        _draw_bars(axes, cells, context)
    return Chart("memory", title, sheet.figure)


def _draw_lines(
    axes: Axes,
    cells: dict[str, list[CellFinding]],
    depths: Sequence[int],
    context: Context,
) -> None:
    depth_axis(axes, depths, log=False)
    for position, (arm, found) in enumerate(cells.items()):
        look = context.styles[arm].look
        layers = np.array([cell.layers for cell in found], dtype=float)
        retained = np.array([_mebibytes(cell) for cell in found])
        axes.plot(layers, retained, color=look.color, linestyle=look.line, linewidth=1.1)
        shift = (position - (len(cells) - 1) / 2) * 0.006 * (depths[-1] - depths[0])
        axes.plot(
            layers + shift,
            retained,
            linestyle="none",
            marker=look.marker,
            color=look.color,
            markersize=5.5,
            markeredgecolor="white",
            markeredgewidth=0.5,
            label=arm,
            clip_on=False,
        )
    values = [_mebibytes(cell) for found in cells.values() for cell in found]
    low, high = min(0.0, *values) * 1.08, max(0.0, *values) * 1.08 or 1.0
    axes.set_ylim(low, high)
    edge = 0.06 * (depths[-1] - depths[0])
    axes.set_xlim(depths[0] - edge, depths[-1] + edge)
    axes.set_xlabel("layers")
    axes.set_ylabel("retained resident memory (MiB)")
    ends = {
        arm: (_mebibytes(found[-1]) - low) / (high - low) * HEIGHT for arm, found in cells.items()
    }
    label_ends(axes, ends, context.styles, ends, size=(WIDTH, HEIGHT), left=0.965)


def _draw_bars(axes: Axes, cells: dict[str, list[CellFinding]], context: Context) -> None:
    for row, (arm, found) in enumerate(cells.items()):
        color = context.styles[arm].look.color
        axes.barh(row, _mebibytes(found[0]), height=0.6, color=color, label=arm)
    name_rows(axes, list(cells), context.styles)
    axes.set_xlabel("retained resident memory (MiB)")


def _mebibytes(cell: CellFinding) -> float:
    return cell.value / MIB
