"""A reference means the user's own file, whatever else has its name; what cannot be is said."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.command import ROOT

SCRIPT = """
import sys
from bench.worker.references import UnresolvedReference, import_from, resolve, shadowed
import_from([sys.argv[1]])
for reference in sys.argv[2:]:
    try:
        print(resolve(reference)())
    except UnresolvedReference as error:
        print("unresolved:", error)
    for note in shadowed(reference):
        print("note:", note)
"""


def resolved(folder: Path, *references: str, path: Path = ROOT) -> list[str]:
    """What the referenced functions return in a fresh interpreter, or why they are not found."""
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(folder), *references],
        cwd=path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def write(folder: Path, file: str, answer: str = "mine") -> Path:
    """A module with a function ``build`` that returns ``answer``."""
    path = folder / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"def build():\n    return {answer!r}\n")
    return path


@pytest.mark.parametrize(
    ("file", "module"),
    [
        ("code.py", "code"),
        ("utils.py", "utils"),
        ("utils/__init__.py", "utils"),
        ("tests/models.py", "tests.models"),
        ("tests/fakes/builders.py", "tests.fakes.builders"),
        ("scripts/publish.py", "scripts.publish"),
        ("scenarios/mine.py", "scenarios.mine"),
        ("scenarios/deep/mine.py", "scenarios.deep.mine"),
        ("keras_models/mine.py", "keras_models.mine"),
    ],
)
def test_user_s_file_is_the_one_that_is_meant(tmp_path: Path, file: str, module: str) -> None:
    write(tmp_path, file)
    assert resolved(tmp_path, f"{module}:build") == ["mine"]


def test_user_s_folder_without_an_init_comes_before_a_package_elsewhere(tmp_path: Path) -> None:
    write(tmp_path / "user", "models/mine.py")
    write(tmp_path / "elsewhere", "models/__init__.py", "theirs")
    write(tmp_path / "elsewhere", "models/mine.py", "theirs")
    script = f"import sys; sys.path.append({str(tmp_path / 'elsewhere')!r})\n{SCRIPT}"
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path / "user"), "models.mine:build"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "mine\n"


@pytest.mark.parametrize("name", ["random", "os", "json"])
def test_name_that_is_loaded_already_is_refused_with_both_files(tmp_path: Path, name: str) -> None:
    file = write(tmp_path, f"{name}.py")
    script = f"import {name}\n{SCRIPT}"
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path), f"{name}:build"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.startswith(f"unresolved: the name {name!r} is taken: ")
    assert str(file) in done.stdout
    assert str(__import__(name).__file__) in done.stdout
    assert "rename that file" in done.stdout


def test_suite_s_own_builders_stay_in_use_and_a_user_s_of_that_name_is_told(
    tmp_path: Path,
) -> None:
    file = write(tmp_path, "scenarios/claims/__init__.py")
    assert resolved(tmp_path, "scenarios.claims:build") == [
        f"unresolved: module 'scenarios.claims' has no 'build'; {file} is another one, rename it",
        f"note: scenarios.claims is the suite's own; {file} is not used, rename it if it is meant",
    ]


def test_copy_of_the_suite_s_own_file_is_no_matter(tmp_path: Path) -> None:
    (tmp_path / "scenarios").mkdir()
    content = (ROOT / "scenarios" / "builders.py").read_text()
    (tmp_path / "scenarios" / "builders.py").write_text(content)
    assert resolved(tmp_path, "scenarios.builders:lost") == [
        "unresolved: module 'scenarios.builders' has no 'lost'"
    ]


def test_module_that_is_nowhere_is_named(tmp_path: Path) -> None:
    (tmp_path / "package").mkdir()
    assert resolved(tmp_path, "nowhere:build", "package.nowhere:build") == [
        "unresolved: there is no module 'nowhere' to import",
        "unresolved: there is no module 'package.nowhere' to import",
    ]


def test_file_in_the_place_of_a_module_is_told_how_modules_are_named(tmp_path: Path) -> None:
    write(tmp_path, "mine.py")
    assert resolved(tmp_path, "mine.py:build", "mine:build") == [
        "unresolved: there is no module 'mine.py' to import; a module is named without .py: mine",
        "mine",
    ]
