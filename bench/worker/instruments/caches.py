"""Puts the caches of a core into the same state before every phase, whatever has just run there."""

from __future__ import annotations

import os
from pathlib import Path

_SIZE = "/sys/devices/system/cpu/cpu{core}/cache/index2/size"
_SUPPOSED_BYTES = 1 << 20
"""Size of a second-level cache where the kernel does not tell it."""

_TIMES = 4


class CacheSweep:
    """Reads through four times as much memory as the second-level cache of a core holds.

    What a phase has left there gives way to that. A sweep takes a fraction of a millisecond, and
    makes no objects. The memory is written to only here, so that forked children share it. The
    cache behind, which all cores share, is left as it is: where it is cold, whoever reads something
    first pays for the others too, and the deviation of identical arms doubles (docs/method.md).
    """

    def __init__(self) -> None:
        # Pages that were never written would all be one page of zeros.
        self._memory = bytearray(b"\1") * (_TIMES * second_level_bytes())

    def __call__(self) -> None:
        self._memory.find(b"\0")


def second_level_bytes() -> int:
    """Size of the second-level cache of a core that this process may run on."""
    try:
        size = Path(_SIZE.format(core=min(os.sched_getaffinity(0)))).read_text().strip()
        units = {"K": 1 << 10, "M": 1 << 20}
        return int(size[:-1]) * units[size[-1]]
    except (OSError, ValueError, KeyError, IndexError):
        return _SUPPOSED_BYTES
