"""Whether the profile viewer works here, found by loading it."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.doctor import profile_viewer as module
from bench.doctor.profile_viewer import viewer


def test_installed_viewer_loads() -> None:
    found = viewer()
    assert found.problem is None
    assert found.found.startswith("xprof ")
    assert found.advice == ""


def test_viewer_that_cannot_be_imported_is_a_problem(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "xprof.py").write_text("raise ImportError('an old protobuf')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    found = viewer()
    assert found.problem is not None
    assert "an old protobuf" in found.problem
    assert "pip install" in found.advice


def test_viewer_whose_loader_gives_up_without_a_word_is_a_problem(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "xprof"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "profile_plugin_loader.py").write_text(
        "class ProfilePluginLoader:\n"
        "    def define_flags(self, parser): pass\n"
        "    def load(self, context): pass\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    assert viewer().problem == "does not load: its loader gives up"


def test_missing_viewer_is_a_problem_with_advice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "entry_points", lambda **_: ())
    monkeypatch.setattr(module, "_version", lambda _: None)
    assert viewer().found == "not installed"
    assert viewer().advice == f"to look at profiles: {module.INSTALL}"


def test_two_viewers_are_a_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "entry_points", lambda **_: ("xprof", "its former name"))
    problem = viewer().problem
    assert problem is not None
    assert "tensorboard-plugin-profile" in problem
