"""Folders that measured code has filled are removed, whatever is in them, and nothing else is."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from bench.worker.linux.files import remove_folder
from tests.fakes.hostile.files import make_deep_folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "folder"
    path.mkdir()
    return path


def test_folder_deeper_than_any_path_is_removed(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # What changes the current folder changes it back in the end.
    monkeypatch.chdir(tmp_path)
    (folder / "file").touch()
    for name in ("a", "b"):
        (folder / name).mkdir()
        make_deep_folder(folder / name, depth=1500)
    os.chdir(tmp_path)
    remove_folder(str(folder))
    assert not list(tmp_path.iterdir())


def test_folder_that_may_not_be_read_is_removed(folder: Path, tmp_path: Path) -> None:
    locked = folder / "locked" / "within"
    locked.mkdir(parents=True)
    (locked / "file").touch()
    for each in (locked, locked.parent, folder):
        each.chmod(0)
    remove_folder(str(folder))
    assert not list(tmp_path.iterdir())


def test_what_a_link_leads_to_stays(folder: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "file").touch()
    (folder / "link").symlink_to(elsewhere)
    remove_folder(str(folder))
    (tmp_path / "link").symlink_to(elsewhere)
    remove_folder(str(tmp_path / "link"))
    assert {path.name for path in tmp_path.rglob("*")} == {"elsewhere", "file", "link"}


def test_folder_that_is_not_there_is_gone(tmp_path: Path) -> None:
    remove_folder(str(tmp_path / "nowhere"))
