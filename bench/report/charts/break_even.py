"""From which depth and batch size on a device is worth it: the calls to break even."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from bench.domain.findings.costs import BreakEvenFinding
from bench.report.charts.layout.axes import decades, depth_axis
from bench.report.charts.layout.context import Context
from bench.report.charts.layout.page import Chart, ChartPage
from bench.report.charts.layout.style import SPARE, STYLES, Style
from bench.report.tables.break_even import BREAK_EVEN, Worth
from bench.report.text.formatting import at_layers

_WIDTH, _HEIGHT = 4.2, 2.8
_NOTE = (
    "Calls after which the slower start is recovered: median over rounds; lines: intervals of "
    "{confidence:g} % confidence. Hollow points have none yet. What never breaks even has no point."
)


def break_even_chart(found: Worth, context: Context) -> Chart | None:
    """The calls to break even against layers, a line for each device and batch size.

    None where nothing is known to break even, or where there is a single depth.
    """
    depths = [depth for depth in found.depths if depth is not None]
    if len(depths) < 2 or not any(map(_is_known, found.found.values())):
        return None
    styles = [*STYLES.values(), *SPARE]
    looks = {_name(found, *each): look for each, look in zip(found.series, styles, strict=False)}
    title = _title(found)
    sheet = ChartPage(
        _WIDTH + 2.2,
        _HEIGHT + 0.75,
        title=title,
        subtitle=found.heading(),
        notes=(_NOTE.format(confidence=100 * context.findings.confidence), context.source()),
        handles=[
            Line2D([], [], color=look.color, linestyle=look.line, marker=look.marker, label=named)
            for named, look in looks.items()
        ],
    )
    axes = sheet.axes(0.9, 0.25, _WIDTH, _HEIGHT)
    for (device, batch), look in zip(found.series, looks.values(), strict=False):
        _draw(axes, found, device, batch, look)
    depth_axis(axes, depths, log=True)
    axes.set_xlim(depths[0] / 1.2, depths[-1] * 1.2)
    axes.set_xlabel("layers")
    shown = [each for item in found.found.values() if item.calls for each in _ends(item)]
    decades(axes, min(shown) / 3, max(shown) * 3)
    axes.set_ylabel("calls")
    return Chart(BREAK_EVEN, title, sheet.figure)


def _name(found: Worth, device: str, batch: int | None) -> str:
    """``gpu, batches of 256``, and whether it has no point."""
    mine = [each for key, each in found.found.items() if key[:2] == (device, batch)]
    named = device if batch is None else f"{device}, batches of {batch}"
    if all(each.never for each in mine):
        return f"{named}: never"
    return named if any(each.calls for each in mine) else f"{named}: not known"


def _draw(axes: Axes, found: Worth, device: str, batch: int | None, look: Style) -> None:
    points = []
    for depth in found.depths:
        item = found.found.get((device, batch, depth))
        if item is None or depth is None or not item.calls:
            continue
        points.append((depth, item.calls))
        axes.plot([depth] * 2, _ends(item), color=look.color, linewidth=1.4)
        axes.plot(
            [depth],
            [item.calls],
            color=look.color,
            marker=look.marker,
            markersize=6,
            markerfacecolor=look.color if _is_known(item) else "white",
        )
    if points:
        axes.plot(*zip(*points, strict=True), color=look.color, linestyle=look.line, zorder=1)


def _is_known(item: BreakEvenFinding) -> bool:
    return bool(item.calls and item.calls_low and item.calls_high is not None)


def _ends(item: BreakEvenFinding) -> tuple[float, float]:
    """The ends of the interval where it is known, else the median twice."""
    calls = item.calls or 0.0
    return (
        (item.calls_low or calls, item.calls_high or calls) if _is_known(item) else (calls, calls)
    )


def _title(found: Worth) -> str:
    """Where the fewest calls are enough."""
    known = [each for each in found.found.values() if _is_known(each)]
    best = min(known, key=lambda each: each.calls or 0.0)
    batch = "" if best.batch is None else f" in batches of {best.batch}"
    return (
        f"{best.arm} has cost no more than {found.first} after {best.calls:,.0f} calls"
        f"{at_layers(best.layers)}{batch}"
    )
