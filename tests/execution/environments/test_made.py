"""Environments that are made of requirements: once each, and of sources as they are now.

The packages are sources with a build backend of their own, so that no index is asked.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import threading
import zipfile
from pathlib import Path

import pytest

from bench.execution.environments.made import (
    RECORD,
    cache_folder,
    made,
    made_of,
    make_again,
    pythons,
)
from bench.execution.environments.uv import CannotInstall
from bench.planning.requirements import requirement_set

BACKEND = """
import zipfile

def build_wheel(folder, config_settings=None, metadata_directory=None):
    name = "tensorflow-1.0-py3-none-any.whl"
    info = "tensorflow-1.0.dist-info"
    with zipfile.ZipFile(f"{folder}/{name}", "w") as wheel:
        wheel.write("tensorflow.py")
        metadata = "Metadata-Version: 2.1\\nName: tensorflow\\nVersion: 1.0\\n"
        wheel.writestr(f"{info}/METADATA", metadata)
        tags = "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n"
        wheel.writestr(f"{info}/WHEEL", tags)
        wheel.writestr(f"{info}/RECORD", "")
    open("left_by_the_build", "w").close()
    return name
"""
PROJECT = '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    (tmp_path / "nothing").mkdir()
    monkeypatch.setenv("UV_DEFAULT_INDEX", (tmp_path / "nothing").as_uri())


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    folder = tmp_path / "sources"
    folder.mkdir()
    (folder / "pyproject.toml").write_text(PROJECT)
    (folder / "backend.py").write_text(BACKEND)
    (folder / "tensorflow.py").write_text("ANSWER = 1\n")
    return folder


def answer(python: str) -> str:
    done = subprocess.run(
        [python, "-c", "import tensorflow; print(tensorflow.ANSWER)"],
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


def make(sources: Path) -> tuple[str, list[str]]:
    said: list[str] = []
    wanted = requirement_set(f"tensorflow@{sources}")
    return made("new", wanted, ["tensorflow"], said.append), said


def test_environment_has_what_is_required(sources: Path) -> None:
    python, said = make(sources)
    assert answer(python) == "1"
    assert said[0] == f"environment 'new': installing tensorflow@{sources} ..."
    assert Path(python).is_relative_to(cache_folder())


def test_nothing_is_written_where_sources_lie(sources: Path) -> None:
    before = sorted(sources.rglob("*"))
    make(sources)
    assert sorted(sources.rglob("*")) == before


def test_environment_is_made_once(sources: Path) -> None:
    first, _ = make(sources)
    again, said = make(sources)
    assert (again, said) == (first, [])


def test_sources_that_change_have_an_environment_of_their_own(sources: Path) -> None:
    before, _ = make(sources)
    (sources / "tensorflow.py").write_text("ANSWER = 2\n")
    after, _ = make(sources)
    assert (answer(before), answer(after)) == ("1", "2")


def test_what_is_made_from_sources_does_not_change_them(sources: Path) -> None:
    first, _ = make(sources)
    for made_later in (sources / "__pycache__", sources / "build", sources / "venv"):
        made_later.mkdir()
        (made_later / "pyvenv.cfg").touch()
    assert make(sources)[0] == first


def test_what_it_was_made_of_stands_in_it(sources: Path) -> None:
    subprocess.run(["git", "init", "-q", str(sources)], check=True)
    identity = ["-c", "user.name=a", "-c", "user.email=a@b.example"]
    commit = ["commit", "-q", "--allow-empty", "-m", "one"]
    subprocess.run(["git", "-C", str(sources), *identity, *commit], check=True)
    python, _ = make(sources)
    found = made_of(python)
    assert found["requirements"] == f"tensorflow@{sources}"
    head = ["git", "-C", str(sources), "rev-parse", "--short=12", "HEAD"]
    commit_of = subprocess.run(head, capture_output=True, text=True, check=True).stdout.strip()
    assert found["sources of tensorflow"].startswith(f"{commit_of}, ")


def test_python_that_was_not_made_here_was_made_of_nothing(tmp_path: Path) -> None:
    assert made_of("/usr/bin/python3") == {}
    (tmp_path / "bin").mkdir()
    (tmp_path / RECORD).write_text("[1]")
    assert made_of(str(tmp_path / "bin" / "python")) == {}


def test_reason_of_the_installer_is_one_line(sources: Path) -> None:
    wanted = requirement_set(f"tensorflow@{sources} nothing-of-this-name==1.0")
    with pytest.raises(CannotInstall) as told:
        made("old", wanted, ["tensorflow"], lambda line: None)
    assert str(told.value).startswith("environment 'old' cannot be made: ")
    assert "nothing-of-this-name was not found" in str(told.value)
    assert str(told.value).isprintable()
    assert "×" not in str(told.value)


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Releases of TensorFlow go with Keras 3 alone, and a pre-release with a nightly build."""
    folder = tmp_path / "index"
    folder.mkdir()
    for name, version, requires in (
        ("keras", "2.15.0", None),
        ("keras", "3.15.0", None),
        ("keras_nightly", "3.16.0.dev1", None),
        ("tensorflow", "2.21.0", "keras>=3"),
        ("tensorflow", "2.22.0rc0", "keras-nightly>=3.0.0.dev"),
    ):
        info = f"{name}-{version}.dist-info"
        metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
        metadata += f"Requires-Dist: {requires}\n" if requires else ""
        with zipfile.ZipFile(folder / f"{name}-{version}-py3-none-any.whl", "w") as wheel:
            wheel.writestr(f"{info}/METADATA", metadata)
            tags = "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
            wheel.writestr(f"{info}/WHEEL", tags)
            wheel.writestr(f"{info}/RECORD", "")
    monkeypatch.setenv("UV_FIND_LINKS", str(folder))


def installed(python: str) -> set[str]:
    folders = Path(python).parent.parent.glob("lib/python*/site-packages/*.dist-info")
    return {each.name.removesuffix(".dist-info") for each in folders}


@pytest.mark.usefixtures("index")
def test_release_of_keras_is_not_overwritten_by_a_nightly_build() -> None:
    wanted = requirement_set("keras==2.15.*")
    with pytest.raises(CannotInstall) as told:
        made("old", wanted, ["tensorflow"], lambda line: None)
    here = ".".join(map(str, sys.version_info[:2]))
    words = f" (this is for Python {here}; python==VERSION names another one)"
    assert str(told.value).endswith(words)
    named = requirement_set(f"keras==2.15.* python=={here}")
    with pytest.raises(CannotInstall) as told:
        made("old", named, ["tensorflow"], lambda line: None)
    assert "python==VERSION" not in str(told.value)


@pytest.mark.usefixtures("index")
@pytest.mark.parametrize(
    ("requirements", "found"),
    [
        ("keras==3.15.*", {"keras-3.15.0", "tensorflow-2.21.0"}),
        (
            "tensorflow==2.22.0rc0 keras-nightly==3.16.0.dev1",
            {"keras_nightly-3.16.0.dev1", "tensorflow-2.22.0rc0"},
        ),
    ],
)
def test_releases_and_nightly_builds_are_had_by_their_names(
    requirements: str, found: set[str]
) -> None:
    python = made("new", requirement_set(requirements), ["tensorflow"], lambda line: None)
    assert installed(python) == found


def test_environment_that_could_not_be_made_is_made_later(sources: Path) -> None:
    (sources / "backend.py").write_text("raise SystemExit('no')")
    with pytest.raises(CannotInstall):
        make(sources)
    (sources / "backend.py").write_text(BACKEND)
    assert answer(make(sources)[0]) == "1"


def test_environment_whose_making_was_cut_off_is_made_anew(sources: Path) -> None:
    python, _ = make(sources)
    (Path(python).parent.parent / RECORD).unlink()
    again, said = make(sources)
    assert (again, bool(said)) == (python, True)
    assert answer(again) == "1"


@pytest.mark.parametrize("is_run_again", [False, True])
def test_environment_whose_interpreter_is_gone_is_made_again(
    sources: Path, is_run_again: bool
) -> None:
    python, _ = make(sources)
    known = made_of(python)
    Path(python).unlink()
    Path(python).symlink_to("/nowhere/python")
    said: list[str] = []
    if is_run_again:
        make_again("new", python, known, said.append)
    else:
        said = make(sources)[1]
    assert said[0] == f"environment 'new': installing tensorflow@{sources} ..."
    assert answer(python) == "1"
    assert make(sources) == (python, [])


def test_environment_that_is_gone_is_made_again_of_what_it_was_made_of(sources: Path) -> None:
    python, _ = make(sources)
    known = made_of(python)
    shutil.rmtree(cache_folder())
    said: list[str] = []
    make_again("new", python, known, said.append)
    assert answer(python) == "1"
    assert said[0] == f"environment 'new': installing tensorflow@{sources} ..."
    assert made_of(python) == known
    make_again("new", python, known, said.append)
    assert len([line for line in said if "installing" in line]) == 1


def test_environment_of_sources_that_are_others_now_is_not_made_again(sources: Path) -> None:
    python, _ = make(sources)
    known = made_of(python)
    shutil.rmtree(cache_folder())
    (sources / "tensorflow.py").write_text("ANSWER = 2\n")
    with pytest.raises(CannotInstall, match="cannot be made again: the sources of tensorflow are"):
        make_again("new", python, known, lambda line: None)
    shutil.rmtree(sources)
    with pytest.raises(CannotInstall, match="names no folder with a pyproject"):
        make_again("new", python, known, lambda line: None)
    assert not Path(python).exists()


def test_environment_that_was_made_elsewhere_is_left_alone(tmp_path: Path, sources: Path) -> None:
    known = made_of(make(sources)[0])
    python = tmp_path / "own" / "bin" / "python"
    make_again("own", str(python), known, lambda line: None)
    make_again("own", str(cache_folder() / "own" / "bin" / "python"), {}, lambda line: None)
    assert not python.exists()
    assert not (cache_folder() / "own").exists()


def test_two_that_want_the_same_make_it_once(sources: Path) -> None:
    said: list[str] = []
    wanted = requirement_set(f"tensorflow@{sources}")

    def ask() -> None:
        made("new", wanted, ["tensorflow"], said.append)

    threads = [threading.Thread(target=ask) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len([line for line in said if "installing" in line]) == 1


def test_without_an_installer_it_is_said_what_to_do(
    sources: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(sources))
    monkeypatch.setitem(__import__("sys").modules, "uv", None)
    with pytest.raises(CannotInstall, match="pip install uv, or give the path of a Python"):
        make(sources)


def test_paths_stay_as_they_are() -> None:
    assert pythons({"a": "/usr/bin/python3"}, "tensorflow", lambda line: None) == {
        "a": "/usr/bin/python3"
    }
