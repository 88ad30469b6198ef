"""The commits of a repository between two, and the sources that each of them has."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import NamedTuple

from bench.domain.errors import BenchError
from bench.execution.processes.scratch import new_folder


class NotInRepository(BenchError, ValueError):
    """What git does not find, in its own words."""


class Commit(NamedTuple):
    """A commit: its abbreviated hash, and the first line of its message."""

    hash: str
    subject: str


def commits(repository: Path, good: str, bad: str) -> list[Commit]:
    """``good`` and the commits after it until ``bad`` by their first parents, in this order.

    What a merge brings is there with the merge: commits of a side branch are no states between two
    of the main line. Those of the main line without ``good`` are left out.

    Raises ``NotInRepository`` where git finds no such commits, or none that follow.
    """
    log = ["log", "--reverse", "--abbrev=12", "--format=%h %s"]
    first = _lines_of(repository, *log, "--max-count=1", good, "--")
    main_line = _lines_of(repository, *log, "--first-parent", f"{good}..{bad}", "--")
    # git takes both options together for a walk that ends where ``good`` came with a merge.
    with_good = set(_lines_of(repository, *log, "--ancestry-path", f"{good}..{bad}", "--"))
    lines = [*first, *(each for each in main_line if each in with_good)]
    found = [Commit(*line.partition(" ")[::2]) for line in lines]
    if len(found) < 2:
        raise NotInRepository(f"{bad} does not follow {good} in {repository}")
    return found


def sources_at(repository: Path, commit: str) -> Path:
    """A folder with the files of ``commit``. Raises ``NotInRepository``."""
    folder = new_folder("commit")
    archive = folder.with_suffix(".tar")
    _git(repository, "archive", "--format=tar", f"--output={archive}", commit)
    _said_by(repository, "tar", "-xf", str(archive), "-C", str(folder))
    archive.unlink()
    return folder


def _lines_of(repository: Path, *words: str) -> list[str]:
    # A subject may hold what Python takes for other ends of lines.
    return [each for each in _git(repository, *words).split("\n") if each]


def _git(repository: Path, *words: str) -> str:
    return _said_by(repository, "git", "-C", str(repository), *words)


def _said_by(repository: Path, *command: str) -> str:
    done = subprocess.run(command, capture_output=True, check=False)
    # Read as text, a carriage return in a subject would end its line.
    printed, errors = (
        each.decode(errors="backslashreplace") for each in (done.stdout, done.stderr)
    )
    if done.returncode:
        reason = (errors.strip().splitlines() or [f"{command[0]} gives no reason"])[0]
        raise NotInRepository(f"{repository}: {reason}")
    return printed
