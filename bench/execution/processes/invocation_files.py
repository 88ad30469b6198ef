"""What invocations leave in files: what they print, the phase they are in, and those they ended.

Measured code runs next to these files, and may have changed them.
"""

from __future__ import annotations

import secrets
import tempfile
from pathlib import Path

from bench.domain.findings.timing import TimingOutcome
from bench.worker.linux.files import tail_of
from bench.worker.process.ended_phases import ended_phases
from bench.worker.process.invocation import current_phase
from bench.worker.wire.codec import WireError

LARGEST_LOG = 4 << 20
"""Bytes of what an invocation printed that are kept."""


class InvocationFiles:
    """The files of the invocations of one interpreter, below the folder ``scratch``."""

    def __init__(self, scratch: Path) -> None:
        self._scratch = scratch
        self._folders: dict[int, Path] = {}

    def make(self, request_id: int) -> str:
        """Make the folder of an invocation; returns what the paths of its files begin with."""
        # Of its own, and under no name that others could guess.
        self._folders[request_id] = Path(tempfile.mkdtemp(dir=self._scratch))
        return self._beginning(request_id)

    def board(self) -> str:
        """The path of a file by which invocations can meet; another one each time."""
        return str(self._scratch / f"{secrets.token_hex(8)}.board")

    def log_of(self, request_id: int) -> bytes:
        """What the invocation printed, as far as it got; of much only the end."""
        return tail_of(self._beginning(request_id) + ".log", LARGEST_LOG)

    def phase_of(self, request_id: int) -> str | None:
        """The phase that an invocation is in or ended in; None before the first."""
        return current_phase(self._beginning(request_id)) or None

    def ended_phases(self, request_id: int) -> TimingOutcome | None:
        """What a timed invocation has measured, as far as it got.

        None where that is nothing, or cannot be read.
        """
        try:
            return ended_phases(self._beginning(request_id))
        except WireError:
            return None

    def _beginning(self, request_id: int) -> str:
        return str(self._folders.get(request_id, self._scratch) / "invocation")
