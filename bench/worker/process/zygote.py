"""The zygote: imports the framework, runs nothing, and gives every invocation a process.

It guards the invocations too: it ends those that take too long or too much memory, with everything
they started, and it ends all of them when the controller goes.
"""

from __future__ import annotations

import gc
import os
import select
import shutil
import signal
import socket
import sys
import time
from typing import NoReturn, Optional

from bench.domain import status
from bench.domain.findings.evidence import Failure
from bench.worker.frameworks.base import Framework, load
from bench.worker.hooks import PREPARING
from bench.worker.instruments.caches import CacheSweep
from bench.worker.instruments.process_settings import (
    changes,
    process_settings,
    refusal,
    without_runtime,
)
from bench.worker.linux import fork_memory, processes
from bench.worker.linux.cgroup import ControlGroup
from bench.worker.process import invocation as process
from bench.worker.process.barrier import Board
from bench.worker.process.last_words import last_words_of
from bench.worker.references import import_from
from bench.worker.wire.channel import (
    Answer,
    Channel,
    Ended,
    Invocation,
    Ready,
    StartedInvocation,
    ZygoteConfiguration,
    from_json,
    to_json,
)
from bench.worker.wire.codec import WireError, prepare
from bench.worker.wire.outcomes import EnvironmentOutcome

_WATCH_INTERVAL_MS = 50
_TREE_INTERVAL_S = 1.0
_GROUP = ControlGroup()


def serve(argument: str) -> NoReturn:
    """The life of a zygote: ``argument`` is its ``ZygoteConfiguration`` as JSON."""
    configuration = from_json(ZygoteConfiguration, argument)
    processes.die_with_parent(configuration.parent, signal.SIGTERM)
    processes.adopt_orphans()
    process.redirect_output(configuration.log)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.set_inheritable(configuration.control, False)
    channel = Channel(socket.socket(fileno=configuration.control), Invocation)
    zygote = _Zygote(channel, configuration)
    signal.signal(signal.SIGTERM, lambda *_: zygote.end())
    ready = Ready(import_ns=None, import_cpu_ns=None)
    if configuration.isolation != "start":
        zygote.framework = load(configuration.backend)
        ready = Ready(
            import_ns=time.perf_counter_ns() - configuration.spawned_ns,
            import_cpu_ns=time.process_time_ns(),
        )
    import_from(configuration.path)
    # What the first invocation would add to this process, every later one would inherit.
    prepare(Invocation, Answer)
    if configuration.isolation == "fork":
        zygote.sweep = CacheSweep()
    gc.collect()
    gc.freeze()
    if configuration.isolation == "fork":
        zygote.inherited = fork_memory.InheritedMemory()
    channel.send(ready)
    zygote.serve()


class _Running:
    """An invocation under way, and the bounds it must keep."""

    def __init__(self, invocation: Invocation, pid: int, pipe: int, begun_ns: int) -> None:
        self.invocation = invocation
        self.begun_ns = begun_ns
        self.pid = pid
        self.pipe = pipe
        self.exited = os.pidfd_open(pid)
        sharing = invocation.sharing
        # Whoever shares a core takes so much longer, and is not blamed for those it waits for.
        self._allowed_s = invocation.timeout_s * (1 if sharing is None else sharing.members)
        self._board = None if sharing is None else Board(sharing.board, sharing.members)
        self._member = 0 if sharing is None else sharing.member
        self._begun_s = time.monotonic()
        self.tree_seen = time.monotonic()
        self.oom_kills = _GROUP.oom_kills()
        self.answer = b""
        self.answer_is_complete = False
        self.ended_because: Optional[Failure] = None

    def overstepped(self) -> Optional[Failure]:
        """The failure to record when a bound is broken, else None."""
        now = time.monotonic()
        phase = process.current_phase(self.invocation.files)
        waited_s = 0.0 if self._board is None else self._board.waited_ns(self._member) / 1e9
        if now - self._begun_s - waited_s > self._allowed_s:
            reason = f"took more than {self.invocation.timeout_s:g} s, in {phase or 'preparation'}"
            return Failure(status.TIMED_OUT, reason, phase)
        pids = [self.pid]
        if now > self.tree_seen + _TREE_INTERVAL_S:
            self.tree_seen = now
            pids += processes.descendants(self.pid)
        limit = self.invocation.memory_bytes
        if processes.resident_bytes(pids) > limit:
            reason = f"took more than {limit / 2**20:.0f} MiB, in {phase or 'preparation'}"
            return Failure(status.OUT_OF_MEMORY, reason, phase)
        return None

    def leave(self) -> None:
        """Let those that share the core go on without it."""
        if self._board is not None:
            self._board.leave(self._member)


class _Zygote:
    """Serves requests until the controller goes; several invocations may run side by side."""

    def __init__(self, channel: Channel[Invocation], configuration: ZygoteConfiguration) -> None:
        self.framework: Optional[Framework] = None
        self.inherited: Optional[fork_memory.InheritedMemory] = None
        self.sweep: Optional[CacheSweep] = None
        self._channel = channel
        self._configuration = configuration
        self._running: dict[int, _Running] = {}
        self._begun_with = dict(os.environ), os.getcwd()

    def serve(self) -> NoReturn:
        while True:
            waiting = select.poll()
            waiting.register(self._channel.fileno(), select.POLLIN)
            for running in self._running.values():
                waiting.register(running.exited, select.POLLIN)
                if not running.answer_is_complete:
                    waiting.register(running.pipe, select.POLLIN)
            events = waiting.poll(_WATCH_INTERVAL_MS if self._running else None)
            ready = {descriptor for descriptor, _ in events}
            for running in list(self._running.values()):
                self._attend(running, ready)
            if self._channel.fileno() in ready:
                for invocation in self._channel.receive():
                    self._begin(invocation)
                if self._channel.closed:
                    self.end()

    def end(self) -> NoReturn:
        """Kill everything that was started here, and end."""
        processes.kill_descendants(spared=set())
        if os.getppid() != self._configuration.parent:
            # The controller is gone, and removes nothing any more.
            shutil.rmtree(os.path.dirname(self._configuration.log), ignore_errors=True)
        os._exit(0)

    def _begin(self, invocation: Invocation) -> None:
        isolation = self._configuration.isolation
        if isolation == "none":
            self._live_here(invocation)
            return
        os.mkfifo(invocation.files + ".pipe")
        pipe = os.open(invocation.files + ".pipe", os.O_RDONLY | os.O_NONBLOCK)
        begun_ns = time.perf_counter_ns()
        start = isolation == "start"
        pid = self._start(invocation) if start else self._fork(invocation, pipe)
        self._running[pid] = _Running(invocation, pid, pipe, begun_ns)

    def _fork(self, invocation: Invocation, pipe: int) -> int:
        parent = os.getpid()
        pid = os.fork()
        if pid:
            return pid
        owner = os.getpid()
        answer = Answer(Failure(status.CRASHED, "could not be prepared"), import_ns=None)
        try:
            os.setsid()
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            process.enter_invocation(invocation, parent)
            self._close_descriptors(pipe)
            assert self.framework is not None
            assert self.inherited is not None
            given = self.inherited.to_copy(invocation.rehearses)
            outcome = process.live(self.framework, invocation, given, self.sweep)
            copied = self.inherited.copied(invocation.rehearses)
            answer = Answer(outcome, import_ns=None, copied=tuple(copied))
        finally:
            # Whatever happens, this copy of the zygote must not go on to serve.
            process.answer_and_exit(invocation, answer, owner)

    def _close_descriptors(self, pipe: int) -> None:
        self._channel.close()
        os.close(pipe)
        for running in self._running.values():
            os.close(running.pipe)
            os.close(running.exited)

    def _start(self, invocation: Invocation) -> int:
        started = StartedInvocation(
            invocation=invocation,
            backend=self._configuration.backend,
            parent=os.getpid(),
            path=self._configuration.path,
            spawned_ns=time.perf_counter_ns(),
        )
        main = os.path.join(os.path.dirname(os.path.dirname(__file__)), "__main__.py")
        command = [sys.executable, main, "invocation", to_json(started)]
        return os.posix_spawn(sys.executable, command, os.environ, setsid=True)

    def _live_here(self, invocation: Invocation) -> None:
        process.redirect_output(invocation.files + ".log")
        process.use_temporary_folder(invocation)
        assert self.framework is not None
        before = process_settings(without_runtime(self.framework.settings()))
        outcome = process.live(self.framework, invocation)
        after = process_settings(without_runtime(self.framework.settings()))
        changed = changes(before, after)
        if changed and not isinstance(outcome, (EnvironmentOutcome, Failure)):
            outcome = Failure(status.UNAVAILABLE, f"the arm {refusal(changed)}")
        shutil.rmtree(process.temporary_folder(invocation), ignore_errors=True)
        self._channel.send(Ended(invocation.id, outcome, import_ns=None, process_ns=None))
        if changed:
            self._begin_again()

    def _begin_again(self) -> NoReturn:
        """Become a fresh interpreter: nobody is to meet what an arm has changed in this one."""
        processes.kill_descendants(spared=set())
        environment, folder = self._begun_with
        os.chdir(folder)
        os.set_inheritable(self._configuration.control, True)
        main = os.path.join(os.path.dirname(os.path.dirname(__file__)), "__main__.py")
        arguments = [sys.executable, main, "zygote", to_json(self._configuration)]
        os.execve(sys.executable, arguments, environment)

    def _attend(self, running: _Running, ready: set[int]) -> None:
        if running.pipe in ready:
            data = _available(running.pipe)
            running.answer += data
            running.answer_is_complete = not data
        if running.exited in ready:
            self._conclude(running)
        elif running.ended_because is None:
            running.ended_because = running.overstepped()
            if running.ended_because:
                processes.kill_group(running.pid)

    def _conclude(self, running: _Running) -> None:
        del self._running[running.pid]
        running.leave()
        _, wait_status = os.waitpid(running.pid, 0)
        ended_ns = time.perf_counter_ns()
        processes.kill_group(running.pid)
        processes.kill_descendants(spared=set(self._running))
        shutil.rmtree(process.temporary_folder(running.invocation), ignore_errors=True)
        running.answer += _available(running.pipe)
        os.close(running.pipe)
        os.close(running.exited)
        answer = _answer(running, wait_status)
        if self.inherited is not None and answer.copied and not isinstance(answer.outcome, Failure):
            self.inherited.learn(answer.copied)
        self._channel.send(
            Ended(
                id=running.invocation.id,
                outcome=running.ended_because or answer.outcome,
                import_ns=answer.import_ns,
                process_ns=ended_ns - running.begun_ns,
            )
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


def _answer(running: _Running, wait_status: int) -> Answer:
    """What an invocation that ended by itself answered, or how it ended without an answer."""
    if running.answer and wait_status == 0:
        return _parsed(running.answer)
    phase = process.current_phase(running.invocation.files)
    where = f"in {phase}" if phase else "in preparation"
    killed = os.WIFSIGNALED(wait_status) and os.WTERMSIG(wait_status) == signal.SIGKILL
    if killed and _GROUP.oom_kills() > running.oom_kills:
        memory = _GROUP.memory()
        size = f" of {memory.limit_bytes / 2**20:.0f} MiB" if memory else ""
        reason = (
            f"the kernel killed the process {where}: the memory{size} of its control group ran out"
        )
        return Answer(Failure(status.OUT_OF_MEMORY, reason, phase), import_ns=None)
    if os.WIFSIGNALED(wait_status):
        name = signal.Signals(os.WTERMSIG(wait_status)).name
        reason = f"the process was killed by {name} {where}"
    else:
        code = os.WEXITSTATUS(wait_status)
        reason = f"the process ended itself with exit status {code} {where}"
    said = last_words_of(running.invocation.files + ".log")
    # There the framework is at work, and nothing of an arm.
    is_framework = phase in (PREPARING, "runtime") and not killed
    kind = status.ENVIRONMENT if is_framework else status.CRASHED
    return Answer(Failure(kind, f"{reason}: {said}" if said else reason, phase), None)


def _parsed(answer: bytes) -> Answer:
    try:
        return from_json(Answer, answer)
    except WireError as error:
        reason = f"the process sent an outcome that cannot be read: {error}"
        return Answer(Failure(status.CRASHED, reason), import_ns=None)
