"""A builder that stops its own process, once."""

from __future__ import annotations

import os
import signal
from pathlib import Path

from tests.fakes.framework import Model


def halts_once(depth: int) -> Model:
    """Stop, should the file that ``FAKE_HALT`` names be there; it is removed first."""
    halt = Path(os.environ["FAKE_HALT"])
    if halt.exists():
        halt.unlink()
        os.kill(os.getpid(), signal.SIGSTOP)
    return Model(range(depth))
