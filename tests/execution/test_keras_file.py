"""A backend that ``keras.json`` asks for is told as one that a variable asks for."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bench.domain.surroundings import asked_backend
from bench.execution.processes.environment import Survey, environment
from bench.execution.processes.keras_file import wishes
from tests.fakes.plan import fake_plan

JAX = json.dumps({"backend": "jax"})
FOUND = Survey(versions={}, populate=True, bad={})


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("KERAS_HOME", "KERAS_BACKEND"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / ".keras").mkdir()
    return tmp_path


def test_backend_of_the_file_stands_in_the_environment_of_a_run(home: Path) -> None:
    assert "KERAS_BACKEND" not in environment(FOUND, fake_plan())
    (home / ".keras" / "keras.json").write_text(JAX)
    assert environment(FOUND, fake_plan())["KERAS_BACKEND"] == "jax"


def test_folder_of_the_file_is_the_one_that_keras_takes(home: Path) -> None:
    (home / "keras.json").write_text(JAX)
    assert asked_backend(wishes({"KERAS_HOME": str(home)}), "tensorflow") == {
        "KERAS_BACKEND": "jax"
    }
    assert asked_backend(wishes({"KERAS_HOME": "~"}), "torch") == {"KERAS_BACKEND": "jax"}


def test_variable_says_more_than_the_file(home: Path) -> None:
    (home / ".keras" / "keras.json").write_text(JAX)
    assert asked_backend(wishes({"KERAS_BACKEND": "torch"}), "torch") == {}
    assert asked_backend(wishes({"KERAS_BACKEND": ""}), "torch") == {"KERAS_BACKEND": "jax"}


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "null", '{"backend": 3}', "[" * 100_000, '{"backend": "tensorflow"}', "\0"],
)
def test_file_that_says_nothing_asks_for_nothing(home: Path, text: str) -> None:
    (home / ".keras" / "keras.json").write_text(text)
    assert asked_backend(wishes({}), "jax") == {}


def test_file_that_is_no_text_asks_for_nothing(home: Path) -> None:
    (home / ".keras" / "keras.json").write_bytes(b"\xff\xfe")
    assert asked_backend(wishes({}), "jax") == {}
