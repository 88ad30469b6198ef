"""What charts of a setting draw, as tables: times of every phase, and retained memory."""

from __future__ import annotations

from collections.abc import Iterator

from bench.domain.findings.costs import CellFinding
from bench.domain.metrics import RETAINED_BYTES, SECONDS, Metric
from bench.domain.phases import READY
from bench.domain.words import pluralise
from bench.report.tables.model import Column, Emphasis, Row, Table, name, right, row
from bench.report.text.formatting import duration_with_interval, memory, memory_interval
from bench.report.views import Sweep


def numbers_tables(sweep: Sweep) -> Iterator[Table]:
    """Medians over rounds with the range of the rounds: a row for each phase and arm."""
    found = (
        ("Times, and the range of the rounds", SECONDS, sweep.measured_phases),
        ("Memory retained, and the range of the rounds", RETAINED_BYTES, (READY,)),
    )
    depths = (pluralise(depth, "layer") if depth else "result" for depth in sweep.depths)
    columns = (Column(sweep.compares), Column("phase"), *right(*depths))
    for title, metric, phases in found:
        rows = tuple(_rows(sweep, metric, phases))
        if rows:
            yield Table(title, columns, rows)


def _rows(sweep: Sweep, metric: Metric, phases: tuple[str, ...]) -> Iterator[Row]:
    for phase in phases:
        for arm in sweep.arms:
            cells = [sweep.cell(arm, depth, phase, metric) for depth in sweep.depths]
            if any(cells):
                emphasis: Emphasis = "dim" if arm in sweep.placebos else "none"
                yield row((name(arm), phase, *map(_shown, cells)), emphasis)


def _shown(cell: CellFinding | None) -> str:
    if cell is None:
        return "–"
    if cell.metric == RETAINED_BYTES.name:
        return f"{memory(cell.value)}\n{memory_interval(cell.value_low, cell.value_high)}"
    return "\n".join(duration_with_interval(cell.value, cell.value_low, cell.value_high))
