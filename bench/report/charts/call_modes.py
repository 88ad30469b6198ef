"""What calling a model costs in total, against the number of calls, a line for every call mode."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, StrMethodFormatter

from bench.domain.findings.costs import CallModesFinding
from bench.domain.words import pluralise
from bench.report.charts.layout.context import Context
from bench.report.charts.layout.page import Chart, ChartPage
from bench.report.charts.layout.style import SPARE, STYLES, Style
from bench.report.text.formatting import NBSP, at_layers, duration

_WIDTH, _HEIGHT, _GAP, _COLUMNS = 3.0, 2.5, 0.9, 3
_MOST_CALLS = 10_000
_NOTE = (
    "Medians over rounds: the first call with all that comes once, then the steady time of each "
    "later one. Where two lines cross, the slower start breaks even. Both axes are "
    "logarithmic."
)


def call_modes_chart(findings: Sequence[CallModesFinding], context: Context) -> Chart | None:
    """A panel for each depth of one arm and architecture, or None with fewer than two that answer.

    Call modes that train are no alternatives, and left out.
    """
    found = [
        each.model_copy(update={"call_modes": answering})
        for each in findings
        if len(answering := tuple(cost for cost in each.call_modes if cost.answers)) > 1
    ]
    if not found:
        return None
    names = list(dict.fromkeys(cost.call_mode for each in found for cost in each.call_modes))
    looks = dict(zip(names, [*STYLES.values(), *SPARE], strict=False))
    columns = min(_COLUMNS, len(found))
    rows = -(-len(found) // columns)
    title = _title(found[-1])
    first = found[0]
    batch = f"batches of {first.batch}" if first.batch else None
    factors = (first.scenario, first.architecture, batch, first.arm, first.device, first.backend)
    sheet = ChartPage(
        max(0.6 + columns * (_WIDTH + _GAP), 6.5),
        rows * (_HEIGHT + 0.75),
        title=title,
        subtitle=" · ".join(each for each in factors if each),
        notes=(_NOTE, context.source()),
        handles=[
            Line2D([], [], color=look.color, linestyle=look.line, label=name)
            for name, look in looks.items()
        ],
    )
    for number, finding in enumerate(found):
        row, column = divmod(number, columns)
        left, top = 0.7 + column * (_WIDTH + _GAP), 0.22 + row * (_HEIGHT + 0.75)
        _draw(sheet.axes(left, top, _WIDTH, _HEIGHT), finding, looks)
    return Chart("call_modes", title, sheet.figure)


def _title(finding: CallModesFinding) -> str:
    quickest = finding.call_modes[0]
    fastest = min(finding.call_modes, key=lambda cost: cost.call_seconds)
    start = duration(quickest.first_seconds).replace(" ", NBSP)
    call = duration(fastest.call_seconds).replace(" ", NBSP)
    phrases = f"{quickest.call_mode} is first to answer ({start})"
    if fastest.call_mode == quickest.call_mode:
        return f"{phrases} and stays the cheapest ({call} a call){at_layers(finding.layers)}"
    return (
        f"{phrases}, {fastest.call_mode} is fastest then ({call} a call){at_layers(finding.layers)}"
    )


def _draw(axes: Axes, finding: CallModesFinding, looks: dict[str, Style]) -> None:
    calls = np.geomspace(1, _MOST_CALLS, 200)
    for cost in finding.call_modes:
        look = looks[cost.call_mode]
        totals = [cost.after(each) for each in calls]
        axes.plot(calls, totals, color=look.color, linestyle=look.line, linewidth=1.4)
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.xaxis.set_major_formatter(StrMethodFormatter("{x:,.10g}"))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda seconds, _: duration(seconds)))
    axes.set_xlabel("calls")
    axes.set_ylabel("total time")
    if finding.layers is not None:
        axes.set_title(pluralise(finding.layers, "layer"))
