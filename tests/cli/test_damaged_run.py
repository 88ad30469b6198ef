"""A run that cannot be read is told as such by every command, however it is named."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from bench.api.session import CannotStart
from bench.cli import session
from bench.cli.publish import run_actions
from bench.store.files import InvalidRun, write_document
from bench.store.run_folder import RunFolder
from tests.cli.command import run
from tests.fakes.plan import fake_folder, fake_plan

RUN = "20260101T000000Z-fakes-0000"
PATH = f"results/runs/{RUN}"
COMMANDS = (
    "explain",
    "profile",
    "show",
    "report",
    "watch",
    "charts",
    "tensorboard",
    "run --resume",
    "export",
)


@pytest.fixture
def damaged(tmp_path: Path) -> Path:
    """A run folder below the usual one, in the current one."""
    folder = fake_folder(tmp_path / "results" / "runs" / RUN, fake_plan())
    (folder.path / "run.json").write_text("{")
    return folder.path


@pytest.mark.parametrize(
    ("command", "named"),
    [
        *((command, PATH) for command in COMMANDS),
        *((command, name) for command in COMMANDS[:2] for name in (RUN, RUN[:10])),
    ],
)
def test_reason_comes_first_and_no_scenario_is_suggested(
    tmp_path: Path, damaged: Path, command: str, named: str
) -> None:
    words = [*command.split(), named, *(["--format", "csv"] if command == "export" else [])]
    result = run(words, tmp_path)
    assert result.returncode == 2, result.stderr
    (line,) = result.stderr.splitlines()
    assert line.startswith("bench: ")
    assert "run.json cannot be read: it is no JSON document" in line
    assert "scenario" not in line


UNSHOWN = ("a\x1b[31mb", "a\x07b", "a\nb", "a\u202eb", "a\tb", "", "x" * 300)


def edited(folder: Path, change: Callable[[str], str]) -> Path:
    """A run folder whose document is what ``change`` makes of it, and has its digest."""
    made = fake_folder(folder / "results" / "runs" / RUN, fake_plan("good", "longer"))
    document = json.loads((made.path / "run.json").read_bytes())
    del document["digest"]
    write_document(made.path / "run.json", change(json.dumps(document)))
    return made.path


def saying(old: str, new: str) -> Callable[[str], str]:
    return lambda document: document.replace(json.dumps(old), json.dumps(new))


@pytest.mark.parametrize("name", UNSHOWN)
def test_run_with_a_name_that_cannot_be_shown_is_refused(tmp_path: Path, name: str) -> None:
    path = edited(tmp_path, saying(RUN, name))
    with pytest.raises(InvalidRun, match=r"run\.json cannot be read: ") as raised:
        RunFolder(path)
    assert str(raised.value).isprintable()


@pytest.mark.parametrize("name", UNSHOWN)
def test_arm_with_a_name_that_cannot_be_shown_is_refused(tmp_path: Path, name: str) -> None:
    path = edited(tmp_path, saying("longer", name))
    with pytest.raises(InvalidRun, match=r"run\.json cannot be read: ") as raised:
        RunFolder(path)
    assert str(raised.value).isprintable()


@pytest.mark.parametrize("command", ["show --json", "explain"])
def test_name_that_cannot_be_shown_never_reaches_the_terminal(tmp_path: Path, command: str) -> None:
    edited(tmp_path, saying(RUN, UNSHOWN[0]))
    result = run([*command.split(), PATH], tmp_path)
    assert result.returncode == 2, result.stderr
    (line,) = result.stderr.splitlines()
    assert "run.json cannot be read: " in line
    assert line.isprintable()
    assert not result.stdout


def test_run_that_is_removed_while_it_is_measured_is_not_to_be_resumed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOSTILE_RUN", str(tmp_path))
    plan = fake_plan("tests.fakes.hostile.files:removes_its_run", rounds=2, layers=(2,))
    with pytest.raises(CannotStart, match=r"is gone$") as raised:
        session.begin(plan, tmp_path, run_actions(as_json=False, profiling=None))
    assert "resume" not in str(raised.value)
