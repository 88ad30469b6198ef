"""How a measured interpreter ended: by which signal, with which words, for want of what."""

from __future__ import annotations

import re
import shlex
import signal
import subprocess
from pathlib import Path

from bench.domain.errors import BenchError
from bench.execution.processes.launch import LaunchSpec
from bench.worker.linux.cgroup import ControlGroup
from bench.worker.linux.processes import signal_name
from bench.worker.process.last_words import last_words_of

_REAP_S = 5.0
_ACCIDENTS = (0, *(-each for each in (signal.SIGKILL, signal.SIGTERM, signal.SIGHUP)))
"""How an interpreter ends that does not end itself."""

_MISSING_FRAMEWORK = re.compile(r"No module named '(keras|tensorflow|jax|torch)'")
_GROUP = ControlGroup()


class InterpreterFailed(BenchError, RuntimeError):
    """A measured interpreter that did not start or that ended; the message says how.

    ``by_accident`` is True where it was ended from outside: another one may live.
    """

    def __init__(self, message: str, *, by_accident: bool = False) -> None:
        super().__init__(message)
        self.by_accident = by_accident


class ImportTookTooLong(InterpreterFailed):
    """That of ``python`` has not imported its framework after ``limit_s`` seconds."""

    def __init__(self, python: str, limit_s: float) -> None:
        super().__init__(
            f"importing the framework took more than {limit_s:g} s: "
            f"does {shlex.quote(python)} -c 'import keras' end?"
        )


def oom_kills() -> int:
    """How many processes of the suite's control group the kernel has killed for memory so far."""
    return _GROUP.oom_kills()


class Ending:
    """How the ``process`` of an interpreter ends, once it does; ``launch`` is how it was started.

    It prints to ``log``, and ``oom_kills`` are those from before it was started.
    """

    def __init__(
        self, process: subprocess.Popen[bytes], launch: LaunchSpec, log: Path, oom_kills: int
    ) -> None:
        self._process = process
        self._python = launch.python
        self._backend = launch.backend
        self._log = log
        self._oom_kills = oom_kills
        self._garbled = ""

    @property
    def ran_out_of_memory(self) -> bool:
        """Whether it was killed while the kernel killed something for the memory of the group."""
        killed = self._process.returncode == -signal.SIGKILL
        return killed and oom_kills() > self._oom_kills

    def kill_garbled(self, why: str) -> None:
        """Kill the process, of which something cannot be read, and ``why``."""
        self._garbled = why
        self._process.kill()

    def failure(self, *, has_imported: bool) -> InterpreterFailed:
        """What to raise; ``has_imported`` says whether the framework was there."""
        how, words = self.described(), self._last_words()
        missing = _MISSING_FRAMEWORK.search(words)
        if missing is None or has_imported:
            by_accident = self._process.returncode in _ACCIDENTS and not self._garbled
            said = f"the measured interpreter {how}"
            code = self._process.returncode
            if not (has_imported or words or self._garbled) and code is not None and code >= 0:
                said = f"{said} before it imported the framework: is {self._python} a Python?"
            return InterpreterFailed(said, by_accident=by_accident)
        return InterpreterFailed(
            f"{self._python} has no {missing[1]}: install it there, "
            f"with the suite as pip install 'keras-bench[{self._backend}]'"
        )

    def described(self) -> str:
        """How the process ended: ``was killed by SIGKILL``, and what it said, where it did."""
        try:
            code = self._process.wait(_REAP_S)
        except subprocess.TimeoutExpired:
            return "does not answer any more"
        if self._garbled:
            return f"says what cannot be read: {self._garbled}"
        if code < 0:
            how = f"was killed by {signal_name(-code)}"
        else:
            how = f"ended with exit status {code}" if code else "ended"
        if self.ran_out_of_memory:
            return f"{how}, since the memory of its control group ran out"
        words = "" if code in _ACCIDENTS else self._last_words()
        return f"{how}: {words}" if words else how

    def _last_words(self) -> str:
        """The line of the interpreter's own log that says how it ended; empty where none does."""
        return last_words_of(str(self._log))
