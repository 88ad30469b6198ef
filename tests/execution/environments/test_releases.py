"""The releases of a package in a folder of wheels, which stands for an index."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from pathlib import Path

import pytest

from bench.domain.errors import InvalidValue
from bench.execution.environments import uv
from bench.execution.environments.releases import releases
from bench.execution.environments.uv import CannotInstall, DoNotGoTogether

VERSIONS = ("2.9", "2.15.0", "3.0.0", "3.0.1", "3.1rc1", "3.10.0", "3.15.0", "3.15.1", "4.0")


@pytest.fixture(autouse=True)
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for version in VERSIONS:
        name, info = f"thing-{version}-py3-none-any.whl", f"thing-{version}.dist-info"
        with zipfile.ZipFile(tmp_path / name, "w") as wheel:
            metadata = f"Metadata-Version: 2.1\nName: thing\nVersion: {version}\n"
            wheel.writestr(f"{info}/METADATA", metadata)
            tags = "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
            wheel.writestr(f"{info}/WHEEL", tags)
            wheel.writestr(f"{info}/RECORD", "")
    (tmp_path / "nothing").mkdir()
    monkeypatch.setenv("UV_DEFAULT_INDEX", (tmp_path / "nothing").as_uri())
    monkeypatch.setenv("UV_FIND_LINKS", str(tmp_path))


def test_releases_ascend_as_versions_do_and_the_bounds_are_among_them() -> None:
    found = ["2.15.0", "3.0.0", "3.0.1", "3.10.0", "3.15.0", "3.15.1"]
    assert releases("thing", "2.15", "3.15") == found
    assert releases("thing", "2.15.0", "3.15.1") == found


def test_last_means_all_that_begin_with_it() -> None:
    assert releases("thing", "2.15", "3.0") == ["2.15.0", "3.0.0", "3.0.1"]
    assert releases("thing", "2.15", "3.0.0") == ["2.15.0", "3.0.0"]


def test_first_may_be_one_of_those_that_begin_with_the_last() -> None:
    assert releases("thing", "3.15.0", "3.15") == ["3.15.0", "3.15.1"]
    assert releases("thing", "3.0.0", "3") == ["3.0.0", "3.0.1", "3.10.0", "3.15.0", "3.15.1"]


def test_last_need_not_be_a_release() -> None:
    assert releases("thing", "3.0.1", "3.12") == ["3.0.1", "3.10.0"]


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        ("3.0", "2.0", "3.0 is not before 2.0"),
        ("3.0", "3.0", "3.0 is not before 3.0"),
        ("3.15.1", "3.15.0", "3.15.1 is not before 3.15.0"),
        ("3.15.0", "3.14", "3.15.0 is not before 3.14"),
        ("old", "3.0", "'old' is no version"),
    ],
)
def test_bounds_that_are_none_are_told(first: str, last: str, words: str) -> None:
    with pytest.raises(InvalidValue, match=words):
        releases("thing", first, last)


def test_one_release_is_too_few() -> None:
    with pytest.raises(CannotInstall, match=r"fewer than two releases from 3\.5 to 3\.12"):
        releases("thing", "3.5", "3.12")


def test_package_that_is_nowhere_is_told_in_the_words_of_the_installer() -> None:
    with pytest.raises(CannotInstall, match="no-such-thing"):
        releases("no-such-thing", "1", "2")


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the installer is asked for, which finds releases 9, 8 and 7 and then fails."""
    found: list[str] = []

    def run(words: Sequence[str], say: uv.Say = lambda line: None, requirements: str = "") -> str:
        found.append(requirements)
        if len(found) == 4:
            raise CannotInstall("the index does not answer")
        return f"thing=={10 - len(found)}.0\n"

    monkeypatch.setattr(uv, "run", run)
    return found


def test_failure_of_the_installer_is_not_taken_for_the_oldest_release(asked: list[str]) -> None:
    with pytest.raises(CannotInstall, match=r"^the index does not answer$"):
        releases("thing", "5", "9")
    assert asked[-1] == "thing>=5,<7.0"


def test_where_no_older_release_fits_the_list_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter(["thing==9.0\n", "thing==8.0\n"])

    def run(words: Sequence[str], say: uv.Say = lambda line: None, requirements: str = "") -> str:
        for answer in answers:
            return answer
        raise DoNotGoTogether("No solution found")

    monkeypatch.setattr(uv, "run", run)
    assert releases("thing", "5", "9") == ["8.0", "9.0"]
