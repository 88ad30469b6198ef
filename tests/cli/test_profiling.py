"""``bench profile``; where profiles cannot be had, nothing is lost and one line says why."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bench.cli.commands.profile import command
from bench.domain.design.profiling import Profiling
from bench.execution.listener import Listener
from bench.execution.rounds.run import execute_run
from bench.runs.conclude import conclude
from bench.store.run_folder import RunFolder
from tests.cli.command import run
from tests.fakes.plan import fake_folder, fake_plan


@pytest.fixture
def folder(tmp_path: Path) -> RunFolder:
    folder = fake_folder(tmp_path / "run", fake_plan(rounds=1, layers=(2, 4)))
    execute_run(folder, Listener())
    return folder


def test_finished_run_is_profiled(folder: RunFolder) -> None:
    result = run(["profile", str(folder.path), "--json"], folder.path.parent)
    assert result.returncode == 0, result.stderr
    assert len(json.loads(result.stdout)["profiles"]) == 8
    shown = run(["show", str(folder.path)], folder.path.parent)
    assert "price of profiling" in shown.stdout
    assert "8 profiles" in shown.stdout


def test_folder_that_cannot_be_written_loses_no_measurement(folder: RunFolder) -> None:
    before = conclude(folder)
    (folder.path / "tensorboard").write_text("in the way")
    result = run(["profile", str(folder.path), "--json"], folder.path.parent)
    assert result.returncode == 3
    (line,) = (line for line in result.stderr.splitlines() if "no profiles" in line)
    assert str(folder.path / "tensorboard") in line
    assert "Traceback" not in result.stderr
    assert len(json.loads(result.stdout)["comparisons"]) == len(before.comparisons)
    assert conclude(folder) == before


def test_profiler_that_is_busy_loses_no_measurement(
    folder: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = conclude(folder)
    monkeypatch.setenv("FAKE_PROFILER", "busy")
    result = run(["profile", str(folder.path), "--json"], folder.path.parent)
    assert result.returncode == 3
    document = json.loads(result.stdout)
    (told,) = (each["text"] for each in document["warnings"] if each["kind"] == "profile")
    assert "another profiler is running" in told
    assert len(document["comparisons"]) == len(before.comparisons)


def test_neither_run_nor_scenario_is_a_wrong_request(tmp_path: Path) -> None:
    result = run(["profile", "buildstyle"], tmp_path)
    assert result.returncode == 2
    assert "build_style" in result.stderr
    assert not list(tmp_path.iterdir())


def test_options_that_are_left_out_are_those_of_a_run_that_profiles() -> None:
    defaults = {each.name: each.default for each in command.params}
    usual = Profiling()
    assert defaults["steps"] == usual.steps
    assert defaults["modules"] == usual.modules
    assert (defaults["depth"], defaults["most"]) == (usual.depth, usual.most)
