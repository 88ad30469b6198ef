"""A scenario file of one's own: written by the suite, measured by its path."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bench.domain.errors import InvalidScenario
from bench.planning.scenario_files import scenarios_of
from tests.cli.command import run


def test_new_scenario_file_can_be_measured_from_anywhere(tmp_path: Path) -> None:
    (tmp_path / "below").mkdir()
    written = run(["new", "below/mine.py"], tmp_path)
    assert written.returncode == 0, written.stderr
    arguments = ["run", "below/mine.py", "--layers", "1,2", "--rounds", "1", "--json"]
    result = run(arguments, tmp_path)
    assert result.returncode == 0, result.stderr
    document = json.loads(result.stdout)
    measured = {
        (each["arm"], each["layers"]) for each in document["cells"] if each["phase"] == "inference"
    }
    assert measured == {(arm, layers) for arm in ("narrow", "wide", "placebo") for layers in (1, 2)}
    assert document["questions"]["width"].startswith("What does it cost")


def test_file_that_exists_is_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text("precious")
    result = run(["new", "mine.py"], tmp_path)
    assert result.returncode == 2
    assert "exists already" in result.stderr
    assert (tmp_path / "mine.py").read_text() == "precious"


@pytest.mark.parametrize("name", ["my-scenarios.py", "mine.txt", "1.py"])
def test_name_must_be_that_of_a_module(tmp_path: Path, name: str) -> None:
    result = run(["new", name], tmp_path)
    assert result.returncode == 2
    assert "no name of a Python module" in result.stderr


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (None, "there is no file"),
        ("x = 1\n", "defines no Scenario"),
        ("def broken(:\n", "SyntaxError"),
        (
            "from bench.domain.scenario import Scenario\na = Scenario(1 / 0)\n",
            "ZeroDivisionError",
        ),
    ],
)
def test_file_without_a_scenario_says_so(tmp_path: Path, text: str | None, words: str) -> None:
    path = tmp_path / "mine.py"
    if text is not None:
        path.write_text(text)
    with pytest.raises(InvalidScenario, match=words):
        scenarios_of(path)
