"""Small file systems in memory, which only this process and those that it starts see."""

from __future__ import annotations

import ctypes
import os
from pathlib import Path

_NEW_MOUNTS, _NEW_USER = 0x00020000, 0x10000000
_REMOUNT, _ALL_BELOW, _PRIVATE = 0x20, 0x4000, 0x40000
_ROOMY = "size=256m,nr_inodes=100000"

_libc = ctypes.CDLL(None, use_errno=True)


def begin_own_mounts() -> None:
    """From now on what this process mounts is seen by nobody else. Raises ``OSError``."""
    user, group = os.getuid(), os.getgid()
    _checked(_libc.unshare(_NEW_MOUNTS | (_NEW_USER if user else 0)), "unshare")
    if user:
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"0 {user} 1")
        Path("/proc/self/gid_map").write_text(f"0 {group} 1")
    _checked(_libc.mount(b"none", b"/", None, _ALL_BELOW | _PRIVATE, None), "mount /")


def mount(folder: Path, limits: str = _ROOMY) -> None:
    """Mount an empty file system at ``folder``, with ``limits`` in the words of tmpfs."""
    _mount(folder, 0, limits)


def make_room(folder: Path) -> None:
    """Let what is mounted at ``folder`` take what it wants."""
    _mount(folder, _REMOUNT, _ROOMY)


def _mount(folder: Path, flags: int, limits: str) -> None:
    done = _libc.mount(b"tmpfs", os.fsencode(folder), b"tmpfs", flags, limits.encode())
    _checked(done, f"mount {folder}")


def _checked(done: int, what: str) -> None:
    if done:
        error = ctypes.get_errno()
        raise OSError(error, f"{what}: {os.strerror(error)}")
