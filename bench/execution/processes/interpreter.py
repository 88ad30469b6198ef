"""One measured interpreter, seen from the controller: start it, ask it, end it."""

from __future__ import annotations

import os
import random
import re
import secrets
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, cast

from bench.domain.errors import BenchError
from bench.domain.findings.timing import TimingOutcome
from bench.execution.processes.closeable import Closeable
from bench.execution.processes.scratch import new_folder
from bench.execution.processes.worker_copy import worker_command
from bench.worker.linux.cgroup import ControlGroup
from bench.worker.linux.files import tail_of
from bench.worker.process.ended_phases import ended_phases
from bench.worker.process.invocation import current_phase
from bench.worker.process.last_words import last_words_of
from bench.worker.wire.channel import (
    Channel,
    Ended,
    FromZygote,
    Invocation,
    Ready,
    Sharing,
    ZygoteConfiguration,
    to_json,
)
from bench.worker.wire.codec import WireError
from bench.worker.wire.requests import PassRequest, Request

LARGEST_LOG = 4 << 20
"""Bytes of what an invocation printed that are kept."""

_END_GRACE_S = 0.6
_REAP_S = 5.0
_GROUP = ControlGroup()
_IMPORT_LIMIT_S = 300
_ACCIDENTS = (0, *(-each for each in (signal.SIGKILL, signal.SIGTERM, signal.SIGHUP)))
"""How an interpreter ends that does not end itself."""

_MISSING_FRAMEWORK = re.compile(r"No module named '(keras|tensorflow|jax|torch)'")


class InterpreterFailed(BenchError, RuntimeError):
    """A measured interpreter that did not start or that ended; the message says how.

    ``by_accident`` is True where it was ended from outside: another one may live.
    """

    def __init__(self, message: str, *, by_accident: bool = False) -> None:
        super().__init__(message)
        self.by_accident = by_accident


class Limits(NamedTuple):
    """What one invocation may take before it is ended."""

    timeout_s: float
    memory_bytes: int


@dataclass(frozen=True)
class LaunchSpec:
    """How to start a measured interpreter.

    ``seed`` decides its hash seed and the length of a padding variable in its environment, two
    accidents that can make one process faster than another (Mytkowicz et al. 2009). Measured code
    is imported from the current folder and from ``folders``.
    """

    python: str
    backend: str
    isolation: str
    seed: int
    folders: tuple[str, ...] = ()

    def environment(self) -> Mapping[str, str]:
        """The environment variables of the interpreter."""
        generator = random.Random(f"launch-{self.seed}")
        return {
            **os.environ,
            "PYTHONHASHSEED": str(generator.getrandbits(32)),
            "BENCH_PADDING": "x" * generator.randrange(4096),
            "KERAS_BACKEND": self.backend,
        }


class Interpreter(Closeable):
    """A measured interpreter process. It starts at once and imports its framework meanwhile.

    Temporary files that its invocations leave behind (one per converted function, with autograph)
    go with it. Start it from the main thread: the kernel ends it together with the thread that
    started it.
    """

    def __init__(self, launch: LaunchSpec) -> None:
        self._scratch = new_folder("zygote")
        self._log = self._scratch / "zygote.log"
        temporary = self._scratch / "temporary"
        temporary.mkdir()
        self._ready: Ready | None = None
        self._requests = 0
        self._folders: dict[int, Path] = {}
        self._awaited: set[int] = set()
        self._garbled = ""
        self._oom_kills = _GROUP.oom_kills()
        self._python = launch.python
        ours, theirs = socket.socketpair()
        self._channel: Channel[FromZygote] = Channel(ours, Ready, Ended)
        configuration = ZygoteConfiguration(
            control=theirs.fileno(),
            parent=os.getpid(),
            log=str(self._log),
            backend=launch.backend,
            isolation=launch.isolation,
            path=(str(Path.cwd()), *launch.folders),
            spawned_ns=time.perf_counter_ns(),
        )
        try:
            with self._log.open("wb") as log:
                self._process = subprocess.Popen(
                    worker_command(launch.python, "zygote", to_json(configuration)),
                    env={**launch.environment(), "TMPDIR": str(temporary)},
                    pass_fds=(theirs.fileno(),),
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=log,
                    start_new_session=True,
                )
        except OSError as error:
            self._channel.close()
            shutil.rmtree(self._scratch)
            raise InterpreterFailed(f"cannot start {launch.python}: {error.strerror}") from error
        finally:
            theirs.close()

    @property
    def process_id(self) -> int:
        """The process id of the zygote."""
        return self._process.pid

    @property
    def has_ended(self) -> bool:
        """Whether the process is gone."""
        return self._process.poll() is not None

    @property
    def ran_out_of_memory(self) -> bool:
        """Whether it was killed while the kernel killed something for the memory of the group."""
        killed = self._process.returncode == -signal.SIGKILL
        return killed and _GROUP.oom_kills() > self._oom_kills

    def fileno(self) -> int:
        """The descriptor to wait on until ``receive`` has something."""
        return self._channel.fileno()

    @property
    def is_ready(self) -> bool:
        """Whether the framework has been imported; never waits."""
        if self._ready is None and _readable(self._channel, 0):
            self._take_ready()
        return self._ready is not None

    def wait_until_ready(self) -> Ready:
        """Wait for the import and return what it took.

        Raises ``InterpreterFailed`` when the interpreter ends instead, or takes five minutes.
        """
        while self._ready is None:
            if not _readable(self._channel, _IMPORT_LIMIT_S):
                raise InterpreterFailed(
                    f"importing the framework took more than {_IMPORT_LIMIT_S} s"
                )
            self._take_ready()
        return self._ready

    def _take_ready(self) -> None:
        for message in self._received():
            if isinstance(message, Ready):
                self._ready = message

    def send(
        self,
        request: PassRequest[object],
        limits: Limits,
        core: int | None = None,
        sharing: Sharing | None = None,
        rehearses: bool = False,
    ) -> int:
        """Ask for one invocation; returns the ``id`` that its end will carry.

        ``core`` is where it runs, None for any; ``sharing`` says with whom it shares that. From one
        that ``rehearses`` the interpreter learns which memory later ones need copies of. Raises
        ``InterpreterFailed`` when the interpreter has ended.
        """
        self._requests += 1
        # Of its own, and under no name that others could guess.
        self._folders[self._requests] = Path(tempfile.mkdtemp(dir=self._scratch))
        invocation = Invocation(
            id=self._requests,
            files=self._files_of(self._requests),
            core=core,
            timeout_s=limits.timeout_s,
            memory_bytes=limits.memory_bytes,
            request=cast("Request", request),
            sharing=sharing,
            rehearses=rehearses,
        )
        try:
            self._channel.send(invocation)
        except OSError as error:
            raise self._ended() from error
        self._awaited.add(self._requests)
        return self._requests

    def board(self) -> str:
        """The path of a file by which invocations can meet; another one each time."""
        return str(self._scratch / f"{secrets.token_hex(8)}.board")

    def receive(self, timeout_s: float | None = None) -> Sequence[Ended]:
        """What has ended, after waiting for something; empty when ``timeout_s`` ran out.

        Raises ``InterpreterFailed`` when the interpreter has ended; one that says something out of
        form is ended.
        """
        if not _readable(self._channel, timeout_s):
            return []
        ended = [message for message in self._received() if isinstance(message, Ended)]
        for each in ended:
            if each.id not in self._awaited:
                raise self._out_of_form(f"nothing was asked under the number {each.id}")
            self._awaited.discard(each.id)
        return ended

    def _received(self) -> Sequence[FromZygote]:
        try:
            messages = self._channel.receive()
        except WireError as error:
            raise self._out_of_form(str(error)) from error
        if self._channel.closed:
            raise self._ended()
        return messages

    def _out_of_form(self, why: str) -> InterpreterFailed:
        self._garbled = why
        self._process.kill()
        return self._ended()

    def _ended(self) -> InterpreterFailed:
        how, words = self.ending(), self.last_words()
        missing = _MISSING_FRAMEWORK.search(words)
        if missing is None or self._ready is not None:
            by_accident = self._process.returncode in _ACCIDENTS and not self._garbled
            return InterpreterFailed(f"the measured interpreter {how}", by_accident=by_accident)
        return InterpreterFailed(
            f"{self._python} has no {missing[1]}: install it there, "
            "with the suite as pip install 'keras-bench[tensorflow]'"
        )

    def ending(self) -> str:
        """How the process ended: ``was killed by SIGKILL``, and what it said, where it did."""
        try:
            code = self._process.wait(_REAP_S)
        except subprocess.TimeoutExpired:
            return "does not answer any more"
        if self._garbled:
            return f"says what cannot be read: {self._garbled}"
        if code < 0:
            how = f"was killed by {signal.Signals(-code).name}"
        else:
            how = f"ended with exit status {code}" if code else "ended"
        if self.ran_out_of_memory:
            return f"{how}, since the memory of its control group ran out"
        words = "" if code in _ACCIDENTS else self.last_words()
        return f"{how}: {words}" if words else how

    def log_of(self, request_id: int) -> bytes:
        """What the invocation printed, as far as it got; of much only the end."""
        return tail_of(self._files_of(request_id) + ".log", LARGEST_LOG)

    def _files_of(self, request_id: int) -> str:
        return str(self._folders.get(request_id, self._scratch) / "invocation")

    def phase_of(self, request_id: int) -> str | None:
        """The phase that an invocation is in or ended in; None before the first."""
        return current_phase(self._files_of(request_id)) or None

    def ended_phases(self, request_id: int) -> TimingOutcome | None:
        """What a timed invocation has measured, as far as it got.

        None where that is nothing, or cannot be read.
        """
        try:
            return ended_phases(self._files_of(request_id))
        except WireError:
            return None

    def last_words(self) -> str:
        """The line of the interpreter's own log that says how it ended; empty where none does."""
        return last_words_of(str(self._log))

    def close(self) -> None:
        """End the interpreter and everything it started; safe to call again."""
        self._channel.close()
        if self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(_END_GRACE_S)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        shutil.rmtree(self._scratch, ignore_errors=True)


def _readable(channel: Channel[FromZygote], timeout_s: float | None) -> bool:
    waiting = select.poll()
    waiting.register(channel.fileno(), select.POLLIN)
    return bool(waiting.poll(None if timeout_s is None else timeout_s * 1000))


def this_python() -> str:
    """The interpreter that runs the suite: the one measured unless another is named."""
    return sys.executable
