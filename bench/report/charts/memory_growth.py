"""How calls that follow one another go on: memory that they add, and the time that each takes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from bench.domain.findings.costs import MemoryGrowthFinding
from bench.domain.words import listing
from bench.report.charts.layout.context import Context
from bench.report.charts.layout.page import Chart, ChartPage
from bench.report.places import place_of
from bench.report.text.formatting import NBSP, at_layers, memory
from bench.report.views import Sweep

_WIDTH, _HEIGHT, _GAP = 3.6, 2.7, 0.85
_MIB = 2.0**20
_NOTE = (
    "Medians over rounds. Left: resident memory that was added since before the first call. "
    "Dashed: where the later half begins, from which the growth is read. All axes begin at 0."
)


def memory_growth_chart(sweep: Sweep, context: Context) -> Chart | None:
    """Memory and time against the number of the call, a row for each phase and depth.

    None without such calls.
    """
    found = [each for each in context.findings.memory_growth if place_of(each) == sweep.place]
    if not found:
        return None
    places = sorted({(each.phase, each.layers or 0) for each in found})
    last = [each for each in found if (each.phase, each.layers or 0) == places[-1]]
    title = _title(last)
    arms = [arm for arm in sweep.arms if any(each.arm == arm for each in found)]
    sheet = ChartPage(
        0.9 + 2 * (_WIDTH + _GAP),
        len(places) * (_HEIGHT + 0.8),
        title=title,
        subtitle=context.subtitle(sweep),
        notes=context.notes([sweep], _NOTE),
        handles=context.legend(arms),
    )
    for row, (phase, depth) in enumerate(places):
        mine = [each for each in found if (each.phase, each.layers or 0) == (phase, depth)]
        top = 0.25 + row * (_HEIGHT + 0.8)
        retained = {each.arm: np.array(each.bytes) / _MIB for each in mine}
        took = {each.arm: np.array(each.seconds) * 1000 for each in mine}
        for column, (label, values) in enumerate(
            (("memory added (MiB)", retained), ("time of each call (ms)", took))
        ):
            axes = sheet.axes(0.65 + column * (_WIDTH + _GAP), top, _WIDTH, _HEIGHT)
            axes.set_title(f"{phase}{at_layers(depth or None)}: {'time' if column else 'memory'}")
            axes.set_ylabel(label)
            _draw(axes, values, context)
    return Chart("series", title, sheet.figure)


def _draw(axes: Axes, values: dict[str, np.ndarray], context: Context) -> None:
    calls = max(map(len, values.values()))
    for arm, series in values.items():
        look = context.styles[arm].look
        axes.plot(
            range(1, len(series) + 1),
            series,
            color=look.color,
            linestyle=look.line,
            marker=look.marker,
            markersize=2.5,
            linewidth=1.1,
        )
    axes.axvline(calls // 2 + 0.5, color="#9aa5ae", linewidth=0.8, linestyle="--", zorder=0)
    axes.set_xlim(0, calls + 1)
    axes.set_ylim(min(0.0, *(series.min() for series in values.values())), None)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set_xlabel("number of the call")


def _title(found: Sequence[MemoryGrowthFinding]) -> str:
    """Which arms retain memory, and how much with each call."""
    phrases = []
    mine = [each for each in found if not each.placebo]
    for each in sorted(mine, key=lambda each: -each.retained_bytes):
        if each.memory == "grows":
            phrases.append(f"{memory(each.retained_bytes).replace(' ', NBSP)} with {each.arm}")
    flat = [each.arm for each in mine if each.memory == "flat"]
    where = at_layers(found[0].layers)
    sentences = [f"Each call retains {listing(phrases)}{where}"] if phrases else []
    if flat:
        sentences.append(f"memory is flat with {listing(flat)}{'' if phrases else where}")
    if not sentences:
        return f"Whether memory grows is unresolved{where}"
    title = "; ".join(sentences)
    return title[0].upper() + title[1:]
