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
from bench.report.text.formatting import UNPROVEN
from tests.report.findings_factory import findings


def table(proven: bool) -> list[str]:
    console = Console(width=100, record=True, file=StringIO())
    console.print(findings_tables(findings(proven=proven)))
    return console.export_text().splitlines()


def test_table_begins_with_it() -> None:
    assert table(proven=False)[0].startswith(UNPROVEN)
    assert not any(UNPROVEN in line for line in table(proven=True))


def test_readme_block_begins_with_it() -> None:
    assert summary(findings(proven=False), "charts", "build_style-mlp-cost.png").startswith(
        f"**{UNPROVEN}**"
    )
    assert UNPROVEN not in summary(findings(), "charts", "build_style-mlp-cost.png")


@pytest.mark.parametrize("proven", [True, False])
def test_every_chart_has_it_under_its_title(tmp_path: Path, proven: bool) -> None:
    drawn = draw_charts(findings(proven=proven), tmp_path, ["svg"])
    assert drawn
    assert all((UNPROVEN.upper() in path.read_text()) != proven for path in drawn)


def test_document_has_it_among_its_first_keys() -> None:
    document = json.loads(findings(proven=False).model_dump_json())
    assert list(document).index("proven") < 5
    assert document["proven"] is False
