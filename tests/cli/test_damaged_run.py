"""A run that cannot be read is told as such by every command, however it is named."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bench.api.session import CannotStart
from bench.cli import session
from bench.cli.publish import run_actions
from bench.store.files import write_document
from tests.cli.command import run
from tests.fakes.plan import fake_folder, fake_plan

RUN = "20260101T000000Z-fakes-0000"
COMMANDS = ("explain", "profile", "show", "charts", "tensorboard", "run --resume", "export")


@pytest.fixture
def damaged(tmp_path: Path) -> Path:
    """A run folder below the usual one, in the current one."""
    folder = fake_folder(tmp_path / "results" / "runs" / RUN, fake_plan())
    (folder.path / "run.json").write_text("{")
    return folder.path


@pytest.mark.parametrize("named", [RUN, RUN[:10], f"results/runs/{RUN}"])
@pytest.mark.parametrize("command", COMMANDS)
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


@pytest.mark.parametrize(
    "name", ["a\x1b[31mb", "a\x07b", "a\nb", "a\u202eb", "a\tb", "", "x" * 300]
)
@pytest.mark.parametrize("command", ["show", "show --json", "charts", "explain"])
def test_run_with_a_name_that_cannot_be_shown_is_refused(
    tmp_path: Path, name: str, command: str
) -> None:
    folder = fake_folder(tmp_path / "results" / "runs" / RUN, fake_plan())
    document = json.loads((folder.path / "run.json").read_bytes())
    del document["digest"]
    write_document(folder.path / "run.json", {**document, "run": name})
    result = run([*command.split(), f"results/runs/{RUN}"], tmp_path)
    assert result.returncode == 2, result.stderr
    (line,) = result.stderr.splitlines()
    assert "run.json cannot be read: " in line
    assert line.isprintable()
    assert not result.stdout


@pytest.mark.parametrize("name", ["a\x1b[31mb", "a\nb", "a\u202eb"])
def test_plan_whose_arm_has_a_name_that_cannot_be_shown_is_refused(
    tmp_path: Path, name: str
) -> None:
    folder = fake_folder(tmp_path / "results" / "runs" / RUN, fake_plan("good", "longer"))
    document = json.loads((folder.path / "run.json").read_bytes())
    del document["digest"]
    edited = json.loads(json.dumps(document).replace('"longer"', json.dumps(name)))
    write_document(folder.path / "run.json", edited)
    result = run(["show", f"results/runs/{RUN}"], tmp_path)
    assert result.returncode == 2, result.stderr
    (line,) = result.stderr.splitlines()
    assert "has a character in its name that cannot be printed" in line
    assert line.isprintable()


def test_run_that_is_removed_while_it_is_measured_is_not_to_be_resumed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOSTILE_RUN", str(tmp_path))
    plan = fake_plan("tests.fakes.hostile.files:removes_its_run", rounds=2, layers=(2,))
    with pytest.raises(CannotStart, match=r"is gone$") as raised:
        session.begin(plan, tmp_path, run_actions(as_json=False, profiling=None))
    assert "resume" not in str(raised.value)
