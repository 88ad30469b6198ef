"""The tables of one sweep: headline ratios, the other phases at a glance, and growth."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bench.domain.findings.comparisons import ComparisonFinding, ScalingFinding
from bench.domain.panel import DEFAULT_ENVIRONMENT
from bench.domain.words import pluralise
from bench.report.tables.model import (
    Column,
    Emphasis,
    ResponsiveTable,
    Table,
    TableCell,
    TextSpan,
    cell,
    name,
    row,
)
from bench.report.text.formatting import (
    GROWS,
    NBSP,
    at_layers,
    duration,
    duration_with_interval,
    mark,
    ratio,
    ratio_interval,
)
from bench.report.views import Sweep

MARKS: dict[str, Emphasis] = {
    "S": "bad_strong",
    "F": "good_strong",
    "=": "none",
    "?": "doubtful",
    "s": "bad",
    "f": "good",
    "X": "bad",
}
GROWTH: dict[str, Emphasis] = {"quadratic": "bad_strong", "unresolved": "doubtful"}
MISSING = "-"

Depths = Sequence[int | None]


def headline_table(sweep: Sweep) -> ResponsiveTable:
    """Ratios to the baseline: a row per arm and headline phase of it, a column per depth.

    Intervals stand at as many depths as the width allows; the baseline's rows hold its times, and
    so does a cell that could not be compared.
    """
    layouts = (sweep.depths, (sweep.deepest,), ())
    return ResponsiveTable(tuple((_ratios(sweep, with_interval=each),) for each in layouts))


def headline_table_in_words(sweep: Sweep) -> Table:
    """``headline_table`` for a page without a legend: verdicts are words, growth is a column."""
    fitted = [sweep.growth(arm, phase) for arm, phase in _headlines(sweep)]
    place = sweep.place
    where = None if place.environment == DEFAULT_ENVIRONMENT else place.environment
    batch = None if place.batch is None else f"batches of {place.batch}"
    named = (place.architecture or place.scenario, batch, where, place.of_arm)
    setting = " · ".join(each for each in named if each)
    depths = (pluralise(depth, "layer") if depth else "" for depth in sweep.depths)
    columns = [Column(setting), Column("phase"), *(Column(each, "right") for each in depths)]
    rows = []
    if has_growth := any(fitted):
        columns.append(Column("growth"))
    for (arm, phase), fit in zip(_headlines(sweep), fitted, strict=True):
        cells = [name(arm), cell(phase)]
        cells += [cell(ratio_in_words(sweep, arm, depth, phase)) for depth in sweep.depths]
        if has_growth:
            cells.append(cell(GROWS.get(fit.growth, "unresolved") if fit else ""))
        rows.append(row(cells, _of_arm(sweep, arm)))
    return Table("", tuple(columns), tuple(rows))


def other_phases_table(sweep: Sweep) -> ResponsiveTable:
    """The phases that are no headline: the ratio at the deepest panel, a mark for every depth.

    Where there is nothing to compare, the times of the only arm at the deepest panel.
    """
    relative = f", relative to {sweep.baseline}" if sweep.is_compared else ""
    title = f"Other phases{at_layers(sweep.deepest)}{relative}"
    if len(sweep.depths) > 1 and not sweep.is_of_one_arm:
        title += f"; marks for {', '.join(str(depth) for depth in sweep.depths)} layers"
    phases = sweep.other_phases
    half = (len(phases) + 1) // 2
    halves = [part for part in (phases[:half], phases[half:]) if part]
    return ResponsiveTable(
        (
            (_glance(sweep, phases, title),),
            tuple(_glance(sweep, part, title) for part in halves),
        )
    )


def growth_table(sweep: Sweep) -> ResponsiveTable | None:
    """The fitted cost of each arm in the headline phases, or None where no round bounds a fit.

    Where the width allows, with what the fit says of twice the deepest depth.
    """
    fits = headline_fits(sweep)
    if not fits:
        return None
    return ResponsiveTable(
        (
            (_growth(sweep, fits, with_interval=True, forecast=any(fit.forecast for fit in fits)),),
            (_growth(sweep, fits, with_interval=True),),
            (_growth(sweep, fits),),
        )
    )


def headline_fits(sweep: Sweep) -> list[ScalingFinding]:
    """The curves of what the scenario is about whose bend has a bound."""
    return [
        fit
        for phase in sweep.headline_phases
        for arm in sweep.arms
        if arm not in sweep.placebos and phase in sweep.headlines(arm)
        if (fit := sweep.growth(arm, phase)) and _is_bounded(fit)
    ]


def _is_bounded(fit: ScalingFinding) -> bool:
    return fit.per_layer_squared_low is not None or fit.per_layer_squared_high is not None


def _headlines(sweep: Sweep) -> Iterator[tuple[str, str]]:
    """Each arm with each of its headline phases, in the order of the rows."""
    for arm in sweep.arms:
        for phase in sweep.headlines(arm):
            yield arm, phase


def _of_arm(sweep: Sweep, arm: str) -> Emphasis:
    return "dim" if arm in sweep.placebos else "none"


def ratios_title(sweep: Sweep) -> str:
    """What the table of the headlines of ``sweep`` shows."""
    if sweep.is_of_one_arm:
        return "Time"
    if not sweep.is_compared:
        return f"Time: nothing was compared with {sweep.baseline}"
    return f"Time relative to {sweep.baseline}"


def _ratios(sweep: Sweep, with_interval: Depths) -> Table:
    title = ratios_title(sweep)
    depths = ("" if depth is None else str(depth) for depth in sweep.depths)
    columns = [_arm_column(sweep), Column("phase", wrap="never")]
    columns += [Column(each, wrap="never") for each in depths]
    rows = []
    for arm, phase in _headlines(sweep):
        ratios = (
            ratio_cell(sweep, arm, depth, phase, interval=depth in with_interval)
            for depth in sweep.depths
        )
        rows.append(row((name(arm), phase, *ratios), _of_arm(sweep, arm)))
    titled = title if sweep.depths == (None,) else f"{title}, by layers"
    return Table(titled, tuple(columns), tuple(rows))


def _arm_column(sweep: Sweep) -> Column:
    return Column(sweep.compares, wrap="anywhere")


def ratio_cell(
    sweep: Sweep, arm: str, depth: int | None, phase: str, *, interval: bool
) -> TableCell:
    """The ratio of ``arm`` to the baseline and its mark, or the time itself where there is none."""
    finding = None if arm == sweep.baseline else sweep.comparison(arm, depth, phase)
    if finding is None or finding.ratio is None:
        return _alone(sweep, arm, depth, phase)
    spans = _marked(finding, mark(finding))
    if finding.verdict == "unresolved" and finding.more_rounds is not None:
        spans.append(TextSpan(f" +{finding.more_rounds}", "doubtful"))
    if interval and (finding.ratio_low is not None or finding.ratio_high is not None):
        spans.append(TextSpan(f" {ratio_interval(finding).replace(NBSP, ' ')}", "dim"))
    return TableCell(tuple(spans))


def ratio_in_words(sweep: Sweep, arm: str, depth: int | None, phase: str) -> str:
    """``ratio_cell`` with the interval, and the verdict as a word."""
    comparison = sweep.comparison(arm, depth, phase)
    if comparison is None or comparison.ratio is None:
        text = _alone(sweep, arm, depth, phase).text
        return "not measured" if text == MISSING else text
    verdict = comparison.verdict if comparison.verdict != "unresolved" else mark(comparison)
    if verdict in ("faster", "slower") and comparison.within_margin:
        verdict += ", within the margin"
    is_open = comparison.ratio_low is None and comparison.ratio_high is None
    interval = "" if is_open else f" {ratio_interval(comparison)}"
    return f"{ratio(comparison.ratio)} ×{interval} {verdict}"


def _alone(sweep: Sweep, arm: str, depth: int | None, phase: str) -> TableCell:
    """What stands where there is no ratio: the time itself, or why there is none."""
    cost = sweep.cell(arm, depth, phase)
    if cost is not None:
        return cell(duration(cost.value))
    if not sweep.has_failed(arm, depth):
        return cell(MISSING)
    return cell(sweep.failure(arm, depth), "bad")


def _marked(finding: ComparisonFinding, marks: str) -> list[TextSpan]:
    value = MISSING if finding.ratio is None else ratio(finding.ratio)
    return [TextSpan(f"{value} "), *_letters(marks)]


def _letters(marks: str) -> Iterator[TextSpan]:
    return (TextSpan(letter, MARKS.get(letter, "none")) for letter in marks)


def _glance(sweep: Sweep, phases: Sequence[str], title: str) -> Table:
    if sweep.is_of_one_arm:
        times = (_alone(sweep, sweep.baseline, sweep.deepest, phase) for phase in phases)
        return Table(title, _glance_columns(sweep, phases), (row((name(sweep.baseline), *times)),))
    rows = []
    for arm in sweep.arms:
        if arm == sweep.baseline:
            continue
        cells = []
        for phase in phases:
            found = [sweep.comparison(arm, depth, phase) for depth in sweep.depths]
            marks = "".join(MISSING if item is None else mark(item) for item in found)
            deepest = sweep.comparison(arm, sweep.deepest, phase)
            if deepest is not None and deepest.ratio is not None:
                cells.append(TableCell(tuple(_marked(deepest, marks))))
                continue
            if deepest is None and not sweep.has_failed(arm, sweep.deepest):
                # It repeats another one.
                cells.append(cell(MISSING))
                continue
            alone = _alone(sweep, arm, sweep.deepest, phase).spans
            # An arm that has nothing to do in a phase has no ratio at any depth.
            compared = any(item is not None and item.ratio is not None for item in found)
            cells.append(TableCell((*alone, *(_letters(f" {marks}") if compared else ()))))
        rows.append(row((name(arm), *cells), _of_arm(sweep, arm)))
    return Table(title, _glance_columns(sweep, phases), tuple(rows))


def _glance_columns(sweep: Sweep, phases: Sequence[str]) -> tuple[Column, ...]:
    return (_arm_column(sweep), *(Column(phase, wrap="never") for phase in phases))


def _growth(
    sweep: Sweep,
    fits: Sequence[ScalingFinding],
    *,
    with_interval: bool = False,
    forecast: bool = False,
) -> Table:
    values = ["constant", "per layer", "per layer²"]
    columns = [Column("phase"), _arm_column(sweep)]
    columns += [Column(each, "right", "never") for each in values]
    if with_interval:
        columns.append(Column("", wrap="never", emphasis="dim", joins_previous=True))
    if forecast:
        depths = {fit.forecast.layers for fit in fits if fit.forecast}
        ahead = f"at {depths.pop()}" if len(depths) == 1 else "at twice the depth"
        columns.append(Column(ahead, "right", "never"))
    columns.append(Column("growth", wrap="never"))
    rows = []
    previous = ""
    for fit in fits:
        squared, interval = duration_with_interval(
            fit.per_layer_squared, fit.per_layer_squared_low, fit.per_layer_squared_high
        )
        cells: list[TableCell | str] = ["" if fit.phase == previous else fit.phase, name(fit.arm)]
        cells += [duration(fit.constant), duration(fit.per_layer), squared]
        cells += [interval] if with_interval else []
        ahead_of = duration(fit.forecast.value) if fit.forecast else MISSING
        cells += [ahead_of] if forecast else []
        cells.append(cell(fit.growth, GROWTH.get(fit.growth, "none")))
        rows.append(row(cells))
        previous = fit.phase
    title = "Growth: time = constant + per layer · n + per layer² · n², n layers"
    return Table(title, tuple(columns), tuple(rows))
