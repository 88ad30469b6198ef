"""An invocation under way, as its zygote sees it: its bounds, its answer, and how it ended."""

from __future__ import annotations

import os
import signal
import time
from typing import Optional

from bench.domain import status
from bench.domain.findings.evidence import Failure
from bench.worker.hooks import PREPARING
from bench.worker.linux import processes
from bench.worker.linux.cgroup import ControlGroup
from bench.worker.process import invocation as process
from bench.worker.process.barrier import Board
from bench.worker.process.last_words import last_words_of
from bench.worker.wire.channel import Answer, Invocation, from_json
from bench.worker.wire.codec import WireError

LARGEST_ANSWER = 1 << 28
"""Bytes of an answer, at most: hundreds of times what any pass returns."""

_TREE_INTERVAL_S = 1.0
_GROUP = ControlGroup()


class RunningInvocation:
    """An invocation under way, and the bounds it must keep."""

    def __init__(self, invocation: Invocation, pid: int, pipe: int, begun_ns: int) -> None:
        self.invocation = invocation
        self.begun_ns = begun_ns
        self.pid = pid
        self.pipe = pipe
        self.exited = os.pidfd_open(pid)
        sharing = invocation.sharing
        self._board = None if sharing is None else Board(sharing.board, sharing.members)
        self._member = 0 if sharing is None else sharing.member
        self._taken_s = 0.0
        self._seen_s = self.tree_seen = time.monotonic()
        self._waited_s = 0.0
        self.oom_kills = _GROUP.oom_kills()
        self.answer = b""
        self.answer_is_complete = False
        self.ended_because: Optional[Failure] = None

    def overstepped(self) -> Optional[Failure]:
        """The failure to record when a bound is broken, else None."""
        now = time.monotonic()
        phase = process.current_phase(self.invocation.files)
        self._take_time(now)
        if self._taken_s > self.invocation.timeout_s:
            reason = f"took more than {self.invocation.timeout_s:g} s, in {phase or 'preparation'}"
            return Failure(status.TIMED_OUT, reason, phase)
        pids = [self.pid]
        if now > self.tree_seen + _TREE_INTERVAL_S:
            self.tree_seen = now
            pids += processes.descendants(self.pid)
        if len(self.answer) > LARGEST_ANSWER:
            return Failure(status.CRASHED, unreadable("it is too large"), phase)
        limit = self.invocation.memory_bytes
        if processes.resident_bytes(pids) > limit and (
            len(pids) == 1 or processes.proportional_bytes(pids) > limit
        ):
            reason = f"took more than {limit / 2**20:.0f} MiB, in {phase or 'preparation'}"
            return Failure(status.OUT_OF_MEMORY, reason, phase)
        return None

    def _take_time(self, now: float) -> None:
        """Count the time until ``now`` as the invocation's own.

        Of what several had while they shared a core, each took its part; what it waited for the
        others is not its own.
        """
        passed, self._seen_s = now - self._seen_s, now
        if self._board is not None:
            waited_s = self._board.waited_ns(self._member) / 1e9
            passed -= waited_s - self._waited_s
            self._waited_s = waited_s
            passed /= max(self._board.active(), 1)
        self._taken_s += max(passed, 0.0)

    def leave(self) -> None:
        """Let those that share the core go on without it."""
        if self._board is not None:
            self._board.leave(self._member)


def available(pipe: int) -> bytes:
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


def answer_of(running: RunningInvocation, wait_status: int) -> Answer:
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
        name = processes.signal_name(os.WTERMSIG(wait_status))
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
        return Answer(Failure(status.CRASHED, unreadable(str(error))), import_ns=None)


def unreadable(why: str) -> str:
    """Why an invocation failed whose outcome is out of form."""
    return f"the process sent an outcome that cannot be read: {why}"
