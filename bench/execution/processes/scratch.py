"""The temporary files of this process: one folder, which goes with it however it ends.

It is removed when the process ends. A process that is killed cannot remove its own, so the next one
does: each holds a lock on its folder, which the kernel gives back with the process.
"""

from __future__ import annotations

import atexit
import fcntl
import os
import signal
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from bench.worker.linux.files import remove_folder

PREFIX = "keras-bench-"

_YOUNG_S = 60.0
"""Age below which a folder without a lock may belong to a process that is just starting."""


@cache
def scratch() -> Path:
    """The folder of this process, made now. Raises ``OSError``."""
    with _undisturbed():
        # Python tries which folder can be written to, with a file of its own.
        where = Path(tempfile.gettempdir())
    remove_abandoned(where)
    with _undisturbed():
        folder = Path(tempfile.mkdtemp(prefix=PREFIX))
        atexit.register(_remove, folder, os.getpid())
        fcntl.flock(os.open(folder, os.O_RDONLY), fcntl.LOCK_SH)
    return folder


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Requests to end wait until this is over: what is made within has an owner by then.

    It is Python that holds them back. Blocking them in this thread does not: the system gives them
    to one of a numeric library's threads, and Python handles them here. Another thread than the
    main one is never interrupted.
    """
    asked: list[int] = []
    before = {}
    try:
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                if callable(signal.getsignal(number)):
                    before[number] = signal.signal(number, lambda it, _: asked.append(it))
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        if asked:
            signal.raise_signal(asked[0])


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
