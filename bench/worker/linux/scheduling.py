"""Where and when the kernel lets a process compute: its cores, its priority, its time slices."""

from __future__ import annotations

import ctypes
import os
import platform
from typing import NamedTuple

_NUMBERS = {"x86_64": (314, 315), "aarch64": (274, 275)}
"""The system calls ``sched_setattr`` and ``sched_getattr``, which the C library does not wrap."""


class _Attributes(ctypes.Structure):
    """``struct sched_attr`` of Linux, its first version."""

    _fields_ = (
        ("size", ctypes.c_uint32),
        ("policy", ctypes.c_uint32),
        ("flags", ctypes.c_uint64),
        ("nice", ctypes.c_int32),
        ("priority", ctypes.c_uint32),
        ("runtime", ctypes.c_uint64),
        ("deadline", ctypes.c_uint64),
        ("period", ctypes.c_uint64),
    )


_libc = ctypes.CDLL(None, use_errno=True)


def request_slice(slice_ns: int) -> bool:
    """Ask that this thread, and those it starts, compute for ``slice_ns`` at a time.

    Returns whether the kernel does so: Linux 6.12 and later, for slices of 0.1 to 100 ms. An
    older one ignores the length and goes on with its own.
    """
    numbers = _NUMBERS.get(platform.machine())
    if numbers is None:
        return False
    set_attributes, get_attributes = numbers
    wanted = _Attributes(size=ctypes.sizeof(_Attributes), runtime=slice_ns)
    wanted.policy = os.sched_getscheduler(0)
    wanted.nice = os.getpriority(os.PRIO_PROCESS, 0)
    if _libc.syscall(set_attributes, 0, ctypes.byref(wanted), 0):
        return False
    granted = _Attributes()
    size = ctypes.sizeof(granted)
    if _libc.syscall(get_attributes, 0, ctypes.byref(granted), size, 0):
        return False
    return bool(granted.runtime == slice_ns)


class Placement(NamedTuple):
    """What decides when a thread computes: its cores, and the policy and niceness it has there."""

    cores: frozenset[int]
    policy: int
    nice: int


def placement() -> Placement:
    """That of the calling thread."""
    return Placement(
        frozenset(os.sched_getaffinity(0)),
        os.sched_getscheduler(0),
        os.getpriority(os.PRIO_PROCESS, 0),
    )
