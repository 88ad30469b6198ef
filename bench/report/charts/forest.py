"""Ratios to the baseline: a row per arm and depth, a panel per phase, with intervals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes

from bench.domain.findings.comparisons import ComparisonFinding
from bench.report.charts.layout.axes import ratio_axis, ticks
from bench.report.charts.layout.context import Context
from bench.report.charts.layout.page import Chart, ChartPage, text_width
from bench.report.charts.layout.style import BODY, INK, NOTE, SMALL
from bench.report.text.formatting import NBSP, margin_text, ratio
from bench.report.text.sentences import answer_title
from bench.report.views import Sweep

PANEL_WIDTH, ROW, GROUP_GAP, GAP = 1.85, 0.2, 0.13, 0.12
VERDICT_ROOM = 1.05


@dataclass(frozen=True)
class _Row:
    arm: str
    depth: int | None
    at: float
    first: bool


def ratios_chart(sweep: Sweep, context: Context) -> Chart | None:
    """Point and simultaneous interval of each comparison, or None where nothing was compared.

    A comparison that failed stands as a word in its row.
    """
    # Beside the headline: where a difference would matter, and where none should be.
    lifecycle = sweep.lifecycle
    wanted = dict.fromkeys(
        (*sweep.headline_phases, lifecycle.time_to_first_output, lifecycle.repeats)
    )
    compared = {item.phase for item in sweep.comparisons if item.ratio is not None}
    phases = [phase for phase in wanted if phase is not None and phase in compared]
    if not phases:
        return None
    rows = _rows(sweep)
    height = rows[-1].at + ROW
    names = max(text_width(context.styles[row.arm].name, BODY) for row in rows)
    left = names + 0.6
    margin = context.findings.margin
    title = answer_title(sweep, phases[0])
    notes = (
        f"Points: median over rounds of the ratio to {sweep.baseline} in the same round; intervals "
        f"hold together with {100 * context.findings.confidence:g} % confidence, thick parts each "
        f"alone, unadjusted. Shaded: {margin_text(margin)}{_floor_text(context)}, equivalent. "
        "Hollow points are unresolved; dotted lines are intervals that the rounds so far cannot "
        "bound."
    )
    sheet = ChartPage(
        0.5 + left + (PANEL_WIDTH + VERDICT_ROOM + GAP) * len(phases),
        height + 0.75,
        title=title,
        subtitle=context.subtitle_of_times(sweep),
        notes=context.notes([sweep], notes),
    )
    for number, phase in enumerate(phases):
        place = left + number * (PANEL_WIDTH + VERDICT_ROOM + GAP)
        axes = sheet.axes(place, 0.22, PANEL_WIDTH, height)
        axes.set_title(phase)
        axes.set_ylim(height, 0)
        found = [_shown(sweep, row, phase) for row in rows]
        _draw(axes, rows, found, margin, context)
        axes.set_xlabel(f"time relative to {context.styles[sweep.baseline].name}")
        _name_rows(axes, rows, context, sweep.depths, shown=number == 0)
    return Chart("ratios", title, sheet.figure)


def _floor_text(context: Context) -> str:
    """`` (at least ±1 ms in a phase that comes once)``, or nothing where there is no floor."""
    floor_ms = 1000 * context.findings.margin_floor_s
    return f" (at least ±{floor_ms:g}{NBSP}ms in a phase that comes once)" if floor_ms else ""


def _rows(sweep: Sweep) -> list[_Row]:
    rows: list[_Row] = []
    at = 0.0
    for arm in sweep.arms:
        depths = [
            depth
            for depth in sweep.depths
            if any((item.arm, item.layers) == (arm, depth) for item in sweep.comparisons)
        ]
        for depth in depths:
            first = depth == depths[0]
            at += ROW + (GROUP_GAP if first and rows else 0)
            rows.append(_Row(arm, depth, at, first))
    return rows


def _shown(sweep: Sweep, row: _Row, phase: str) -> ComparisonFinding | None:
    """The comparison of a row; none of a headline phase by which its arm is not compared.

    An arm that puts off its work until ``build`` is faster to construct, which says nothing.
    """
    item = sweep.comparison(row.arm, row.depth, phase)
    is_other = item is not None and not item.headline and not item.placebo
    return None if is_other and phase in sweep.headline_phases else item


def _draw(
    axes: Axes,
    rows: Sequence[_Row],
    found: Sequence[ComparisonFinding | None],
    margin: float,
    context: Context,
) -> None:
    low, high = _limits([item for item in found if item is not None], margin)
    ratio_axis(axes, low, high, PANEL_WIDTH)
    axes.axvline(1, color=NOTE, linewidth=0.8, zorder=1)
    axes.grid(visible=False, axis="y")
    for row, item in zip(rows, found, strict=True):
        if item is not None and item.ratio is not None:
            _shade_margin(axes, row, item.margin)
            _draw_row(axes, row, item, (low, high), context)
        elif item is not None and item.verdict == "failed":
            _say(axes, row, "failed", NOTE)


def _limits(found: Sequence[ComparisonFinding], margin: float) -> tuple[float, float]:
    values = [
        value
        for item in found
        for value in (item.ratio, item.ratio_low, item.ratio_high)
        if value is not None and value > 0
    ]
    low = min([*values, 1 / (1 + 2 * margin)])
    high = max([*values, 1 + 2 * margin])
    room = (high / low) ** 0.04
    return low / room, high * room


def _shade_margin(axes: Axes, row: _Row, margin: float) -> None:
    axes.fill_betweenx(
        [row.at - ROW / 2, row.at + ROW / 2],
        1 / (1 + margin),
        1 + margin,
        color="#e3e9ee",
        linewidth=0,
        zorder=0,
    )


def _draw_row(
    axes: Axes,
    row: _Row,
    item: ComparisonFinding,
    limits: tuple[float, float],
    context: Context,
) -> None:
    assert item.ratio is not None
    look = context.styles[row.arm].look
    bounds = (item.ratio_low or limits[0], item.ratio_high or limits[1])
    for bound, known in zip(bounds, (item.ratio_low, item.ratio_high), strict=True):
        axes.plot(
            [item.ratio, bound],
            [row.at, row.at],
            color=look.color,
            linewidth=1.6 if known else 0.9,
            linestyle="-" if known else ":",
            alpha=1 if known else 0.6,
            solid_capstyle="butt",
        )
    if item.unadjusted_low is not None and item.unadjusted_high is not None:
        axes.plot(
            [item.unadjusted_low, item.unadjusted_high],
            [row.at, row.at],
            color=look.color,
            linewidth=4,
            alpha=0.35,
            solid_capstyle="butt",
        )
    resolved = item.verdict != "unresolved"
    axes.plot(
        [item.ratio],
        [row.at],
        linestyle="none",
        marker=look.marker,
        markersize=4.5,
        color=look.color,
        markerfacecolor=look.color if resolved else "white",
        label=row.arm,
        zorder=3,
    )
    color = NOTE if item.verdict in ("equivalent", "unresolved") else INK
    _say(axes, row, f"{ratio(item.ratio)} {item.verdict}", color)


def _say(axes: Axes, row: _Row, text: str, color: str) -> None:
    """Write ``text`` right of the panel, at the height of ``row``."""
    axes.text(
        1.03,
        row.at,
        text,
        transform=axes.get_yaxis_transform(),
        size=SMALL,
        color=color,
        va="center_baseline",
    )


def _name_rows(
    axes: Axes,
    rows: Sequence[_Row],
    context: Context,
    depths: Sequence[int | None],
    *,
    shown: bool,
) -> None:
    labels = ["" if row.depth is None or not shown else str(row.depth) for row in rows]
    ticks(axes.yaxis, [row.at for row in rows], labels)
    if not shown:
        return
    room = 0.09 if depths == (None,) else 0.42
    for row in rows:
        if row.first:
            axes.text(
                -room / PANEL_WIDTH,
                row.at,
                context.styles[row.arm].name,
                transform=axes.get_yaxis_transform(),
                size=BODY,
                color=context.styles[row.arm].look.color,
                ha="right",
                va="center_baseline",
            )
    if depths != (None,):
        axes.set_ylabel("")
        axes.text(
            -0.09 / PANEL_WIDTH,
            1.0,
            "layers",
            transform=axes.transAxes,
            size=SMALL,
            color=NOTE,
            ha="right",
            va="bottom",
        )
