"""The barrier at which invocations that share a core wait for each other before every phase.

It is a small mapped file with a slot for each member. Arriving needs no open descriptor, so that
measured code can close what it likes. A member that ends, however it
ends, is marked as gone by its zygote, and nobody waits for it any longer.
"""

from __future__ import annotations

import mmap
import os
from collections.abc import Collection, Sequence
from typing import Callable, Optional

from bench.worker.hooks import END
from bench.worker.instruments.clocks import cpu_ns, cpu_ns_of, monotonic_ns
from bench.worker.linux.futex import Futex

_FIELDS = 5
_ARRIVED, _PROCESS, _CPU_NS, _SINCE, _WAITED = range(_FIELDS)
_GONE = (1 << 62) - 1
_HEADER = 8
_LOOK_AGAIN_S = 0.05
"""Seconds after which a member that sleeps looks again, should nobody have woken it."""


class Board:
    """The slots of the members of one group, in the file at ``path``.

    A slot has the number of the stage that the member has arrived at, its process, the CPU time of
    that when another one last arrived, and how long it has waited for others. Stages are counted
    from 1.
    """

    def __init__(self, path: str, members: int) -> None:
        self._members = members
        size = _HEADER + members * _FIELDS * 8
        # Whoever comes first makes the file; zeros are a valid state.
        with open(path, "a+b") as file:
            # A file with holes would end a process where there is no room to fill them.
            os.posix_fallocate(file.fileno(), 0, size)
            shared = mmap.mmap(file.fileno(), size)
        self._arrivals = Futex(shared)
        self._slots = memoryview(shared)[_HEADER:].cast("q")

    def join(self, member: int) -> None:
        """This process is ``member``."""
        self._slots[member * _FIELDS + _PROCESS] = os.getpid()

    def arrive(self, member: int, stage: int) -> None:
        """``member`` is ready for ``stage``; it never goes back to an earlier one."""
        arrived = member * _FIELDS + _ARRIVED
        if stage <= self._slots[arrived]:
            return
        for other in range(self._members):
            process = self._slots[other * _FIELDS + _PROCESS]
            if other != member and process:
                self._slots[other * _FIELDS + _CPU_NS] = _cpu_ns(process)
        self._slots[arrived] = stage
        # The time tells two arrivals apart; a count would take a lock.
        self._arrivals.wake(monotonic_ns() & 0xFFFFFFFF)

    def leave(self, member: int) -> None:
        """``member`` has ended: nobody waits for it."""
        self.arrive(member, _GONE)

    def all_have_arrived(self, stage: int) -> bool:
        """Whether every member is ready for ``stage``, past it, or gone."""
        return all(arrived >= stage for arrived in self._slots[_ARRIVED::_FIELDS])

    def earlier_have_passed(self, member: int, stage: int) -> bool:
        """Whether every member before ``member`` is past ``stage``, or gone."""
        return all(self._slots[other * _FIELDS + _ARRIVED] > stage for other in range(member))

    def wait(self, member: int, is_over: Callable[[], bool]) -> None:
        """Sleep until ``is_over``, which becomes so when some member arrives or leaves."""
        since, waited = member * _FIELDS + _SINCE, member * _FIELDS + _WAITED
        begun_ns = monotonic_ns()
        self._slots[since] = begun_ns
        while True:
            seen = self._arrivals.value
            if is_over():
                break
            self._arrivals.wait(seen, _LOOK_AGAIN_S)
        self._slots[waited] += monotonic_ns() - begun_ns
        self._slots[since] = 0

    def waited_ns(self, member: int) -> int:
        """How long ``member`` has waited for others until now."""
        since = self._slots[member * _FIELDS + _SINCE]
        under_way = monotonic_ns() - since if since else 0
        return self._slots[member * _FIELDS + _WAITED] + under_way

    def active(self) -> int:
        """How many members neither wait for others nor are gone."""
        arrived, since = self._slots[_ARRIVED::_FIELDS], self._slots[_SINCE::_FIELDS]
        return sum(stage < _GONE and not begun for stage, begun in zip(arrived, since))

    def cpu_ns_when_left_alone(self, member: int) -> Optional[int]:
        """The CPU time of ``member`` when the last other went past its stage; None before that."""
        stage = self._slots[member * _FIELDS + _ARRIVED]
        others = [place for place in range(self._members) if place != member]
        if any(self._slots[place * _FIELDS + _ARRIVED] <= stage for place in others):
            return None
        return self._slots[member * _FIELDS + _CPU_NS]


def _cpu_ns(process: int) -> int:
    """The CPU time of all threads of a process so far; 0 for one that has gone."""
    try:
        return cpu_ns_of(process)
    except OSError:
        return 0


class Barrier:
    """One member's way through the ``phases`` that all members of its group go through.

    A phase that a member leaves out counts as passed once it arrives at a later one. Phases of
    other names are met without waiting, and so are all by a copy that the member forks off.

    Once all have arrived, each runs ``settle`` and they meet again. Whoever came last has the
    core's caches full of its own work, which would else be there for its next phase. The phases in
    ``turns`` are too short to be shared in slices: members go through those one after the other.
    """

    def __init__(
        self,
        board: Board,
        member: int,
        phases: Sequence[str],
        turns: Collection[str],
        settle: Callable[[], object],
    ) -> None:
        self._board = board
        self._member = member
        self._stages = {phase: 2 * place + 1 for place, phase in enumerate((*phases, END))}
        self._turns = turns
        self._settle = settle
        self._owner = os.getpid()
        self._in_turn = False
        board.join(member)

    def meet(self, phase: str) -> None:
        """Wait until all members are ready for ``phase``, and for a turn where those are taken."""
        board, member = self._board, self._member
        stage = self._stages.get(phase)
        self._in_turn = phase in self._turns
        if stage is None or os.getpid() != self._owner:
            self._settle()
            return
        board.arrive(member, stage)
        board.wait(member, lambda: board.all_have_arrived(stage))
        if not self._in_turn:
            self._settle()
        board.arrive(member, stage + 1)
        board.wait(member, lambda: board.all_have_arrived(stage + 1))
        if self._in_turn:
            board.wait(member, lambda: board.earlier_have_passed(member, stage + 1))
            self._settle()

    def alone_ns(self) -> int:
        """The CPU time that the member has had since all others ended this phase, in slices."""
        before_ns = self._board.cpu_ns_when_left_alone(self._member)
        if before_ns is None or self._in_turn:
            return 0
        return max(cpu_ns() - before_ns, 0)
