"""Calls against layers, for the functions whose calls grow faster than the layers."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from matplotlib.axes import Axes

from bench.domain.findings.explanation import Explanation, GrowingFunction, GrowthFinding
from bench.report.charts.layout.axes import decades, depth_axis
from bench.report.charts.layout.context import provenance
from bench.report.charts.layout.files import save_chart
from bench.report.charts.layout.page import Chart, ChartPage
from bench.report.charts.layout.style import FAINT, NOTE, SMALL, SPARE, STYLES, drawing
from bench.report.tables.explanation import cause

_WIDTH, _HEIGHT, _GAP, _ROOM = 3.0, 2.6, 0.5, 2.4
_MOST = 5


def draw_growth(explanation: Explanation, directory: Path) -> list[Path]:
    """Write the chart into ``directory`` as PNG and SVG; nothing where nothing was counted."""
    chart = growth_chart(explanation)
    if chart is None:
        return []
    name = explanation.slug
    return save_chart(chart, directory, f"{name}-{chart.kind}")


def growth_chart(explanation: Explanation) -> Chart | None:
    """A panel for each arm whose main phase has functions that grow faster than the layers."""
    main = explanation.phases[0]
    growing = [each for each in explanation.growth if each.phase == main and each.functions]
    if not growing:
        return None
    phrases = [cause(explanation.growth, each.arm, main) for each in growing]
    edge = growing[0].edges[0] if growing[0].edges else None
    title = (
        f"{edge.caller.name} calls {edge.callee.name} {edge.law.text} times, by layers n"
        if edge
        else f"{growing[0].functions[0].function.name} is called faster than layers are added"
    )
    with drawing():
        sheet = ChartPage(
            0.9 + len(growing) * (_WIDTH + _GAP + _ROOM),
            _HEIGHT + 0.75,
            title=title,
            subtitle=" · ".join(
                part for part in (explanation.scenario, explanation.architecture) if part
            ),
            notes=(
                *(sentence for sentence in phrases if sentence),
                f"Calls during {main}, counted exactly; grey: one call for each layer.",
                provenance(explanation.environment, 0, "").rpartition(" · 0 rounds")[0],
            ),
        )
        for number, finding in enumerate(growing):
            left = 0.55 + number * (_WIDTH + _GAP + _ROOM)
            _draw(sheet.axes(left, 0.22, _WIDTH, _HEIGHT), finding)
    return Chart("growth", title, sheet.figure)


def _draw(axes: Axes, finding: GrowthFinding) -> None:
    """A line for all functions that are called equally often, the first of them named."""
    groups: dict[tuple[int, ...], list[GrowingFunction]] = {}
    for each in finding.functions:
        groups.setdefault(each.calls, []).append(each)
    looks = [*STYLES.values(), *SPARE]
    axes.plot(finding.depths, finding.depths, color=FAINT, linewidth=3)
    for look, calls in zip(looks, groups, strict=False):
        axes.plot(finding.depths, calls, color=look.color, marker=look.marker, markersize=4)
    most = max(calls[-1] for calls in groups)
    decades(axes, min(finding.depths) / 1.5, most * 1.5)
    depth_axis(axes, finding.depths, log=True)
    axes.set_title(finding.arm)
    axes.set_xlabel("layers")
    axes.set_ylabel("calls")
    colors = [look.color for look in looks]
    _label(axes, sorted(zip(groups.values(), colors, strict=False), key=_most_calls))


def _most_calls(labelled: tuple[Sequence[GrowingFunction], str]) -> int:
    return -labelled[0][0].calls[-1]


def _label(axes: Axes, labelled: Sequence[tuple[Sequence[GrowingFunction], str]]) -> None:
    """Names right of the panel, the most called on top."""
    for row, (functions, color) in enumerate(labelled[:_MOST]):
        first, *others = functions
        more = f" and {len(others)} more" if others else ""
        axes.text(
            1.03,
            0.97 - 0.17 * row,
            f"{first.function.name}{more}\n{first.law.text}",
            transform=axes.transAxes,
            color=color,
            size=SMALL,
            va="top",
        )
    axes.text(1.03, 0.02, "each layer once", transform=axes.transAxes, color=NOTE, size=SMALL)
