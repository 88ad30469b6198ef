"""The clocks that the suite reads, bound before any measured code runs.

Measured code may replace what is in the module ``time``, as libraries do that fake time in tests;
some of them also replace every name by which another module knows the same functions. A clock here
is known to nobody but its own closure.
"""

from __future__ import annotations

import time
from typing import Callable

Clock = Callable[[], int]


def _bound(read: Clock) -> Clock:
    def clock() -> int:
        return read()

    return clock


wall_ns = _bound(time.perf_counter_ns)
"""Nanoseconds of a clock that all processes of a machine share."""

cpu_ns = _bound(time.process_time_ns)
"""Nanoseconds of CPU time of this process, all threads together."""

thread_cpu_ns = _bound(time.thread_time_ns)
"""Nanoseconds of CPU time of this thread."""

monotonic_ns = _bound(time.monotonic_ns)
"""Nanoseconds of the clock by which processes wait for each other."""


def _bound_to_processes(read: Callable[[int], int]) -> Callable[[int], int]:
    def clock(process: int) -> int:
        # How Linux numbers the clock of another process (clock_getcpuclockid).
        return read((~process << 3) | 2)

    return clock


cpu_ns_of = _bound_to_processes(time.clock_gettime_ns)
"""Nanoseconds of CPU time of another process. Raises ``OSError`` when there is none."""
