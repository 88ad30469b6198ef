"""One finding in several environments, as a table and a chart, of runs whose truth is known."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bench.domain.findings.comparisons import Verdict
from bench.domain.findings.costs import FailureFinding
from bench.domain.findings.run import Findings
from bench.report.answer.compose import compose_answer
from bench.report.charts.draw import draw_charts
from bench.report.markdown import verdicts
from bench.report.tables.environments import environment_tables
from bench.report.tables.model import Table
from bench.report.text.formatting import NBSP
from bench.report.views import sweeps
from tests.analysis.environment_runs import found, plan_of, slower, swept
from tests.analysis.simulated_runs import BUILD_STYLE


@pytest.fixture(scope="module")
def findings() -> Findings:
    """``incremental`` takes 1.4 times as long to construct in the second environment."""
    return found(
        plan_of("inline", "incremental"),
        swept(incremental=slower(BUILD_STYLE["incremental"], 1.4)),
    )


def lines(table: Table) -> list[list[str]]:
    return [[each.text for each in row.cells] for row in table.rows]


def test_each_environment_is_a_row_below_the_one_before(findings: Findings) -> None:
    (table,) = environment_tables(sweeps(findings))
    assert table.title.endswith("relative to inline of the same environment")
    assert [each.name for each in table.columns] == [
        "phase",
        "arm",
        "environment",
        "4 layers",
        "16 layers",
        "64 layers",
        "growth",
    ]
    assert [row[:3] for row in lines(table)] == [
        ["construct", "inline", "keras2"],
        ["construct", "inline", "keras3"],
        ["construct", "incremental", "keras2"],
        ["construct", "incremental", "keras3"],
    ]


def test_ratio_is_to_the_baseline_of_the_same_environment(findings: Findings) -> None:
    (table,) = environment_tables(sweeps(findings))
    before, after = (float(row[5].split()[0]) for row in lines(table)[2:])
    assert after / before == pytest.approx(1.4, rel=0.03)
    assert lines(table)[0][5].endswith("ms")
    assert lines(table)[3][5].split()[1] == "S"
    assert lines(table)[3][6] == "grows quadratically"


def test_run_of_one_environment_has_no_such_table(findings: Findings) -> None:
    one = [each for each in sweeps(findings) if each.place.environment == "keras2"]
    assert not list(environment_tables(one))


def test_chart_says_what_the_environments_change(findings: Findings, tmp_path: Path) -> None:
    paths = draw_charts(findings, tmp_path, ("svg",))
    (path,) = [each for each in paths if each.stem.endswith("-environments")]
    title = path.read_text().partition("<dc:title>")[2].partition("</dc:title>")[0]
    assert title.startswith("To construct at 64 layers, incremental takes ")
    assert " times as long as inline in keras2, " in title
    assert title.endswith(" in keras3")


def test_chart_says_where_an_arm_is_missing(findings: Findings, tmp_path: Path) -> None:
    cell = next(each for each in findings.cells if each.arm == "incremental" and each.layers == 16)
    failure = FailureFinding(
        **cell.cell.fields(), phase="construct", kind="timed_out", reason="took long", count=1
    )
    of_one = failure.model_copy(update={"environment": "keras3"})
    of_both = [
        failure.model_copy(update={"environment": name, "layers": 64, "arm": "inline"})
        for name in ("keras2", "keras3")
    ]
    lacking = findings.model_copy(update={"failures": (of_one, *of_both)})
    paths = draw_charts(lacking, tmp_path, ("svg",))
    (path,) = [each for each in paths if each.stem.endswith("-environments")]
    text = " ".join(re.findall(r">([^<>]+)</text>", path.read_text())).replace(NBSP, " ")
    assert "inline at 64 layers (timed out)" in text
    assert "inline at 64 layers (timed out) in" not in text
    assert "incremental at 16 layers (timed out) in keras3" in text


def test_page_has_one_table_for_arms_in_all_environments_and_one_for_each_arm(
    findings: Findings,
) -> None:
    text = verdicts(findings)
    (row,) = [line for line in text.splitlines() if "`incremental` | `keras3` |" in line]
    assert row.startswith("| construct |")
    assert "slower | grows quadratically |" in row
    assert text.count("| environment |") == 1
    assert "keras3" in text.partition("incremental |")[2]


def answer_with(findings: Findings, verdict: Verdict) -> tuple[str, ...]:
    """The answer where ``incremental`` has ``verdict`` in the second environment."""
    comparisons = tuple(
        each.model_copy(update={"verdict": verdict, "within_margin": verdict == "equivalent"})
        if each.environment == "keras3" and not each.across and not each.placebo
        else each
        for each in findings.comparisons
    )
    return compose_answer(findings.model_copy(update={"comparisons": comparisons}), ())


def test_environment_without_a_verdict_is_told_of_once(findings: Findings) -> None:
    answer = answer_with(findings, "unresolved")
    (told,) = [each for each in answer if "incremental takes" in each and "keras2" in each]
    assert told.startswith("To construct at 64 layers, relative to inline, incremental takes ")
    assert re.search(r" in keras2; unresolved in keras3 \(\d\.\d+\)\.$", told)
    assert not any("keras3: incremental to construct" in each for each in answer)


def test_environment_in_which_an_arm_takes_as_long_is_told_of_once(findings: Findings) -> None:
    answer = answer_with(findings, "equivalent")
    (told,) = [each for each in answer if "incremental takes" in each and "keras2" in each]
    assert told.endswith(" in keras2 and as long in keras3.")
    assert not any(each.startswith("keras3: Equivalent") for each in answer)


def test_sentences_name_what_tells_environments_apart(findings: Findings) -> None:
    open_too = answer_with(findings, "unresolved")
    assert len({each.architecture for each in findings.cells}) == 1
    assert not any("mlp · " in each for each in open_too)
