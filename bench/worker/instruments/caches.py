"""Puts the caches of a core into the same state before every phase, whatever has just run there."""

from __future__ import annotations

import os
from pathlib import Path

_CACHES = "/sys/devices/system/cpu/cpu{core}/cache"
_SUPPOSED_BYTES = 32 << 20
"""Size of the last cache where the kernel does not tell it."""

_MOST_BYTES = 64 << 20


class CacheSweep:
    """Reads through as much memory as the last cache of a core holds.

    What a phase has left in the caches gives way to that. A sweep takes a millisecond or some, and
    makes no objects. The memory is written to only here, so that forked children share it.
    """

    def __init__(self) -> None:
        # Pages that were never written would all be one page of zeros.
        self._memory = bytearray(b"\1") * last_cache_bytes()

    def __call__(self) -> None:
        self._memory.find(b"\0")


def last_cache_bytes() -> int:
    """Size of the largest cache that this core uses, 64 MiB at most."""
    folder = Path(_CACHES.format(core=min(os.sched_getaffinity(0))))
    sizes = [_bytes(each.read_text()) for each in folder.glob("index*/size")]
    return min(max(sizes, default=_SUPPOSED_BYTES), _MOST_BYTES)


def _bytes(size: str) -> int:
    """The number of bytes that the kernel writes as ``32768K``."""
    units = {"K": 1 << 10, "M": 1 << 20}
    text = size.strip()
    return int(text[:-1]) * units[text[-1]] if text[-1:] in units else int(text or 0)
