"""The barrier at which invocations that share a core wait for each other before every phase.

It is a small mapped file with a slot for each member. Arriving costs no system call and needs no
open descriptor, so that measured code can close what it likes. A member that ends, however it
ends, is marked as gone by its zygote, and nobody waits for it any longer.
"""

from __future__ import annotations

import mmap
import os
import time
from collections.abc import Sequence
from typing import Callable, Optional

from bench.worker.hooks import END

_FIELDS = 4
_ARRIVED, _ARRIVED_AT, _SINCE, _WAITED = range(_FIELDS)
_GONE = (1 << 62) - 1
_POLL_S = 0.001


class Board:
    """The slots of the members of one group, in the file at ``path``.

    A slot has the number of the stage that the member has arrived at, when it did, and how long it
    has waited for others. Stages are counted from 1; times are those of ``time.perf_counter_ns``.
    """

    def __init__(self, path: str, members: int) -> None:
        self._members = members
        size = members * _FIELDS * 8
        # Whoever comes first makes the file; zeros are a valid state.
        with open(path, "a+b") as file:
            file.truncate(size)
            self._slots = memoryview(mmap.mmap(file.fileno(), size)).cast("q")

    def arrive(self, member: int, stage: int) -> None:
        """``member`` is ready for ``stage``; it never goes back to an earlier one."""
        place = member * _FIELDS
        if stage > self._slots[place + _ARRIVED]:
            self._slots[place + _ARRIVED_AT] = time.perf_counter_ns()
            self._slots[place + _ARRIVED] = stage

    def leave(self, member: int) -> None:
        """``member`` has ended: nobody waits for it."""
        self.arrive(member, _GONE)

    def all_have_arrived(self, stage: int) -> bool:
        """Whether every member is ready for ``stage``, past it, or gone."""
        return all(arrived >= stage for arrived in self._slots[_ARRIVED::_FIELDS])

    def wait(self, member: int, stage: int) -> None:
        """Sleep until all have arrived at ``stage``."""
        self.arrive(member, stage)
        since, waited = member * _FIELDS + _SINCE, member * _FIELDS + _WAITED
        begun_ns = time.perf_counter_ns()
        self._slots[since] = begun_ns
        while not self.all_have_arrived(stage):
            time.sleep(_POLL_S)
        self._slots[waited] += time.perf_counter_ns() - begun_ns
        self._slots[since] = 0

    def waited_ns(self, member: int) -> int:
        """How long ``member`` has waited for others until now."""
        since = self._slots[member * _FIELDS + _SINCE]
        under_way = time.perf_counter_ns() - since if since else 0
        return self._slots[member * _FIELDS + _WAITED] + under_way

    def alone_since(self, member: int) -> Optional[int]:
        """Since when all others have been past the stage of ``member``; None while one is not."""
        stage = self._slots[member * _FIELDS + _ARRIVED]
        others = [place for place in range(self._members) if place != member]
        if any(self._slots[place * _FIELDS + _ARRIVED] <= stage for place in others):
            return None
        return max((self._slots[place * _FIELDS + _ARRIVED_AT] for place in others), default=None)


class Barrier:
    """One member's way through the ``phases`` that all members of its group go through.

    A phase that a member leaves out counts as passed once it arrives at a later one. Phases of
    other names are met without waiting, and so are all by a copy that the member forks off.

    Once all have arrived, each runs ``settle`` and they meet again. Whoever came last has the
    core's caches full of its own work, which would else be there for its next phase.
    """

    def __init__(
        self, board: Board, member: int, phases: Sequence[str], settle: Callable[[], object]
    ) -> None:
        self._board = board
        self._member = member
        self._stages = {phase: 2 * place + 1 for place, phase in enumerate((*phases, END))}
        self._settle = settle
        self._owner = os.getpid()

    def meet(self, phase: str) -> None:
        """Wait until every member is ready for ``phase``."""
        stage = self._stages.get(phase)
        if stage is None or os.getpid() != self._owner:
            self._settle()
            return
        self._board.wait(self._member, stage)
        self._settle()
        self._board.wait(self._member, stage + 1)

    def alone_ns(self) -> int:
        """For how long the member has had the core to itself, since all others ended this phase."""
        since = self._board.alone_since(self._member)
        return 0 if since is None else max(time.perf_counter_ns() - since, 0)
