"""Builders that stop their own process once, or end their interpreter once."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

from tests.fakes.framework import Model


def halts_once(depth: int) -> Model:
    """Stop, should the file that ``FAKE_HALT`` names be there; it is removed first."""
    halt = Path(os.environ["FAKE_HALT"])
    if halt.exists():
        halt.unlink()
        os.kill(os.getpid(), signal.SIGSTOP)
    return Model(range(depth))


def ends_its_zygote_once(depth: int) -> Model:
    """The same with SIGKILL, as from outside, for the interpreter."""
    halt = Path(os.environ["FAKE_HALT"])
    if halt.exists():
        halt.unlink()
        os.kill(os.getppid(), signal.SIGKILL)
        time.sleep(60)
    return Model(range(depth))
