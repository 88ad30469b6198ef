"""The commits of a real repository of git, and their files."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from bench.api.bisect import Count, find_change
from bench.execution.environments.commits import NotInRepository, commits, sources_at


def git(folder: Path, *words: str, environment: Mapping[str, str] | None = None) -> str:
    identity = ["-c", "user.name=a", "-c", "user.email=a@b.example"]
    done = subprocess.run(
        ["git", "-C", str(folder), *identity, *words],
        capture_output=True,
        text=True,
        check=True,
        env=environment,
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


def merged(folder: Path) -> list[str]:
    """Add to ``folder`` a commit, a side branch of two later ones, their merge and one more.

    Returns the first lines of their messages in the order of their dates.
    """
    git(folder, "branch", "side")

    def commit(day: int, message: str, *words: str) -> str:
        date = f"2040-01-0{day}T00:00:00Z"
        environment = {**os.environ, "GIT_AUTHOR_DATE": date, "GIT_COMMITTER_DATE": date}
        git(folder, *words, "-m", message, environment=environment)
        return message

    empty = ("commit", "-q", "--allow-empty")
    made = [commit(2, "On main", *empty)]
    git(folder, "checkout", "-q", "side")
    made += [commit(3, "Side 1", *empty), commit(4, "Side 2", *empty)]
    git(folder, "checkout", "-q", "main")
    return [
        *made,
        commit(5, "Merge side", "merge", "-q", "--no-ff", "side"),
        commit(6, "Last", *empty),
    ]


def test_commits_of_a_side_branch_are_no_candidates_between_those_of_the_main_line(
    repository: Path,
) -> None:
    on_main, *_, merge, last = merged(repository)
    found = [each.subject for each in commits(repository, "v4", "main")]
    assert found == ["Number 4", on_main, merge, last]


@pytest.mark.parametrize("changed_by", ["On main", "Side 1", "Side 2", "Merge side", "Last"])
def test_change_is_found_where_the_main_line_has_it_first(
    repository: Path, changed_by: str
) -> None:
    merged(repository)
    changed = git(repository, "log", "--format=%H", f"--grep={changed_by}", "main")

    def count(label: str) -> Count:
        has_it = changed in git(repository, "log", "--format=%H", label)
        return Count(label, (4, 8), (1, 2), "n²" if has_it else "n")

    candidates = {each.hash: each.subject for each in commits(repository, "v4", "main")}
    found = candidates[find_change(list(candidates), count).after.label]
    assert found == ("Merge side" if changed_by.startswith("Side") else changed_by)


def test_good_commit_of_a_side_branch_is_followed_from_its_merge_on(repository: Path) -> None:
    *_, merge, last = merged(repository)
    found = [each.subject for each in commits(repository, "side~1", "main")]
    assert found == ["Side 1", merge, last]


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


def commit_bytes(repository: Path, message: bytes) -> None:
    """Add a commit whose message has these bytes, whatever they mean."""
    path = repository.with_name("message")
    path.write_bytes(message)
    git(repository, "commit", "-q", "--allow-empty", "-F", str(path))


@pytest.mark.parametrize("character", ["\u2028", "\u2029", "\x85", "\x0b", "\x0c", "\x1e", "\r"])
def test_commit_whose_subject_has_another_end_of_a_line_is_one(
    repository: Path, character: str
) -> None:
    subject = f"Two{character}parts"
    commit_bytes(repository, subject.encode())
    found = commits(repository, "v4", "main")
    assert [each.subject for each in found] == ["Number 4", subject]
    assert found[-1].hash == git(repository, "rev-parse", "--short=12", "main")


def test_subject_that_is_no_utf8_is_had_with_its_bytes_escaped(repository: Path) -> None:
    commit_bytes(repository, b"Cafe")
    # git makes UTF-8 of what it is told; other tools leave such commits behind.
    whole = git(repository, "cat-file", "commit", "main").encode().replace(b"Cafe", b"Caf\xe9")
    (repository.parent / "commit").write_bytes(whole + b"\n")
    made = git(repository, "hash-object", "-t", "commit", "-w", str(repository.parent / "commit"))
    found = commits(repository, "v4", made)
    assert [each.subject for each in found] == ["Number 4", "Caf\\xe9"]


def test_log_that_git_writes_in_another_encoding_is_read(repository: Path) -> None:
    git(repository, "config", "i18n.commitEncoding", "ISO-8859-1")
    commit_bytes(repository, "Café".encode("latin-1"))
    last = commits(repository, "v4", "main")[-1]
    assert last.hash == git(repository, "rev-parse", "--short=12", "main")
    assert last.subject.startswith("Caf")
