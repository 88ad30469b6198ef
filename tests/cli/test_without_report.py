"""A run whose findings are printed, and of which nothing is drawn."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.cli import session
from bench.cli.publish import run_actions
from bench.store.locate import locate
from tests.cli.command import run
from tests.fakes.plan import fake_plan

VIEWS = ("charts", "report", "tensorboard")


@pytest.mark.parametrize("report", [True, False])
def test_only_a_run_with_a_report_is_drawn(
    report: bool, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plan = fake_plan("good", "unbuilt", rounds=1, layers=(2,))
    code = session.begin(plan, tmp_path, run_actions(False, None, report=report))
    assert code == 0
    folder = locate("latest", tmp_path).path
    assert [name for name in VIEWS if (folder / name).exists()] == [*VIEWS] * report
    assert (folder / "findings.json").is_file()
    shown = capsys.readouterr()
    assert "unbuilt" in shown.out
    assert ("report: " in shown.err) is report


def test_resumed_run_may_be_left_without_a_report(tmp_path: Path) -> None:
    result = run(["run", "--no-report", "--resume", "no_such_run"], tmp_path)
    assert result.returncode == 2
    assert "no_such_run" in result.stderr
    assert "--no-report" not in result.stderr
