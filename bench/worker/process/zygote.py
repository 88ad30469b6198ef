"""The zygote: imports the framework, runs nothing, and gives every invocation a process.

It guards the invocations too: it ends those that take too long or too much memory, with everything
they started, and it ends all of them when the controller goes.
"""

from __future__ import annotations

import gc
import json
import os
import select
import signal
import socket
import sys
import time
from typing import NoReturn, Optional

from bench.worker import protocol
from bench.worker.frameworks.base import Framework, load
from bench.worker.linux import fork_memory, processes
from bench.worker.process import invocation

_WATCH_INTERVAL_MS = 50
_TREE_INTERVAL_S = 1.0


def serve(argument: str) -> NoReturn:
    """The life of a zygote: ``argument`` is its configuration as JSON.

    Keys: ``control`` (descriptor of the controller's socket), ``parent`` (the controller's process
    id), ``log``, ``backend``, ``isolation``, ``path`` (folders to import measured code from),
    ``spawned_ns``.
    """
    configuration = json.loads(argument)
    processes.die_with_parent(configuration["parent"], signal.SIGTERM)
    processes.adopt_orphans()
    invocation.redirect_output(configuration["log"])
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.set_inheritable(configuration["control"], False)
    channel = protocol.Channel(socket.socket(fileno=configuration["control"]))
    zygote = _Zygote(channel, configuration["isolation"], configuration["path"])
    signal.signal(signal.SIGTERM, lambda *_: zygote.end())
    ready: protocol.Message = {"ready": True}
    if configuration["isolation"] != "start":
        zygote.framework = load(configuration["backend"])
        ready["import_ns"] = time.perf_counter_ns() - configuration["spawned_ns"]
        ready["import_cpu_ns"] = time.process_time_ns()
    invocation.prepend_sys_path(configuration["path"])
    gc.collect()
    gc.freeze()
    if configuration["isolation"] == "fork":
        zygote.inherited = fork_memory.resident_ranges()
    channel.send(ready)
    zygote.serve()


class _Running:
    """An invocation under way, and the bounds it must keep."""

    def __init__(self, message: protocol.Message, pid: int, pipe: int) -> None:
        self.message = message
        self.pid = pid
        self.pipe = pipe
        self.exited = os.pidfd_open(pid)
        self.deadline = time.monotonic() + message["timeout_s"]
        self.tree_seen = time.monotonic()
        self.outcome = b""
        self.outcome_is_complete = False
        self.ended_because: Optional[protocol.Message] = None

    def overstepped(self) -> Optional[protocol.Message]:
        """The failure to record when a bound is broken, else None."""
        now = time.monotonic()
        phase = invocation.current_phase(self.message["files"])
        if now > self.deadline:
            reason = f"took more than {self.message['timeout_s']:g} s, in {phase or 'preparation'}"
            return protocol.failure(protocol.TIMED_OUT, reason, phase)
        pids = [self.pid]
        if now > self.tree_seen + _TREE_INTERVAL_S:
            self.tree_seen = now
            pids += processes.descendants(self.pid)
        limit = self.message["memory_bytes"]
        if processes.resident_bytes(pids) > limit:
            reason = f"took more than {limit / 2**20:.0f} MiB, in {phase or 'preparation'}"
            return protocol.failure(protocol.OUT_OF_MEMORY, reason, phase)
        return None


class _Zygote:
    """Serves requests until the controller goes; several invocations may run side by side."""

    def __init__(self, channel: protocol.Channel, isolation: str, path: list[str]) -> None:
        self.framework: Optional[Framework] = None
        self.inherited: list[fork_memory.Range] = []
        self._channel = channel
        self._isolation = isolation
        self._path = path
        self._running: dict[int, _Running] = {}

    def serve(self) -> NoReturn:
        while True:
            waiting = select.poll()
            waiting.register(self._channel.fileno(), select.POLLIN)
            for running in self._running.values():
                waiting.register(running.exited, select.POLLIN)
                if not running.outcome_is_complete:
                    waiting.register(running.pipe, select.POLLIN)
            events = waiting.poll(_WATCH_INTERVAL_MS if self._running else None)
            ready = {descriptor for descriptor, _ in events}
            for running in list(self._running.values()):
                self._attend(running, ready)
            if self._channel.fileno() in ready:
                for message in self._channel.receive():
                    self._begin(message)
                if self._channel.closed:
                    self.end()

    def end(self) -> NoReturn:
        """Kill everything that was started here, and end."""
        processes.kill_descendants(spared=set())
        os._exit(0)

    def _begin(self, message: protocol.Message) -> None:
        if self._isolation == "none":
            self._live_here(message)
            return
        files = message["files"]
        os.mkfifo(files + ".pipe")
        pipe = os.open(files + ".pipe", os.O_RDONLY | os.O_NONBLOCK)
        message["begun_ns"] = time.perf_counter_ns()
        pid = self._start(message) if self._isolation == "start" else self._fork(message, pipe)
        self._running[pid] = _Running(message, pid, pipe)

    def _fork(self, message: protocol.Message, pipe: int) -> int:
        parent = os.getpid()
        pid = os.fork()
        if pid:
            return pid
        owner = os.getpid()
        outcome = protocol.failure(protocol.CRASHED, "could not be prepared")
        try:
            os.setsid()
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            invocation.become(message, parent)
            self._close_descriptors(pipe)
            assert self.framework is not None
            outcome = invocation.live(self.framework, message, self.inherited)
        finally:
            # Whatever happens, this copy of the zygote must not go on to serve.
            invocation.finish(message, outcome, owner)

    def _close_descriptors(self, pipe: int) -> None:
        self._channel.close()
        os.close(pipe)
        for running in self._running.values():
            os.close(running.pipe)
            os.close(running.exited)

    def _start(self, message: protocol.Message) -> int:
        message = {
            **message,
            "parent": os.getpid(),
            "path": self._path,
            "spawned_ns": time.perf_counter_ns(),
        }
        main = os.path.join(os.path.dirname(os.path.dirname(__file__)), "__main__.py")
        command = [sys.executable, main, "invocation", json.dumps(message)]
        return os.posix_spawn(sys.executable, command, os.environ, setsid=True)

    def _live_here(self, message: protocol.Message) -> None:
        invocation.redirect_output(message["files"] + ".log")
        assert self.framework is not None
        outcome = invocation.live(self.framework, message)
        self._channel.send({"id": message["id"], **outcome})

    def _attend(self, running: _Running, ready: set[int]) -> None:
        if running.pipe in ready:
            data = _available(running.pipe)
            running.outcome += data
            running.outcome_is_complete = not data
        if running.exited in ready:
            self._conclude(running)
        elif running.ended_because is None:
            running.ended_because = running.overstepped()
            if running.ended_because:
                processes.kill_group(running.pid)

    def _conclude(self, running: _Running) -> None:
        del self._running[running.pid]
        _, status = os.waitpid(running.pid, 0)
        ended_ns = time.perf_counter_ns()
        processes.kill_group(running.pid)
        processes.kill_descendants(spared=set(self._running))
        running.outcome += _available(running.pipe)
        os.close(running.pipe)
        os.close(running.exited)
        outcome = running.ended_because or _outcome(running, status)
        self._channel.send(
            {
                "id": running.message["id"],
                "process_ns": ended_ns - running.message["begun_ns"],
                **outcome,
            }
        )


def _available(pipe: int) -> bytes:
    """All that can be read from ``pipe`` without waiting; empty once its writer has closed it."""
    data = b""
    while True:
        try:
            chunk = os.read(pipe, 1 << 20)
        except BlockingIOError:
            return data
        if not chunk:
            return data
        data += chunk


def _outcome(running: _Running, status: int) -> protocol.Message:
    """What an invocation that ended by itself has to say, or how it ended without a word."""
    if running.outcome and status == 0:
        return _parsed(running.outcome)
    phase = invocation.current_phase(running.message["files"])
    where = f"in {phase}" if phase else "in preparation"
    if os.WIFSIGNALED(status):
        name = signal.Signals(os.WTERMSIG(status)).name
        return protocol.failure(
            protocol.CRASHED, f"the process was killed by {name} {where}", phase
        )
    code = os.WEXITSTATUS(status)
    return protocol.failure(
        protocol.CRASHED, f"the process ended itself with exit status {code} {where}", phase
    )


def _parsed(outcome: bytes) -> protocol.Message:
    try:
        message: protocol.Message = json.loads(outcome)
    except ValueError:
        return protocol.failure(protocol.CRASHED, "the process sent an outcome that cannot be read")
    return message
