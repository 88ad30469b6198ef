"""Files of measured code are held against what a run was begun with."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from bench.store.code import CodeChanged, check_files, check_loaded

SUITE = "scenarios/builders.py"


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A module of the user's."""
    path = tmp_path / "models.py"
    path.write_text("layers = 3\n")
    return path


def test_file_that_changed_is_named_until_it_is_as_it_was(file: Path) -> None:
    code = {str(file): digest("layers = 3\n"), SUITE: "of the copy"}
    check_files(code)
    file.write_text("layers = 4\n")
    with pytest.raises(CodeChanged, match=r"models\.py has changed: "):
        check_files(code)
    file.write_text("layers = 3\n")
    check_files(code)


def test_file_that_is_gone_or_cannot_be_read_says_so(file: Path) -> None:
    code = {str(file): digest("layers = 3\n")}
    file.unlink()
    with pytest.raises(CodeChanged, match=r"models\.py is not there any more: "):
        check_files(code)
    file.mkdir()
    with pytest.raises(CodeChanged, match=r"models\.py cannot be read \(Is a directory\): "):
        check_files(code)


def test_file_that_is_being_saved_is_waited_for(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = {str(file): digest("layers = 3\n")}
    file.write_text("")
    monkeypatch.setattr("bench.store.code.time.sleep", lambda _: file.write_text("layers = 3\n"))
    check_files(code)


@pytest.mark.parametrize(
    "loaded",
    [
        {},
        {"/here/models.py": "1", SUITE: "2"},
        {"/here/models.py": "1", "/here/imported_late.py": "3", SUITE: "2"},
        {"/here/models.py": "1", "/there/helper.py": "3", "/here/helper.py": "4", SUITE: "2"},
    ],
)
def test_what_only_one_has_is_no_matter(loaded: dict[str, str]) -> None:
    check_loaded({"/here/models.py": "1", "/here/helper.py": "4", SUITE: "2"}, loaded)
    check_loaded({}, loaded)


@pytest.mark.parametrize(
    ("loaded", "words"),
    [
        ({"/here/models.py": "9"}, r"^/here/models\.py has changed: "),
        ({SUITE: "9"}, r"^scenarios/builders\.py has changed: "),
        ({"/there/models.py": "1"}, r"^/there/models\.py would be measured in place of /here/mod"),
    ],
)
def test_other_code_than_that_of_the_run_is_refused(loaded: dict[str, str], words: str) -> None:
    with pytest.raises(CodeChanged, match=words):
        check_loaded({"/here/models.py": "1", SUITE: "2"}, loaded)
