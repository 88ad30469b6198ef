"""Measured code that changes: no run holds rounds of two versions of it."""

from __future__ import annotations

import os
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

import pytest

from bench.api.run import Run
from bench.api.session import CannotStart, Session, begin, resume
from bench.cli import session as cli
from bench.cli.publish import run_actions
from bench.domain.design.plan import Plan
from bench.execution.listener import Listener, RoundReport
from bench.store.code import CodeChanged
from bench.store.run_folder import RunFolder
from tests.cli.command import ROOT
from tests.fakes.plan import fake_plan

MODULE = """
from helper import LAYERS
from tests.fakes.framework import Model


def build(layers):
    return Model([*layers, *range(LAYERS)])
"""
HELPER, CHANGED = "LAYERS = 3\n", "LAYERS = 30\n"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, with a builder and a module that it imports."""
    (tmp_path / "mine.py").write_text(MODULE)
    (tmp_path / "helper.py").write_text(HELPER)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def plan() -> Plan:
    return fake_plan("tests.fakes.builders:good", "mine:build", rounds=4, layers=(2,))


class Editing(Listener):
    """Changes what a builder imports after the second round."""

    def round_ends(self, report: RoundReport) -> None:
        if report.number == 1:
            Path("helper.py").write_text(CHANGED)


def editing(_: RunFolder) -> AbstractContextManager[Listener]:
    return nullcontext(Editing())


def run_of(project: Path) -> RunFolder:
    (path,) = (project / "runs").iterdir()
    return RunFolder(path)


def test_run_records_what_it_measures_and_nothing_that_is_installed(project: Path) -> None:
    folder, _ = begin(plan(), project / "runs", Session())
    code = RunFolder(folder.path).record.code
    own = {name for name in code if name.startswith(str(project))}
    assert own == {str(project / "mine.py"), str(project / "helper.py")}
    assert str(ROOT / "tests" / "fakes" / "builders.py") in code
    assert not [name for name in code if "site-packages" in name or name.startswith("bench")]
    assert not [name for name in code if name.startswith(str(Path(os.__file__).parent))]


def test_run_whose_code_changes_ends_with_the_rounds_before(project: Path) -> None:
    with pytest.raises(CodeChanged, match=r"/helper\.py has changed: "):
        begin(plan(), project / "runs", Session(listener=editing))
    folder = run_of(project)
    assert (folder.rounds(), folder.record.status) == ([0, 1], "interrupted")
    with pytest.raises(CodeChanged, match=r"/helper\.py has changed: "):
        resume(folder, Session())
    with pytest.raises(CodeChanged, match=r"/helper\.py has changed: "):
        Run(folder).explain()
    (project / "helper.py").write_text(HELPER)
    findings = resume(folder, Session())
    assert (findings.rounds, findings.status) == (4, "complete")


def test_command_says_which_file_and_how_to_go_on(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cli, "progress", editing)
    actions = run_actions(as_json=False, profiling=None)
    with pytest.raises(CannotStart) as stopped:
        cli.begin(plan(), project / "runs", actions)
    words = str(stopped.value)
    assert words.startswith(f"stopped: {project / 'helper.py'} has changed: ")
    assert "; restore it, then resume with: " in words
    assert "\n" not in words


def test_other_file_of_the_name_is_not_measured_in_its_place(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(CodeChanged):
        begin(plan(), project / "runs", Session(listener=editing))
    (project / "helper.py").write_text(HELPER)
    elsewhere = project / "elsewhere"
    elsewhere.mkdir()
    for name in ("mine.py", "helper.py"):
        (elsewhere / name).write_text((project / name).read_text())
    monkeypatch.chdir(elsewhere)
    with pytest.raises(CodeChanged, match=r"elsewhere/\w+\.py would be measured in place of "):
        resume(run_of(project), Session())
