"""The verdicts of a run as a page shows them: a grid for each setting, and all in one table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from bench.domain.findings.comparisons import ComparisonFinding
from bench.domain.findings.run import Findings
from bench.domain.labels import distinction
from bench.domain.metrics import METRICS
from bench.domain.words import pluralise
from bench.report.places import place_of
from bench.report.tables.comparisons import ratios_title
from bench.report.text.formatting import (
    GROWS,
    NBSP,
    duration,
    memory,
    ratio,
    ratio_interval,
    significant,
)
from bench.report.views import Sweep

METRIC_NAMES = {"seconds": "time", "cpu_seconds": "CPU time"}
"""What metrics are called; the name of another one says it."""


@dataclass(frozen=True)
class Verdict:
    """One cell: a value, what bounds it, and the verdict, which is also the name of its colour.

    Where nothing was compared ``verdict`` is empty, or ``failed``.
    """

    value: str
    interval: str = ""
    verdict: str = ""
    more: str = ""


@dataclass(frozen=True)
class GridRow:
    """An arm in one phase at every depth, and how that grows; ``is_control`` marks the placebo."""

    arm: str
    phase: str
    cells: tuple[Verdict, ...]
    growth: str
    is_control: bool


@dataclass(frozen=True)
class Grid:
    """Ratios to the baseline: a row for each arm and phase, a column for each depth.

    ``title`` is that of the headlines; ``compares`` says what the rows are: arms, or environments.
    """

    title: str
    compares: str
    baseline: str
    depths: tuple[str, ...]
    rows: tuple[GridRow, ...]
    has_growth: bool


def headline_grid(sweep: Sweep, margin: float) -> Grid:
    """What the scenario of ``sweep`` is about, the baseline's times in its first rows.

    ``margin`` is the relative one of the run.
    """
    places = [(arm, phase) for arm in sweep.arms for phase in sweep.headlines(arm)]
    return _grid(sweep, places, margin)


def other_grid(sweep: Sweep, margin: float) -> Grid:
    """All other phases that arms were compared in; ``margin`` is the relative one of the run."""
    arms = [arm for arm in sweep.arms if arm != sweep.baseline]
    return _grid(sweep, [(arm, phase) for phase in sweep.other_phases for arm in arms], margin)


def without_equivalent(grid: Grid) -> tuple[Grid, Grid]:
    """The rows of ``grid`` that hold any other verdict, and those that hold ``equivalent`` alone.

    Where nothing was compared a row belongs to the first.
    """
    alike = [row for row in grid.rows if {each.verdict for each in row.cells} == {"equivalent"}]
    others = [row for row in grid.rows if row not in alike]
    return replace(grid, rows=tuple(others)), replace(grid, rows=tuple(alike))


def _grid(sweep: Sweep, places: Sequence[tuple[str, str]], margin: float) -> Grid:
    swept = len(sweep.depths) > 1
    rows = tuple(
        GridRow(
            arm=arm,
            phase=phase,
            cells=tuple(_verdict(sweep, arm, depth, phase, margin) for depth in sweep.depths),
            growth=_growth(sweep, arm, phase),
            is_control=arm in sweep.placebos,
        )
        for arm, phase in places
    )
    return Grid(
        title=ratios_title(sweep),
        compares=sweep.compares,
        baseline=sweep.baseline,
        depths=tuple("" if depth is None else str(depth) for depth in sweep.depths),
        rows=rows,
        has_growth=swept and any(each.growth for each in rows),
    )


def _growth(sweep: Sweep, arm: str, phase: str) -> str:
    fit = sweep.growth(arm, phase)
    return GROWS.get(fit.growth, fit.growth) if fit else ""


def _verdict(sweep: Sweep, arm: str, depth: int | None, phase: str, margin: float) -> Verdict:
    comparison = None if arm == sweep.baseline else sweep.comparison(arm, depth, phase)
    if comparison is not None and comparison.ratio is not None:
        return _compared(comparison, margin)
    cost = sweep.cell(arm, depth, phase)
    if cost is not None:
        return Verdict(duration(cost.value))
    if sweep.has_failed(arm, depth):
        return Verdict(sweep.failure(arm, depth), verdict="failed")
    return Verdict("–")


def _compared(comparison: ComparisonFinding, margin: float) -> Verdict:
    """The verdict as it is shown; ``margin`` is that of the run, relative."""
    is_open = comparison.ratio_low is None and comparison.ratio_high is None
    return Verdict(
        value=f"{ratio(comparison.ratio or 0.0)} ×",
        interval="" if is_open else ratio_interval(comparison).replace(NBSP, " "),
        verdict=comparison.verdict,
        more=_more(comparison, margin),
    )


def _more(comparison: ComparisonFinding, margin: float) -> str:
    if comparison.verdict in ("faster", "slower") and comparison.within_margin:
        return "within the margin"
    if comparison.verdict == "equivalent" and comparison.margin > margin:
        # The least margin of a phase that comes once is a time.
        return f"within {duration(comparison.margin * (comparison.baseline_value or 0.0))}"
    if comparison.verdict != "unresolved" or comparison.more_rounds is None:
        return ""
    return f"about {pluralise(comparison.more_rounds, 'more round')}"


@dataclass(frozen=True)
class ListedComparison:
    """A row of the table of all comparisons; numbers are what it is sorted by."""

    place: str
    layers: int | None
    arm: str
    phase: str
    metric: str
    shown: Verdict
    ratio: float | None
    ratio_low: float | None
    baseline: str
    baseline_value: float | None
    value: str
    arm_value: float | None
    rounds: int
    control: bool
    scheduled: str


def listed_comparisons(findings: Findings) -> Iterator[ListedComparison]:
    """Every comparison of ``findings``, in their order."""
    places = list(dict.fromkeys(map(place_of, findings.comparisons)))
    for each in findings.comparisons:
        shown = (
            Verdict("–", verdict=each.verdict)
            if each.ratio is None
            else _compared(each, findings.margin)
        )
        yield ListedComparison(
            place=distinction(place_of(each), places),
            layers=each.layers,
            arm=_who(each),
            phase=each.phase,
            metric=METRIC_NAMES.get(each.metric, each.metric.replace("_", " ")),
            shown=shown,
            ratio=each.ratio,
            ratio_low=each.ratio_low,
            baseline=_quantity(each.metric, each.baseline_value),
            baseline_value=each.baseline_value,
            value=_quantity(each.metric, each.arm_value),
            arm_value=each.arm_value,
            rounds=each.rounds,
            control=each.placebo or each.control,
            scheduled=each.scheduled or "",
        )


def _quantity(metric: str, value: float | None) -> str:
    """``value`` in the unit of ``metric``."""
    if value is None:
        return "–"
    unit = METRICS[metric].unit if metric in METRICS else ""
    if unit == "s":
        return duration(value)
    return memory(value) if unit == "bytes" else f"{significant(value)} {unit}".strip()


def _who(comparison: ComparisonFinding) -> str:
    """The arm, with its environment where it is compared with one in another."""
    own, other = comparison.environment, comparison.baseline_environment
    if own == other:
        return comparison.arm
    return f"{comparison.arm}@{own}, with {comparison.baseline}@{other}"
