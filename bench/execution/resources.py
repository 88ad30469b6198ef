"""What a run may use of this machine."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import psutil

from bench.domain.design.plan import CoScheduling
from bench.worker.linux.cgroup import ControlGroup
from bench.worker.linux.scheduling import request_slice

_MEMORY_SHARE = 0.75


@dataclass(frozen=True)
class Resources:
    """What a run may use: cores, and bytes of memory for all invocations under way."""

    cores: int
    memory_bytes: int


def allowed_cores() -> int:
    """The cores that this process may run on."""
    return len(os.sched_getaffinity(0))


def free_memory(group: ControlGroup) -> int:
    """Bytes of memory that are free on the machine, and within the limit of the ``group``."""
    free, memory = psutil.virtual_memory().available, group.memory()
    return free if memory is None else max(min(free, memory.limit_bytes - memory.used_bytes), 0)


def resources(group: ControlGroup | None = None) -> Resources:
    """The cores that this process may keep busy, and three quarters of the memory that is free.

    Both are what the control ``group`` leaves of the machine, by default that of this process: a
    quota of 1.5 cores keeps one busy.
    """
    group = group or ControlGroup()
    cores, quota = allowed_cores(), group.cpu_quota()
    if quota is not None:
        cores = max(min(cores, int(quota)), 1)
    return Resources(cores, int(free_memory(group) * _MEMORY_SHARE))


def takes_slices(design: CoScheduling) -> bool:
    """Whether the kernel lets those that share a core compute for as long at a time as asked."""
    # What a thread asks for is its own, and ends with it.
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(request_slice, int(design.slice_ms * 1e6)).result()
