"""Builders that lay hands on files: their own, the suite's, and those around."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, NoReturn

from tests.fakes.framework import Model
from tests.fakes.hostile.behaving import behaves


def _own_files() -> Path:
    """Where the files of this invocation are, as far as one can tell from within."""
    return Path(os.environ["TMPDIR"]).parent


def _in_place_of(ending: str, make: Callable[[Path], object]) -> None:
    for path in _own_files().glob(f"*.{ending}"):
        path.unlink()
        make(path)


def links_its_log(layers: Iterable[Any]) -> NoReturn:
    _in_place_of("log", lambda path: path.symlink_to(os.environ["HOSTILE_SECRET"]))
    raise ValueError("read that")


def links_its_log_hard(layers: Iterable[Any]) -> NoReturn:
    _in_place_of("log", lambda path: path.hardlink_to(os.environ["HOSTILE_SECRET"]))
    raise ValueError("read that")


def makes_its_log_a_pipe(layers: Iterable[Any]) -> NoReturn:
    _in_place_of("log", os.mkfifo)
    raise ValueError("wait for that")


def makes_its_phase_a_pipe(layers: Iterable[Any]) -> Model:
    _in_place_of("phase", os.mkfifo)
    return behaves(layers)


def removes_its_pipe(layers: Iterable[Any]) -> Model:
    _in_place_of("pipe", lambda path: None)
    return behaves(layers)


def empties_the_folder_around(layers: Iterable[Any]) -> Model:
    shutil.rmtree(_own_files())
    return behaves(layers)


def answers_for_all_around(layers: Iterable[Any]) -> NoReturn:
    for path in _own_files().rglob("*"):
        if path.is_file() or path.is_fifo():
            descriptor = os.open(path, os.O_RDWR | os.O_NONBLOCK)
            os.write(descriptor, b'{"type": "Answer", "outcome": 1}')
    os._exit(0)


def removes_its_temporary_folder(layers: Iterable[Any]) -> Model:
    shutil.rmtree(tempfile.gettempdir())
    return behaves(layers)


def lives_in_a_folder_that_is_gone(layers: Iterable[Any]) -> Model:
    gone = tempfile.mkdtemp()
    os.chdir(gone)
    Path(gone).rmdir()
    return behaves(layers)


def lets_nobody_read_what_it_makes(layers: Iterable[Any]) -> Model:
    os.umask(0o777)
    return behaves(layers)


def fills_its_temporary_folder(layers: Iterable[Any]) -> Model:
    for number in range(2000):
        Path(tempfile.gettempdir(), f"{number}").write_bytes(b"x" * 10**4)
    return behaves(layers)


def locks_its_temporary_folder(layers: Iterable[Any]) -> Model:
    locked = Path(tempfile.mkdtemp())
    (locked / "file").touch()
    locked.chmod(0)
    return behaves(layers)


def links_its_temporary_folder(layers: Iterable[Any]) -> Model:
    """What removes it must not follow the link."""
    Path(tempfile.gettempdir(), "link").symlink_to(Path(os.environ["HOSTILE_SECRET"]).parent)
    return behaves(layers)


def makes_a_deep_folder(layers: Iterable[Any]) -> Model:
    """Deeper than a path can be long, and than functions can call themselves."""
    make_deep_folder(Path(tempfile.mkdtemp()))
    return behaves(layers)


def make_deep_folder(place: Path, depth: int = 3000) -> None:
    """Folders within folders in ``place``, the deepest of which is where this process is then."""
    os.chdir(place)
    for _ in range(depth):
        Path("within").mkdir()
        os.chdir("within")


def removes_its_run(layers: Iterable[Any]) -> Model:
    """As a user may who clears the folder of results."""
    shutil.rmtree(os.environ["HOSTILE_RUN"], ignore_errors=True)
    return behaves(layers)


def writes_rounds_of_its_own(layers: Iterable[Any]) -> Model:
    """Into its run: what is no round, in the place of the next two, and a copy far behind them."""
    rounds = Path(os.environ["HOSTILE_RUN"]) / "rounds"
    measured, second, third, last = (rounds / f"round-000{n}.parquet" for n in (0, 1, 2, 7))
    if measured.exists() and not any(path.exists() for path in (second, third, last)):
        second.write_text("no round")
        third.mkdir()
        shutil.copy(measured, last)
    return behaves(layers)
