"""``bench export``: to standard output, or to a file of each format."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from bench.execution.listener import Listener
from bench.execution.rounds.run import execute_run
from bench.store.run_folder import RunFolder
from tests.cli.command import run
from tests.fakes.plan import fake_folder, fake_plan


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    folder = fake_folder(tmp_path_factory.mktemp("runs") / "run", fake_plan(rounds=2))
    execute_run(folder, Listener())
    return folder


def test_one_format_goes_to_standard_output(measured: RunFolder, tmp_path: Path) -> None:
    result = run(["export", str(measured.path), "--format", "csv"], tmp_path)
    assert result.returncode == 0, result.stderr
    findings = measured.findings()
    assert findings is not None
    rows = list(csv.DictReader(result.stdout.splitlines()))
    assert [row["arm"] for row in rows] == [each.arm for each in findings.comparisons]


def test_exported_document_is_the_one_that_show_prints(measured: RunFolder, tmp_path: Path) -> None:
    exported = run(["export", str(measured.path), "--format", "json"], tmp_path)
    shown = run(["show", str(measured.path), "--json"], tmp_path)
    assert json.loads(exported.stdout)["schema"] == 5
    assert exported.stdout == shown.stdout


def test_several_formats_are_files_in_a_folder(measured: RunFolder, tmp_path: Path) -> None:
    arguments = ["export", str(measured.path), "--format", "json,markdown", "--output", "made"]
    result = run(arguments, tmp_path)
    assert result.returncode == 0, result.stderr
    paths = [tmp_path / line for line in result.stdout.splitlines()]
    assert [path.suffix for path in paths] == [".json", ".md"]
    assert all(path.parent == tmp_path / "made" and path.stat().st_size for path in paths)


@pytest.mark.parametrize(
    ("formats", "message"),
    [("csv,json", "add --output FOLDER"), ("cvs", "did you mean 'csv'?")],
)
def test_wrong_request_says_what_to_do(
    measured: RunFolder, tmp_path: Path, formats: str, message: str
) -> None:
    result = run(["export", str(measured.path), "--format", formats], tmp_path)
    assert result.returncode == 2
    assert message in result.stderr
    assert result.stdout == ""
