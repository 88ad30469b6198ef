"""Runs in which cells failed are published like others: what was measured is shown.

Every publisher is tried on findings with any subset of cells failed, each in any phase.
"""

from __future__ import annotations

import csv
import json
import struct
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console

from bench.domain.findings.run import Findings
from bench.report.charts.draw import KINDS, draw_charts
from bench.report.charts.layout.context import Context
from bench.report.charts.layout.style import arm_styles, drawing
from bench.report.exports.registry import EXPORTERS
from bench.report.html.report import render_report
from bench.report.markdown import verdicts
from bench.report.run_view import RunView
from bench.report.tables.model import ResponsiveTable, Table
from bench.report.tables.run import run_summary
from bench.report.tensorboard.write import write_tensorboard
from bench.report.terminal import render_terminal
from bench.report.text.formatting import duration
from bench.report.views import sweeps
from tests.fakes.plan import fake_plan
from tests.report.event_files import Events
from tests.report.findings_factory import headline_of
from tests.report.partial_findings import ARMS, PHASES, Lost, partly_failed

DEPTHS = (4, 16, 64)
CELLS = [(arm, layers) for arm in ARMS for layers in DEPTHS]
PNG = b"\x89PNG\r\n\x1a\n" + b"\0\0\0\rIHDR" + struct.pack(">II", 320, 200)

ANY_SUBSET = st.dictionaries(st.sampled_from(CELLS), st.sampled_from(PHASES))
SEVERAL = [
    {},
    dict.fromkeys(CELLS, "construct"),
    {cell: "construct" for cell in CELLS if cell[0] in ("inline", "placebo")},
    {cell: "first_call" for cell in CELLS if cell[0] == "inline"},
    {cell: "construct" for cell in CELLS if cell[1] == 64},
    {cell: "construct" for cell in CELLS if cell[1] != 64},
    {cell: "trace" for cell in CELLS if cell[0] != "functional"},
    {cell: "construct" for cell in CELLS if cell[0] != "incremental"},
    {("incremental", 64): "inference"},
]
"""The subsets that happen: a baseline that fails, a depth that is too deep, one arm that works."""


def broken_chart(*_: object) -> None:
    raise IndexError("no such row")


def view(found: Findings) -> RunView:
    return RunView(found, (), fake_plan(), Path("run"))


def printed(found: Findings, width: int = 200) -> str:
    console = Console(file=StringIO(), width=width, no_color=True)
    console.print(render_terminal(run_summary(view(found))))
    assert isinstance(console.file, StringIO)
    return console.file.getvalue()


def assert_told(found: Findings, lost: Lost) -> None:
    """What failed is told as that, and what was measured beside it stands in the tables."""
    text = printed(found)
    for told in (text, verdicts(found)):
        assert "after 0 rounds" not in told
        assert "- ?" not in told
    assert ("failed" in text) == bool(lost)
    measured = {(cell.arm, cell.layers, cell.phase): cell.value for cell in found.timed_cells}
    for item in found.timings:
        if item.headline and item.arm_value is not None and item.baseline_value is None:
            assert duration(measured[item.arm, item.layers, item.phase]) in text
    for line in csv.DictReader(StringIO(EXPORTERS["csv"].render(view(found)).decode())):
        assert (line["verdict"] == "failed") == (line["rounds"] == "0")


def assert_no_table_is_empty(found: Findings) -> None:
    for block in run_summary(view(found)):
        layouts = block.layouts if isinstance(block, ResponsiveTable) else ()
        tables = (block,) if isinstance(block, Table) else sum(layouts, ())
        for table in tables:
            assert table.rows, table.title
            assert len(table.columns) > 1, table.title


@pytest.mark.parametrize("lost", SEVERAL)
def test_tables_tell_what_failed_and_show_what_was_measured(lost: Lost) -> None:
    for rounds in (2, 16):
        found = partly_failed(lost, rounds=rounds)
        assert_told(found, lost)
        assert_no_table_is_empty(found)


@settings(deadline=None, max_examples=60)
@given(ANY_SUBSET, st.sampled_from((2, 16)))
def test_any_subset_of_cells_may_fail_in_any_phase(lost: Lost, rounds: int) -> None:
    found = partly_failed(lost, rounds=rounds)
    assert_told(found, lost)
    printed(found, width=40)
    assert_no_table_is_empty(found)
    for name in EXPORTERS.keys() - {"html"}:
        assert EXPORTERS[name].render(view(found))
    # Charts of any subset have a test of their own.
    assert render_report(view(found), charts=())
    assert json.loads(EXPORTERS["json"].render(view(found)))["answer"]


@settings(deadline=None, max_examples=12)
@given(ANY_SUBSET, st.sampled_from(((4, 16, 64), (4, 16), (16,), (None,))))
def test_charts_of_any_subset_are_made_of_what_was_measured(
    lost: Lost, depths: tuple[int | None, ...]
) -> None:
    at_depths = {(arm, at): how for (arm, at), how in lost.items() if at in depths}
    if depths == (None,):
        at_depths = {(arm, None): how for (arm, at), how in lost.items() if at == DEPTHS[0]}
    found = partly_failed(at_depths, depths=depths)
    context = Context(found, arm_styles(found))
    with drawing():
        for sweep in sweeps(found):
            drawn = [chart for kind in KINDS if sweep.cells and (chart := kind(sweep, context))]
            assert bool(drawn) == bool(sweep.cells)
            for chart in drawn:
                assert "None" not in chart.title


@pytest.mark.parametrize("lost", SEVERAL[1:])
def test_no_chart_is_lost_where_cells_failed(lost: Lost, tmp_path: Path) -> None:
    def lose(line: str) -> None:
        raise AssertionError(line)

    found = partly_failed(lost)
    drawn = draw_charts(found, tmp_path, ["svg"], lose)
    assert bool(drawn) == any(sweep.cells for sweep in sweeps(found))


@settings(deadline=None, max_examples=20)
@given(ANY_SUBSET)
def test_events_of_any_subset_are_those_of_what_was_measured(lost: Lost) -> None:
    found = partly_failed(lost)
    with TemporaryDirectory() as folder:
        chart = Path(folder) / "mlp-cost.png"
        chart.write_bytes(PNG)
        logs = Path(folder) / "tensorboard"
        logs.mkdir()
        write_tensorboard(view(found), [], [], [chart], logs)
        events = Events(logs)
        arms = {run.rpartition("/")[2] for run in events.runs if run.startswith("curves/")}
    assert arms == {cell.arm for cell in found.timed_cells}


def test_headline_of_each_arm_is_among_the_phases_that_fail() -> None:
    assert {headline_of(arm) for arm in ARMS} <= set(PHASES)


def test_chart_that_cannot_be_drawn_costs_itself_and_a_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("bench.report.charts.draw.KINDS", (broken_chart, *KINDS))
    drawn = draw_charts(partly_failed({}), tmp_path, ["svg"])
    assert len(drawn) == 5
    (line,) = capfd.readouterr().err.splitlines()
    assert line == (
        "bench: the broken chart of build_style-mlp is not drawn: IndexError: no such row"
    )
