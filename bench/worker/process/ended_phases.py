"""The phases that a timed invocation has ended, written as they end: they count however it ends."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import Optional

from bench.domain.findings.timing import TimingOutcome
from bench.worker.linux.files import tail_of
from bench.worker.wire.channel import from_json, to_json

LARGEST = 1 << 24
"""Bytes that are read of it: more than the phases of any invocation."""


class EndedPhases:
    """Adds what this process has measured to a file of the invocation with ``files``.

    Each time is a line, and opens the file: measured code may close descriptors. A copy of the
    process that the measured code forks off adds nothing.
    """

    def __init__(self, files: str) -> None:
        self._files = files
        self._owner = os.getpid()

    def add(self, measured: TimingOutcome) -> None:
        """Add the spans that have been measured since the last time. Raises ``OSError``."""
        if os.getpid() == self._owner:
            with open(_path(self._files), "ab") as file:
                file.write(to_json(measured).encode() + b"\n")


def ended_phases(files: str) -> Optional[TimingOutcome]:
    """The phases that the invocation with ``files`` has ended; None where there is none.

    Raises ``WireError`` when the file is damaged.
    """
    # What follows the last line break was cut off when its process ended.
    *lines, _ = tail_of(_path(files), LARGEST).split(b"\n")
    parts = [from_json(TimingOutcome, line) for line in lines]
    if not parts:
        return None
    began_ns = max(each.began_ns for each in parts)
    return TimingOutcome(began_ns, tuple(span for each in parts for span in each.spans))


def forget_phases(files: str) -> None:
    """Let what the invocation with ``files`` has ended not count."""
    with suppress(FileNotFoundError):
        os.remove(_path(files))


def _path(files: str) -> str:
    return files + ".ended"
