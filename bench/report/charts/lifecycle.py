"""Where the time to the first answer goes: a bar per arm, its segments the phases."""

from __future__ import annotations

import math

from matplotlib.axes import Axes
from matplotlib.patches import Patch
from matplotlib.ticker import StrMethodFormatter

from bench.domain.words import pluralise
from bench.report.charts.layout.axes import name_rows
from bench.report.charts.layout.context import Context
from bench.report.charts.layout.page import Chart, ChartPage, text_width
from bench.report.charts.layout.style import BODY, INK, SMALL, phase_colors
from bench.report.charts.layout.style import NOTE as GREY
from bench.report.text.formatting import NBSP, at_layers, duration
from bench.report.views import Sweep

COLUMNS = 3
PANEL_WIDTH, ROW, GAP, ROW_ROOM = 3.3, 0.28, 0.35, 0.85
NOTE = (
    "Each segment is a phase's median over rounds. At the end of a bar: the median of the whole, "
    "which need not be their sum. An arm that failed has the phases that ended before. Axes begin "
    "at 0 and differ between depths."
)


def lifecycle_chart(sweep: Sweep, context: Context) -> Chart | None:
    """Stacked bars of the phases up to the first answer, or None where none was measured."""
    whole = sweep.lifecycle.time_to_first_output
    if whole is None:
        return None
    phases = [
        phase
        for phase in sweep.lifecycle.composites[whole]
        if any(cell.phase == phase for cell in sweep.cells)
    ]
    parts = [cell for cell in sweep.cells if cell.phase in phases]
    if not parts:
        return None
    arms = [arm for arm in sweep.arms if any(cell.arm == arm for cell in parts)]
    depths = [depth for depth in sweep.depths if any(cell.layers == depth for cell in parts)]
    colors = phase_colors(phases)
    columns = min(COLUMNS, len(depths))
    height = ROW * (len(arms) + 0.6)
    left = 0.15 + max(text_width(context.styles[arm].name, BODY) for arm in arms)
    title = _title(sweep, whole)
    sheet = ChartPage(
        max(0.6 + left + (PANEL_WIDTH + GAP) * columns, 6.5),
        (height + ROW_ROOM) * math.ceil(len(depths) / columns),
        title=title,
        subtitle=context.subtitle_of_times(sweep),
        notes=context.notes([sweep], NOTE),
        handles=[Patch(color=color, label=phase) for phase, color in colors.items()],
    )
    for number, depth in enumerate(depths):
        row, column = divmod(number, columns)
        place = left + column * (PANEL_WIDTH + GAP)
        axes = sheet.axes(place, 0.25 + row * (height + ROW_ROOM), PANEL_WIDTH, height)
        if depth is not None:
            axes.set_title(pluralise(depth, "layer"))
        _draw(axes, sweep, arms, depth, colors, whole)
        name_rows(axes, arms, context.styles, shown=column == 0)
    return Chart("lifecycle", title, sheet.figure)


def _title(sweep: Sweep, whole: str) -> str:
    """The slowest arm's share of the headline phase, compared with the baseline's."""
    until = whole.removeprefix("time_to_").replace("_", " ")
    deepest = sweep.deepest_measured(whole)
    totals = [
        cell
        for cell in sweep.cells
        if (cell.phase, cell.layers) == (whole, deepest) and not cell.placebo
    ]
    slowest = max(totals, key=lambda cell: cell.value).arm if totals else sweep.baseline
    phrases = []
    for arm in dict.fromkeys((slowest, sweep.baseline)):
        part = sweep.cell(arm, deepest, sweep.main_phase)
        total = sweep.cell(arm, deepest, whole)
        if part is not None and total is not None:
            took, of = (duration(each.value).replace(" ", NBSP) for each in (part, total))
            phrases.append(f"{took} of {of} with {arm}")
    if not phrases:
        return f"Time to the {until}, by phase"
    share = f"{sweep.main_phase} takes {', '.join(phrases)}"
    return f"Until the {until}{at_layers(deepest)}, {share}"


def _draw(
    axes: Axes,
    sweep: Sweep,
    arms: list[str],
    depth: int | None,
    colors: dict[str, str],
    whole: str,
) -> None:
    ends = dict.fromkeys(arms, 0.0)
    bars = [
        (phase, cell)
        for phase in colors
        for arm in arms
        if (cell := sweep.cell(arm, depth, phase)) is not None
    ]
    for phase, cell in bars:
        row = arms.index(cell.arm)
        width = cell.value * 1000
        axes.barh(
            row,
            width,
            left=ends[cell.arm],
            height=0.72,
            color=colors[phase],
            edgecolor="white",
            linewidth=0.6,
        )
        ends[cell.arm] += width
    longest = max(ends.values()) or 1.0
    for arm in arms:
        total = sweep.cell(arm, depth, whole)
        if total is None and not sweep.has_failed(arm, depth):
            continue
        text, color = ("failed", GREY) if total is None else (duration(total.value), INK)
        place = ends[arm] + 0.015 * longest
        axes.text(place, arms.index(arm), text, size=SMALL, color=color, va="center_baseline")
    axes.set_xlim(0, 1.2 * longest)
    axes.set_xlabel("time (ms)")
    axes.xaxis.set_major_formatter(StrMethodFormatter("{x:,.10g}"))
