"""The commits of a real repository of git, and their files."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from bench.execution.environments.commits import NotInRepository, commits, sources_at


def git(folder: Path, *words: str) -> str:
    identity = ["-c", "user.name=a", "-c", "user.email=a@b.example"]
    done = subprocess.run(
        ["git", "-C", str(folder), *identity, *words], capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Five commits, each of which writes its number."""
    folder = tmp_path / "a repository"
    folder.mkdir()
    git(folder, "init", "-q", "-b", "main")
    for number in range(5):
        (folder / "number.txt").write_text(str(number))
        git(folder, "add", ".")
        git(folder, "commit", "-q", "-m", f"Number {number}")
        git(folder, "tag", f"v{number}")
    return folder


def test_commits_are_those_from_the_good_one_to_the_bad_one(repository: Path) -> None:
    found = commits(repository, "v1", "main")
    assert [each.subject for each in found] == ["Number 1", "Number 2", "Number 3", "Number 4"]
    assert found[0].hash == git(repository, "rev-parse", "--short=12", "v1")


def test_files_of_a_commit_are_had_whatever_is_checked_out(repository: Path) -> None:
    (repository / "number.txt").write_text("mine")
    folder = sources_at(repository, "v2")
    assert (folder / "number.txt").read_text() == "2"
    assert (repository / "number.txt").read_text() == "mine"
    assert git(repository, "status", "--short") == "M number.txt"


@pytest.mark.parametrize(
    ("good", "bad", "words"),
    [
        ("v3", "v1", "v1 does not follow v3"),
        ("v3", "v3", "v3 does not follow v3"),
        ("nowhere", "main", "nowhere"),
        ("v1", "nowhere", "nowhere"),
    ],
)
def test_what_git_does_not_find_is_told_in_a_line(
    repository: Path, good: str, bad: str, words: str
) -> None:
    with pytest.raises(NotInRepository, match=words) as told:
        commits(repository, good, bad)
    assert "\n" not in str(told.value)


def test_folder_that_is_no_repository_is_told(tmp_path: Path) -> None:
    with pytest.raises(NotInRepository, match="not a git repository"):
        commits(tmp_path, "v1", "main")
