"""A report in its run folder leads to the files there; one that lies elsewhere does not."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from bench.report.html.report import render_report, write_report
from tests.report.findings_factory import findings
from tests.report.test_html import Document, view


def relative(page: bytes) -> list[str]:
    return [each for each in Document(page).addresses if not each.startswith(("#", "data:"))]


def test_every_link_leads_to_a_file_of_the_run(tmp_path: Path) -> None:
    for name in ("run.json", "findings.json", "rounds.parquet"):
        (tmp_path / name).touch()
    (tmp_path / "charts").mkdir()
    seen = replace(view(findings()), path=tmp_path)
    page = render_report(seen, (), in_run_folder=True)
    place = write_report(tmp_path, page).parent
    assert {(place / each).resolve() for each in relative(page)} == {
        tmp_path / name for name in ("run.json", "findings.json", "rounds.parquet", "charts")
    }


def test_report_that_lies_elsewhere_has_no_link_to_a_file() -> None:
    assert relative(render_report(view(findings()), ())) == []


def test_commands_name_the_run() -> None:
    found = findings()
    text = Document(render_report(view(found), ())).text
    assert f"bench tensorboard {found.run} --open" in text
