"""What phases took of a GPU: its memory and its energy."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from bench.domain.metrics import DEVICE_JOULES, DEVICE_PEAK_BYTES, Metric
from bench.report.tables.model import BLANK, Block, Column, Table, right, row
from bench.report.text.formatting import NBSP, at_layers, memory, significant
from bench.report.views import Sweep


def device_tables(sweep: Sweep) -> Iterator[Block]:
    """A table for each meter of the GPU that ``sweep`` was measured on, after a blank line each."""
    meters: tuple[tuple[Metric, str, Callable[[float], str]], ...] = (
        (DEVICE_PEAK_BYTES, "Most memory of the GPU in use in each phase", memory),
        (DEVICE_JOULES, "Energy of the GPU in each phase, counted ten times a second", _joules),
    )
    for metric, title, shown in meters:
        table = _table(sweep, metric, f"{title}{at_layers(sweep.deepest)}", shown)
        if table.rows:
            yield from (BLANK, table)


def _table(sweep: Sweep, metric: Metric, title: str, shown: Callable[[float], str]) -> Table:
    arms = [arm for arm in sweep.arms if arm not in sweep.placebos]
    rows = []
    for phase in sweep.measured_phases:
        cells = [sweep.cell(arm, sweep.deepest, phase, metric) for arm in arms]
        if any(cells):
            amounts = ("" if cell is None else shown(cell.value) for cell in cells)
            rows.append(row((phase, *amounts)))
    return Table(title, (Column("phase"), *right(*arms)), tuple(rows))


def _joules(value: float) -> str:
    return f"{significant(value)}{NBSP}J"
