"""Files of measured code are known again, from wherever they are named."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.store.code import CodeChanged, check_code, digests

SUITE = "scenarios/builders.py"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, with a model in it and one beside it."""
    project = tmp_path / "project"
    for file in (project / "models.py", project / "zoo" / "nets.py", tmp_path / "beside.py"):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("layers = 3\n")
    monkeypatch.chdir(project)
    return project


def test_files_are_named_from_here_and_from_the_suite(project: Path) -> None:
    beside, gone = str(project.parent / "beside.py"), str(project / "gone.py")
    files = [str(project / "models.py"), str(project / "zoo" / "nets.py"), beside, gone, SUITE]
    code = digests(files)
    assert set(code) == {"./models.py", "./zoo/nets.py", beside, SUITE}
    assert len(set(code.values())) == 2
    check_code(code)


def test_file_that_changed_is_named(project: Path) -> None:
    file = project / "models.py"
    code = digests([str(file)])
    file.write_text("layers = 4\n")
    with pytest.raises(CodeChanged, match=r"^\./models\.py has changed since the run was begun"):
        check_code(code)
    file.write_text("layers = 3\n")
    check_code(code)


def test_file_that_is_not_there_says_where_to_resume(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = digests([str(project / "models.py")])
    monkeypatch.chdir(project.parent)
    with pytest.raises(CodeChanged, match=r"^\./models\.py .* the folder in which the run was"):
        check_code(code)


def test_measured_interpreters_have_a_copy_of_the_suite(project: Path) -> None:
    code = {**digests([str(project / "models.py")]), SUITE: "another"}
    check_code(code, since_the_copy=True)
    with pytest.raises(CodeChanged, match=r"^scenarios/builders\.py has changed"):
        check_code(code)
