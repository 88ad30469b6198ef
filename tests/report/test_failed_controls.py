"""A run whose controls failed says so above everything else, in every output."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from bench.report.charts.draw import draw_charts
from bench.report.markdown import summary
from bench.report.tables.run import findings_tables
from bench.report.terminal import render_terminal
from bench.report.text.formatting import CONTROLS_FAILED
from tests.report.findings_factory import findings


def table(controls_passed: bool) -> list[str]:
    console = Console(width=100, record=True, file=StringIO())
    console.print(render_terminal(findings_tables(findings(controls_passed=controls_passed))))
    return console.export_text().splitlines()


def test_table_begins_with_it() -> None:
    assert table(controls_passed=False)[0].startswith(CONTROLS_FAILED)
    assert not any(CONTROLS_FAILED in line for line in table(controls_passed=True))


def test_readme_block_begins_with_it() -> None:
    assert summary(
        findings(controls_passed=False), "charts", "build_style-mlp-cost.png"
    ).startswith(f"**{CONTROLS_FAILED}**")
    assert CONTROLS_FAILED not in summary(findings(), "charts", "build_style-mlp-cost.png")


@pytest.mark.parametrize("controls_passed", [True, False])
def test_every_chart_has_it_under_its_title(tmp_path: Path, controls_passed: bool) -> None:
    drawn = draw_charts(findings(controls_passed=controls_passed), tmp_path, ["svg"])
    assert drawn
    assert all((CONTROLS_FAILED.upper() in path.read_text()) != controls_passed for path in drawn)


def test_document_has_it_among_its_first_keys() -> None:
    document = json.loads(findings(controls_passed=False).model_dump_json())
    assert list(document).index("controls_passed") < 5
    assert document["controls_passed"] is False
