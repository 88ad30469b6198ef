"""What ``bench calibrate`` shows of its findings."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

from PIL import Image
from rich.console import Console

from bench.analysis.calibration.findings import (
    BlockRule,
    CalibrationFindings,
    EqualWork,
    InjectedWork,
)
from bench.report.charts.calibration import draw_calibration
from bench.report.tables.calibration import calibration_tables
from bench.report.terminal import render_terminal


def findings(alarms: int = 0) -> CalibrationFindings:
    return CalibrationFindings(
        run="20261123T013552Z-calibration-2a5b",
        experiments=10,
        rounds=4,
        replicates=1,
        samples=60,
        margin=0.05,
        confidence=0.95,
        environment={"keras": "3.15.1", "cpu_count": 2},
        equal=EqualWork(
            comparisons=200,
            slower=alarms,
            faster=0,
            equivalent=3,
            unresolved=197 - alarms,
            ever_claimed=alarms,
            missed=alarms,
            experiments_with_claims=min(alarms, 10),
        ),
        injected=(
            injected(0.0, (0, 0, 0, 0)),
            injected(0.01, (0, 0, 0, 1)),
            injected(0.1, (0, 2, 7, 10)),
        ),
        blocks=(
            BlockRule(rule="t-test", injected=0.0, comparisons=40, slower=12, faster=11),
            BlockRule(rule="t-test", injected=0.1, comparisons=20, slower=14, faster=2),
        ),
    )


def injected(part: float, by_round: tuple[int, ...]) -> InjectedWork:
    return InjectedWork(
        injected=part,
        ratio=1 + part,
        comparisons=10,
        slower=by_round[-1],
        faster=0,
        equivalent=0,
        unresolved=10 - by_round[-1],
        ever_claimed=by_round[-1],
        missed=0,
        found_by_round=by_round,
    )


def text(found: CalibrationFindings) -> str:
    console = Console(width=100, record=True, file=StringIO())
    console.print(render_terminal(calibration_tables(found)))
    return console.export_text()


def test_table_counts_claims_beside_the_common_way() -> None:
    told = text(findings())
    assert "0 of 200 comparisons are called different" in told
    (slowed,) = (line for line in told.splitlines() if line.startswith("10 %"))
    assert any(line.startswith("nothing") for line in told.splitlines())
    assert slowed.split() == ["10", "%", "1.10", "10", "of", "10", "-", "-", "-", "-", "3"]
    (rule,) = (line for line in told.splitlines() if line.startswith("t-test"))
    assert "57.5 %" in rule
    assert "70 %" in rule


def test_rates_are_of_the_suite_and_of_each_rule_and_are_in_the_document() -> None:
    suite, rule = findings(alarms=2).rates
    assert (suite.different, suite.found) == (0.01, 1.0)
    assert (rule.rule, rule.different, rule.found) == ("t-test", 0.575, 0.7)
    assert findings().model_dump(mode="json")["rates"][1]["different"] == 0.575


def test_rounds_for_half_is_the_first_round_by_which_half_is_found() -> None:
    assert injected(0.1, (0, 4, 5, 6)).rounds_to_find == 3
    assert injected(0.1, (0, 4, 4, 4)).rounds_to_find is None


def test_chart_says_what_was_found(tmp_path: Path) -> None:
    png, svg = draw_calibration(findings(), tmp_path / "charts")
    with Image.open(png) as picture:
        assert picture.size[0] > 900
    assert "The suite calls no equal work different, common rules up to 57.5 %" in svg.read_text()
    _, again = draw_calibration(findings(alarms=2), tmp_path / "again")
    assert "Of equal work the suite calls 1.0 % different" in again.read_text()
