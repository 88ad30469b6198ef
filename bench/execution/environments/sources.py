"""Folders with the sources of a package: what they hold now, and copies to install from."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

_NOT_SOURCES = frozenset(
    {".git", "__pycache__", "build", "dist", ".tox", ".nox", ".venv", "node_modules"}
)
_DIGITS = 16


def digest(folder: Path) -> str:
    """A digest of the names and contents of the sources in ``folder``. Raises ``OSError``."""
    found = hashlib.sha256()
    for path in _sources(folder):
        found.update(f"{path.relative_to(folder)}\0".encode("utf-8", "surrogateescape"))
        found.update(hashlib.sha256(path.read_bytes()).digest())
    return found.hexdigest()[:_DIGITS]


def copy(folder: Path, target: Path) -> None:
    """Copy the sources in ``folder``, so that building writes nothing there. Raises ``OSError``."""
    for path in _sources(folder):
        copied = target / path.relative_to(folder)
        copied.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(path, copied)


def commit(folder: Path) -> str | None:
    """The commit that ``folder`` is a checkout of, with ``-dirty`` where files have changed since.

    None where it is no checkout of git.
    """
    asked = ["git", "-C", str(folder), "describe", "--always", "--dirty", "--abbrev=12"]
    try:
        found = subprocess.run(asked, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    return found.stdout.strip() or None


def _sources(folder: Path) -> Iterator[Path]:
    """The files below ``folder`` that are neither made from others nor an environment's."""
    for where, folders, files in os.walk(folder):
        folders[:] = sorted(
            each
            for each in folders
            if each not in _NOT_SOURCES
            and not each.endswith(".egg-info")
            and not (Path(where) / each / "pyvenv.cfg").exists()
        )
        found = (Path(where) / each for each in sorted(files) if not each.endswith(".pyc"))
        yield from (each for each in found if each.is_file())
