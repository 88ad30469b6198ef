"""One measured interpreter, seen from the controller: start it, ask it, end it."""

from __future__ import annotations

import math
import os
import select
import shutil
import socket
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple, cast

from bench.execution.processes.closeable import Closeable
from bench.execution.processes.ending import (
    Ending,
    ImportTookTooLong,
    InterpreterFailed,
    oom_kills,
)
from bench.execution.processes.invocation_files import InvocationFiles
from bench.execution.processes.launch import LaunchSpec
from bench.execution.processes.scratch import new_folder
from bench.execution.processes.worker_copy import worker_command
from bench.worker.linux.files import remove_folder
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

_END_GRACE_S = 0.6


class Limits(NamedTuple):
    """What one invocation may take before it is ended."""

    timeout_s: float
    memory_bytes: int


class Interpreter(Closeable):
    """A measured interpreter process. It starts at once and imports its framework meanwhile.

    Temporary files that its invocations leave behind (one per converted function, with autograph)
    go with it. Start it from the main thread: the kernel ends it together with the thread that
    started it.
    """

    def __init__(self, launch: LaunchSpec) -> None:
        self._scratch = new_folder("zygote")
        log_path = self._scratch / "zygote.log"
        temporary = self._scratch / "temporary"
        temporary.mkdir()
        self._ready: Ready | None = None
        self._python = launch.python
        self._import_limit_s = launch.import_limit_s
        self._requests = 0
        self._awaited: set[int] = set()
        self.files = InvocationFiles(self._scratch)
        kills_before = oom_kills()
        ours, theirs = socket.socketpair()
        self._channel: Channel[FromZygote] = Channel(ours, Ready, Ended)
        configuration = ZygoteConfiguration(
            control=theirs.fileno(),
            parent=os.getpid(),
            log=str(log_path),
            backend=launch.backend,
            isolation=launch.isolation,
            path=(str(Path.cwd()), *launch.folders),
            spawned_ns=time.perf_counter_ns(),
        )
        try:
            with log_path.open("wb") as log:
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
        self.ending = Ending(self._process, launch, log_path, kills_before)

    @property
    def process_id(self) -> int:
        """The process id of the zygote."""
        return self._process.pid

    @property
    def has_ended(self) -> bool:
        """Whether the process is gone."""
        return self._process.poll() is not None

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

        Raises ``InterpreterFailed`` when the interpreter ends instead, and ``ImportTookTooLong``
        when that takes longer than it may.
        """
        while self._ready is None:
            if not _readable(self._channel, self._import_limit_s):
                raise ImportTookTooLong(self._python, self._import_limit_s)
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
        invocation = Invocation(
            id=self._requests,
            files=self.files.make(self._requests),
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

    def receive(self, timeout_s: float | None = None) -> Sequence[Ended]:
        """What has ended, after waiting for something; empty when ``timeout_s`` ran out.

        Raises ``InterpreterFailed`` when the interpreter has ended; one that says something out of
        form is ended.
        """
        until = math.inf if timeout_s is None else time.monotonic() + timeout_s
        ended: list[Ended] = []
        while not ended:
            # What arrives may be a part of a message, or another one than is waited for.
            left_s = max(until - time.monotonic(), 0.0)
            if not _readable(self._channel, None if timeout_s is None else left_s):
                return []
            ended = [message for message in self._received() if isinstance(message, Ended)]
            if not left_s:
                break
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
        self.ending.kill_garbled(why)
        return self._ended()

    def _ended(self) -> InterpreterFailed:
        return self.ending.failure(has_imported=self._ready is not None)

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
        remove_folder(str(self._scratch))


Interpreters = Mapping[str, Interpreter]
"""Started interpreters, by environment."""


def _readable(channel: Channel[FromZygote], timeout_s: float | None) -> bool:
    waiting = select.poll()
    waiting.register(channel.fileno(), select.POLLIN)
    return bool(waiting.poll(None if timeout_s is None else timeout_s * 1000))
