"""Exports say what the findings say, in each format."""

from __future__ import annotations

import csv
import json
from io import StringIO
from pathlib import Path

import pytest

from bench.domain.findings.comparisons import ResultWarning
from bench.domain.findings.run import Findings
from bench.report.exports.registry import EXPORTERS
from bench.report.run_view import RunView
from tests.analysis.worked_evidence import worked_explanation
from tests.fakes.plan import fake_plan
from tests.report.findings_factory import findings
from tests.report.test_markdown_tables import table_rows


def view(found: Findings) -> RunView:
    return RunView(found, (worked_explanation(),), fake_plan(), Path("run"))


def rows(found: Findings) -> list[dict[str, str]]:
    text = EXPORTERS["csv"].render(view(found)).decode()
    return list(csv.DictReader(StringIO(text, newline="")))


@pytest.mark.parametrize("name", EXPORTERS)
def test_every_format_renders_runs_with_and_without_rounds(name: str) -> None:
    for found in (findings(), findings(rounds=0), findings(depths=(None,))):
        assert found.run in EXPORTERS[name].render(view(found)).decode() or not found.comparisons


def test_suffixes_are_distinct() -> None:
    suffixes = {each.suffix for each in EXPORTERS.values()}
    assert len(suffixes) == len(EXPORTERS)
    assert all(suffix.startswith(".") for suffix in suffixes)


def test_csv_has_a_row_for_each_comparison_and_an_empty_field_for_the_unknown() -> None:
    found = findings(rounds=4)
    read = rows(found)
    assert len(read) == len(found.comparisons)
    for row, comparison in zip(read, found.comparisons, strict=True):
        assert float(row["ratio"]) == comparison.ratio
        assert (row["arm"], row["phase"], row["verdict"]) == (
            comparison.arm,
            comparison.phase,
            comparison.verdict,
        )
    assert {row["ratio_low"] for row in read} == {""}
    assert {row["run"] for row in read} == {found.run}


def test_csv_holds_any_name_and_the_texts_of_warnings() -> None:
    arm = 'a,b "c"\n|'
    found = findings(arms=("inline", arm))
    warnings = tuple(ResultWarning(kind="drift", text=text) for text in ("one, two", "three"))
    first = found.comparisons[0].model_copy(update={"warnings": warnings})
    read = rows(found.model_copy(update={"comparisons": (first, *found.comparisons[1:])}))
    assert {row["arm"] for row in read} == {arm}
    assert read[0]["warnings"] == "one, two; three"


def test_json_is_read_back_as_the_findings() -> None:
    document = json.loads(EXPORTERS["json"].render(view(findings())))
    assert len(document.pop("explanations")) == 1
    assert Findings.model_validate(document) == findings()


def test_markdown_has_the_answers_their_table_and_the_explanation() -> None:
    text = EXPORTERS["markdown"].render(view(findings())).decode()
    assert text.startswith(f"# `{findings().run}`\n\n`build_style`: Does it matter")
    assert "times as long as inline (" in text
    assert "Next: " not in text
    arms = [row[0] for row in table_rows(text)]
    assert {"inline", "incremental", "functional"} <= set(arms)
    assert ": why\n" in text
    assert "calls visit n(n + 1)/2 times" in text
