"""What a run may use of this machine."""

from __future__ import annotations

import os
from dataclasses import dataclass

import psutil

_MEMORY_SHARE = 0.75


@dataclass(frozen=True)
class Resources:
    """What a run may use: cores, and bytes of memory for all invocations under way."""

    cores: int
    memory_bytes: int


def resources() -> Resources:
    """The cores that this process may run on, and three quarters of the memory that is free."""
    free = psutil.virtual_memory().available
    return Resources(len(os.sched_getaffinity(0)), int(free * _MEMORY_SHARE))
