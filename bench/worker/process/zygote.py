"""The zygote: imports the framework, runs nothing, and gives every invocation a process.

It guards the invocations too: it ends those that take too long or too much memory, with everything
they started, and it ends all of them when the controller goes.
"""

from __future__ import annotations

import errno
import gc
import os
import select
import signal
import socket
import sys
import time
from typing import NoReturn, Optional

from bench.domain import status
from bench.domain.findings.evidence import Failure
from bench.worker.frameworks.base import Framework, load
from bench.worker.instruments.caches import CacheSweep
from bench.worker.instruments.process_settings import (
    changes,
    process_settings,
    refusal,
    without_runtime,
)
from bench.worker.linux import fork_memory, processes
from bench.worker.linux.files import remove_folder
from bench.worker.process import invocation as process
from bench.worker.process.ended_phases import forget_phases
from bench.worker.process.running import RunningInvocation, answer_of, available
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
from bench.worker.wire.codec import prepare
from bench.worker.wire.outcomes import EnvironmentOutcome
from bench.worker.wire.requests import CellRequest

_WATCH_INTERVAL_MS = 50


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


class _Zygote:
    """Serves requests until the controller goes; several invocations may run side by side."""

    def __init__(self, channel: Channel[Invocation], configuration: ZygoteConfiguration) -> None:
        self.framework: Optional[Framework] = None
        self.inherited: Optional[fork_memory.InheritedMemory] = None
        self.sweep: Optional[CacheSweep] = None
        self._channel = channel
        self._configuration = configuration
        self._running: dict[int, RunningInvocation] = {}
        self._told: set[tuple[str, ...]] = set()
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
            remove_folder(os.path.dirname(self._configuration.log))
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
        self._running[pid] = RunningInvocation(invocation, pid, pipe, begun_ns)

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
            timed, rehearses = invocation.request.with_clock, invocation.rehearses
            tells = timed and (rehearses or _arm(invocation) not in self._told)
            given = self.inherited.to_copy(rehearses) if timed else ()
            outcome = process.live(self.framework, invocation, given, self.sweep)
            copied = self.inherited.copied(rehearses) if tells else ()
            answer = Answer(outcome, import_ns=None, copied=tuple(copied))
        except OSError as error:
            why = f"could not be prepared: {error.strerror}"
            if error.errno in (errno.ENOSPC, errno.EDQUOT):
                why += "; make room for temporary files, or set TMPDIR to another folder"
            answer = Answer(Failure(status.ENVIRONMENT, why), import_ns=None)
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
            forget_phases(invocation.files)
        remove_folder(process.temporary_folder(invocation))
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

    def _attend(self, running: RunningInvocation, ready: set[int]) -> None:
        if running.pipe in ready:
            data = available(running.pipe)
            running.answer += data
            running.answer_is_complete = not data
        if running.exited in ready:
            self._conclude(running)
        elif running.ended_because is None:
            running.ended_because = running.overstepped()
            if running.ended_because:
                processes.kill_group(running.pid)

    def _conclude(self, running: RunningInvocation) -> None:
        del self._running[running.pid]
        running.leave()
        ended_ns = time.perf_counter_ns()
        # Once it is waited for, its number may be that of another process.
        processes.kill_group(running.pid)
        _, wait_status = os.waitpid(running.pid, 0)
        processes.kill_descendants(spared=set(self._running))
        remove_folder(process.temporary_folder(running.invocation))
        running.answer += available(running.pipe)
        os.close(running.pipe)
        os.close(running.exited)
        answer = answer_of(running, wait_status)
        if self.inherited is not None and not isinstance(answer.outcome, Failure):
            self._told.add(_arm(running.invocation))
            if answer.copied:
                self.inherited.learn(answer.copied)
        self._channel.send(
            Ended(
                id=running.invocation.id,
                outcome=running.ended_because or answer.outcome,
                import_ns=answer.import_ns,
                process_ns=ended_ns - running.begun_ns,
            )
        )


def _arm(invocation: Invocation) -> tuple[str, ...]:
    """Invocations alike write to the same inherited memory, at whatever depth: one tells for all.

    Later ones would tell of a hundred pages more, after a search that takes 14 ms.
    """
    cell: Optional[CellRequest] = getattr(invocation.request, "cell", None)
    return () if cell is None else (cell.builder, cell.architecture or "", cell.call_mode)
