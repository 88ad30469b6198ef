"""What the kernel counts of this process: its memory, the peak of it, and waiting for a core.

Files of ``/proc`` are read by plain descriptors: the meters run at every border of a phase, and a
file object costs as much as the reading.
"""

from __future__ import annotations

import os
from typing import NamedTuple, Optional

from bench.worker.instruments.clocks import thread_cpu_ns


def memory_bytes() -> tuple[int, int]:
    """Resident memory of this process: now, and its peak since ``reset_peak``."""
    descriptor = os.open("/proc/self/status", os.O_RDONLY)
    try:
        text = os.read(descriptor, 1 << 16)
    finally:
        os.close(descriptor)
    return _kibibytes(text, b"VmRSS:") * 1024, _kibibytes(text, b"VmHWM:") * 1024


class Scheduled(NamedTuple):
    """For how long a thread has run so far, and for how long it could have but waited its turn."""

    ran_ns: int
    waited_ns: int


def main_thread() -> Optional[Scheduled]:
    """What the kernel counts of this thread; None where it does not."""
    try:
        descriptor = os.open("/proc/thread-self/schedstat", os.O_RDONLY)
    except OSError:
        return None
    try:
        waited_ns = int(os.read(descriptor, 100).split()[1])
    finally:
        os.close(descriptor)
    # The kernel's file counts what has run only once in a while.
    return Scheduled(thread_cpu_ns(), waited_ns)


def run_delay_ns(
    before: Optional[Scheduled], after: Optional[Scheduled], *, cpu_ns: int, wall_ns: int
) -> Optional[int]:
    """For how long others had the core while this process could have computed.

    The main thread may sleep while others of its process wait for the core. For each nanosecond
    that they run, they are taken to wait as long as the main thread does.
    """
    if before is None or after is None:
        return None
    ran_ns, waited_ns = (late - early for early, late in zip(before, after))
    if ran_ns <= 0:
        return 0
    return max(0, min(round(waited_ns * max(1.0, cpu_ns / ran_ns)), wall_ns - cpu_ns))


def _kibibytes(text: bytes, label: bytes) -> int:
    begin = text.index(label) + len(label)
    return int(text[begin : text.index(b"kB", begin)])


def reset_peak() -> bool:
    """Begin the peak again; False where that cannot be, as where ``/proc`` is read-only."""
    try:
        descriptor = os.open("/proc/self/clear_refs", os.O_WRONLY)
    except OSError:
        return False
    try:
        return os.write(descriptor, b"5") == 1
    except OSError:
        return False
    finally:
        os.close(descriptor)
