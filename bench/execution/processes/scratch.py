"""The temporary files of this process: one folder, which goes with it however it ends.

It is removed when the process ends. A process that is killed cannot remove its own, so the next one
does: each holds a lock on its folder, which the kernel gives back with the process.
"""

from __future__ import annotations

import atexit
import fcntl
import os
import tempfile
import time
from functools import cache
from pathlib import Path

from bench.worker.linux.files import remove_folder

PREFIX = "keras-bench-"

_YOUNG_S = 60.0
"""Age below which a folder without a lock may belong to a process that is just starting."""


@cache
def scratch() -> Path:
    """The folder of this process, made now. Raises ``OSError``."""
    remove_abandoned(Path(tempfile.gettempdir()))
    folder = Path(tempfile.mkdtemp(prefix=PREFIX))
    fcntl.flock(os.open(folder, os.O_RDONLY), fcntl.LOCK_SH)
    atexit.register(_remove, folder, os.getpid())
    return folder


def new_folder(what: str) -> Path:
    """A folder for ``what`` in that of this process. Raises ``OSError``."""
    return Path(tempfile.mkdtemp(prefix=f"{what}-", dir=scratch()))


def remove_abandoned(where: Path) -> None:
    """Remove from ``where`` what processes of this user left there that are gone.

    What cannot be removed stays there.
    """
    for folder in where.glob(f"{PREFIX}*"):
        try:
            _remove_abandoned(folder)
        except OSError:
            continue


def _remove_abandoned(folder: Path) -> None:
    found = folder.lstat()
    is_own = folder.is_dir() and not folder.is_symlink() and found.st_uid == os.getuid()
    if not is_own or time.time() - found.st_mtime < _YOUNG_S:
        return
    lock = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        remove_folder(str(folder))
    finally:
        os.close(lock)


def _remove(folder: Path, owner: int) -> None:
    """Remove ``folder``, unless this is a forked copy of the process that made it."""
    if os.getpid() == owner:
        remove_folder(str(folder))
