"""The folder that measured interpreters import the worker from: a copy that holds nothing else.

The suite is installed next to its own NumPy, Keras and TensorFlow. If the measured interpreter
searched that folder, it would import those and not its own. A copy also stays as it is when the
suite is changed during a run.
"""

from __future__ import annotations

import compileall
import shutil
from functools import cache
from pathlib import Path

import bench
from bench.execution.processes.ending import InterpreterFailed
from bench.execution.processes.scratch import new_folder

PACKAGES = ("bench/worker", "bench/domain", "scenarios")
"""The worker; what scenario files import, which may hold builders too; the suite's measured code.

Modules of these that need more than the standard library are not imported there."""


def worker_command(python: str, role: str, argument: str) -> list[str]:
    """The command that starts a process of the worker on the interpreter ``python``."""
    main = worker_copy() / "bench" / "worker" / "__main__.py"
    return [python, str(main), role, argument]


@cache
def worker_copy() -> Path:
    """The copy that all interpreters of this process share; it is removed at the end of it.

    Raises ``InterpreterFailed`` where there is no room for it.
    """
    folder = new_folder("worker")
    try:
        copy_worker(folder)
    except OSError as error:
        # Copying whole folders, Python tells each file that failed, and no reason of its own.
        told = error.args[0][0][2] if isinstance(error, shutil.Error) else str(error)
        raise InterpreterFailed(
            f"there is no place in {folder.parent.parent} to start an interpreter from: "
            f"{told.partition(': ')[0]}; make room there, or set TMPDIR to another folder"
        ) from error
    return folder


def copy_worker(folder: Path) -> None:
    """Copy what measured interpreters need of this installation into ``folder``.

    The copy holds bytecode for the Python of this process: otherwise the first interpreter of a run
    compiles the worker, and its ``import`` takes longer than that of the others.
    """
    installed = Path(bench.__file__).parents[1]
    for package in PACKAGES:
        shutil.copytree(installed / package, folder / package)
    shutil.copy2(installed / "bench" / "__init__.py", folder / "bench")
    compileall.compile_dir(folder / "bench" / "worker", quiet=2)
