"""Runs something in a forked copy of this process, which has all imported, and reports its end."""

from __future__ import annotations

import atexit
import os
import signal
import tempfile
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from bench.execution.processes.scratch import scratch
from bench.execution.processes.worker_copy import worker_copy

_LARGEST = 60_000
"""Bytes that are said at most: less than a pipe holds that nobody reads."""


class Ended(NamedTuple):
    """How a copy ended: its exit code, below 0 where a signal ended it, and what it said."""

    code: int
    said: str

    @property
    def was_killed(self) -> bool:
        """Whether it was killed, as the kernel does for want of memory."""
        return self.code == -signal.SIGKILL


def in_a_copy(action: Callable[[], str]) -> Ended:
    """Run ``action`` in a copy, which says what that returns; one that raises has exit code 1.

    The copy ends as a program does, and is killed if this is interrupted.
    """
    ours, theirs = os.pipe()
    pid = os.fork()
    if not pid:
        os.close(ours)
        _live(action, theirs)
    os.close(theirs)
    try:
        with os.fdopen(ours, "rb") as pipe:
            said = pipe.read().decode(errors="replace")
        _, status = os.waitpid(pid, 0)
    except BaseException:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        raise
    return Ended(os.waitstatus_to_exitcode(status), said)


def _live(action: Callable[[], str], pipe: int) -> None:
    code, said = 1, ""
    try:
        # What the process before had to do at its end is not for this one.
        atexit._clear()
        said = action()
        code = 0
    except BaseException:
        said = traceback.format_exc()
    finally:
        try:
            atexit._run_exitfuncs()
            os.write(pipe, said.encode(errors="replace")[-_LARGEST:])
        finally:
            os._exit(code)


def use_temporary_folder(folder: Path) -> None:
    """Have this process, and those that it starts, put temporary files there from now on."""
    os.environ["TMPDIR"] = tempfile.tempdir = str(folder)
    scratch.cache_clear()
    worker_copy.cache_clear()
