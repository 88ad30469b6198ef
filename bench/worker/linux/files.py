"""Files that measured code may have put something else in the place of."""

from __future__ import annotations

import os
import shutil
import stat
from contextlib import suppress


def tail_of(path: str, most: int) -> bytes:
    """The last ``most`` bytes of the file at ``path``; empty where there is none that can be read.

    A link, also one of several names of a file, may lead out of the folder, and a pipe may never
    say anything: neither is read.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return b""
    try:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode) or found.st_nlink > 1:
            return b""
        return os.pread(descriptor, most, max(found.st_size - most, 0))
    finally:
        os.close(descriptor)


def remove_folder(path: str) -> None:
    """Remove the folder at ``path``, whatever measured code has made in it; follows no link.

    What cannot be removed stays there, and what is not there is gone.
    """
    with suppress(RecursionError):
        shutil.rmtree(path, ignore_errors=True)
    if os.path.isdir(path) and not os.path.islink(path):
        with suppress(OSError):
            _remove_level_by_level(path)


def _remove_level_by_level(path: str) -> None:
    """Remove a folder that is deep, or has folders that may not be read.

    What is in its folders is moved up into it, so that no path is long and nothing is deep.
    """
    os.chmod(path, stat.S_IRWXU)
    while True:
        folders = [entry.path for entry in os.scandir(path) if _unless_file(entry)]
        if not folders:
            break
        for folder in folders:
            for entry in list(os.scandir(folder)):
                if _unless_file(entry):
                    os.rename(entry.path, os.path.join(path, os.urandom(8).hex()))
            os.rmdir(folder)
    os.rmdir(path)


def _unless_file(entry: os.DirEntry[str]) -> bool:
    """Whether ``entry`` is a folder, which can be read then; what is none is removed."""
    if entry.is_dir(follow_symlinks=False):
        os.chmod(entry.path, stat.S_IRWXU)
        return True
    os.unlink(entry.path)
    return False
