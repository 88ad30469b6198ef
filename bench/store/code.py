"""The files of measured code: whether they are still those that a run was begun with.

A file is named from the current folder where it lies below that (``./models.py``), from the folder
that the suite is installed in where it is the suite's own (``scenarios/builders.py``), and else by
its whole path.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path

import bench
from bench.domain.errors import BenchError

_SUITE = Path(bench.__file__).parents[1]
_HERE = "./"


class CodeChanged(BenchError, RuntimeError):
    """Measured code is not what the run was begun with; the message names the file."""


def digests(files: Iterable[str]) -> dict[str, str]:
    """The SHA-256 of each of ``files``, by name; of those that cannot be read there is none.

    ``files`` are whole paths, and names of the suite's own.
    """
    known = ((_name(file), _digest(_place(file))) for file in sorted(files))
    return {name: digest for name, digest in known if digest is not None}


def check_code(code: Mapping[str, str], *, since_the_copy: bool = False) -> None:
    """Raises ``CodeChanged`` where a file has another digest than in ``code``, or cannot be read.

    ``since_the_copy`` leaves out the suite's own: measured interpreters have a copy of them (see
    ``bench.execution.processes.worker_copy``).
    """
    for name, digest in code.items():
        if since_the_copy and _is_of_the_suite(name):
            continue
        now = _digest(_place(name))
        if now is None:
            raise CodeChanged(
                f"{name} was measured and is not there any more: resume in the folder in which the "
                "run was begun"
            )
        if now != digest:
            raise CodeChanged(
                f"{name} has changed since the run was begun, and two versions of it cannot be "
                "mixed in one run"
            )


def _name(file: str) -> str:
    if _is_of_the_suite(file):
        return file
    whole, here = Path(file), Path.cwd()
    return f"{_HERE}{whole.relative_to(here)}" if whole.is_relative_to(here) else file


def _place(name: str) -> Path:
    return _SUITE / name if _is_of_the_suite(name) else Path(name)


def _is_of_the_suite(name: str) -> bool:
    return not (Path(name).is_absolute() or name.startswith(_HERE))


def _digest(file: Path) -> str | None:
    try:
        return hashlib.sha256(file.read_bytes()).hexdigest()
    except OSError:
        return None
