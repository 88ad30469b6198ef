"""The tables of one sweep: headline ratios, the other phases at a glance, and growth."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from bench.domain.findings.comparisons import ComparisonFinding, ScalingFinding
from bench.report.tables.layout import ARM_WIDTH, ResponsiveLayout, header, plain_table
from bench.report.text.formatting import (
    NBSP,
    at_layers,
    duration,
    duration_with_interval,
    mark,
    ratio,
    ratio_interval,
)
from bench.report.views import Sweep

STYLES = {"S": "bold red", "F": "bold green", "=": "", "?": "yellow", "s": "red", "f": "green"}
GROWTH_STYLES = {"quadratic": "bold red", "unresolved": "yellow"}
MISSING = "-"

Depths = Sequence[int | None]


def headline_table(sweep: Sweep) -> RenderableType:
    """Ratios to the baseline: a row per arm and headline phase of it, a column per depth.

    Intervals stand at as many depths as the width allows; the baseline's rows hold its times.
    """
    return ResponsiveLayout(
        _ratios(sweep, with_interval=sweep.depths),
        _ratios(sweep, with_interval=sweep.depths[-1:]),
        _ratios(sweep),
    )


def other_phases_table(sweep: Sweep) -> RenderableType:
    """The phases that are no headline: the ratio at the deepest panel, a mark for every depth."""
    title = f"Other phases{at_layers(sweep.deepest)}, relative to {sweep.baseline}"
    if len(sweep.depths) > 1:
        title += f"; marks for {', '.join(str(depth) for depth in sweep.depths)} layers"
    phases = sweep.other_phases
    half = (len(phases) + 1) // 2
    return ResponsiveLayout(
        _glance(sweep, phases, title),
        _stacked([_glance(sweep, part, title) for part in (phases[:half], phases[half:]) if part]),
    )


def growth_table(sweep: Sweep) -> RenderableType | None:
    """The fitted cost of each arm in the headline phases, or None where nothing was fitted.

    Where the width allows, with what the fit says of twice the deepest depth.
    """
    fits = [
        fit
        for phase in sweep.headline_phases
        for arm in sweep.arms
        if arm not in sweep.placebos and phase in sweep.headlines(arm)
        if (fit := sweep.growth(arm, phase))
    ]
    if not fits:
        return None
    return ResponsiveLayout(
        _growth(fits, with_interval=True, forecast=True),
        _growth(fits, with_interval=True),
        _growth(fits),
    )


def _stacked(tables: Sequence[Table]) -> Group:
    first, *rest = tables
    return Group(first, *(Padding(table, (1, 0, 0, 0)) for table in rest))


def _ratios(sweep: Sweep, with_interval: Depths = ()) -> Table:
    title = f"Time relative to {sweep.baseline}"
    table = plain_table(title if sweep.deepest is None else f"{title}, by layers")
    table.add_column("arm", overflow="fold", max_width=ARM_WIDTH)
    table.add_column("phase", no_wrap=True)
    for depth in sweep.depths:
        table.add_column("" if depth is None else str(depth), no_wrap=True)
    for arm in sweep.arms:
        for phase in sweep.headlines(arm):
            cells = [
                _ratio_cell(sweep, arm, depth, phase, interval=depth in with_interval)
                for depth in sweep.depths
            ]
            style = "dim" if arm in sweep.placebos else ""
            table.add_row(Text(arm), Text(phase), *cells, style=style)
    return table


def _ratio_cell(sweep: Sweep, arm: str, depth: int | None, phase: str, *, interval: bool) -> Text:
    if arm == sweep.baseline:
        cell = sweep.cell(arm, depth, phase)
        return Text(MISSING if cell is None else duration(cell.value))
    finding = sweep.comparison(arm, depth, phase)
    if finding is None:
        return _absent(sweep, arm, depth)
    text = _marked(finding, mark(finding))
    unresolved = finding.verdict == "unresolved" and finding.more_rounds is not None
    bounded = finding.ratio_low is not None or finding.ratio_high is not None
    if unresolved and (bounded or not interval):
        text.append(f" +{finding.more_rounds}", style=STYLES["?"])
    if interval:
        text.append(f" {ratio_interval(finding).replace(NBSP, ' ')}", style="dim")
    return text


def _absent(sweep: Sweep, arm: str, depth: int | None) -> Text:
    failed = any((item.arm, item.layers) == (arm, depth) for item in sweep.failures)
    return Text("failed", style="red") if failed else Text(MISSING)


def _marked(finding: ComparisonFinding, marks: str) -> Text:
    text = Text(f"{MISSING if finding.ratio is None else ratio(finding.ratio)} ")
    for letter in marks:
        text.append(letter, style=STYLES.get(letter, ""))
    return text


def _glance(sweep: Sweep, phases: Sequence[str], title: str) -> Table:
    table = plain_table(title)
    table.add_column("arm", overflow="fold", max_width=ARM_WIDTH)
    for phase in phases:
        table.add_column(header(phase), no_wrap=True)
    for arm in sweep.arms:
        if arm == sweep.baseline:
            continue
        row = []
        for phase in phases:
            found = [sweep.comparison(arm, depth, phase) for depth in sweep.depths]
            marks = "".join(MISSING if item is None else mark(item) for item in found)
            deepest = found[-1]
            row.append(
                _absent(sweep, arm, sweep.deepest) if deepest is None else _marked(deepest, marks)
            )
        table.add_row(Text(arm), *row, style="dim" if arm in sweep.placebos else "")
    return table


def _growth(
    fits: Sequence[ScalingFinding], *, with_interval: bool = False, forecast: bool = False
) -> Table:
    table = plain_table("Growth: time = constant + per layer · n + per layer² · n², n layers")
    table.add_column("phase")
    table.add_column("arm", overflow="fold", max_width=ARM_WIDTH)
    for name in ("constant", "per layer", "per layer²"):
        table.add_column(name, justify="right", no_wrap=True)
    if with_interval:
        table.add_column("", no_wrap=True, style="dim")
    depths = {fit.forecast.layers for fit in fits}
    if forecast:
        ahead = f"at {depths.pop()}" if len(depths) == 1 else "at twice the depth"
        table.add_column(ahead, justify="right", no_wrap=True)
    table.add_column("growth", no_wrap=True)
    told = ""
    for fit in fits:
        squared, interval = duration_with_interval(
            fit.per_layer_squared, fit.per_layer_squared_low, fit.per_layer_squared_high
        )
        row: list[Text | str] = [
            Text("" if fit.phase == told else fit.phase),
            Text(fit.arm),
            duration(fit.constant),
            duration(fit.per_layer),
            squared,
            *([interval] if with_interval else []),
            *([duration(fit.forecast.value)] if forecast else []),
        ]
        table.add_row(*row, Text(fit.growth, style=GROWTH_STYLES.get(fit.growth, "")))
        told = fit.phase
    return table
