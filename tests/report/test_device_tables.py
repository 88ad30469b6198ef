"""What a run on a GPU shows of it."""

from __future__ import annotations

from bench.domain.findings.costs import CellFinding
from bench.domain.findings.run import Findings
from bench.domain.metrics import DEVICE_JOULES, DEVICE_PEAK_BYTES, Metric
from bench.report.markdown_tables import render_markdown
from bench.report.tables.device import device_tables
from bench.report.views import sweeps
from tests.report.findings_factory import findings

MIB = 2.0**20


def metered(cell: CellFinding, metric: Metric, value: float) -> CellFinding:
    return cell.model_copy(
        update={
            "metric": metric.name,
            "unit": metric.unit,
            **dict.fromkeys(
                ("value", "value_low", "value_high", "median_low", "median_high"), value
            ),
        }
    )


def shown(found: Findings) -> str:
    (sweep,) = sweeps(found)
    return "\n".join(render_markdown([block]) for block in device_tables(sweep))


def test_peak_memory_and_energy_of_each_phase_are_shown_where_they_are_known() -> None:
    found = findings()
    deepest = max(cell.layers or 0 for cell in found.cells)
    added = [
        metered(cell, metric, value)
        for cell in found.timed_cells
        if (cell.layers, cell.phase) == (deepest, "trace")
        for metric, value in ((DEVICE_PEAK_BYTES, 144 * MIB), (DEVICE_JOULES, 12.6))
    ]
    text = shown(found.model_copy(update={"cells": (*found.cells, *added)}))
    assert "144 MiB" in text.replace("\u00a0", " ")
    assert "12.6 J" in text.replace("\u00a0", " ")
    assert "construct" not in text


def test_run_without_a_gpu_shows_nothing_of_one() -> None:
    assert shown(findings()) == ""
