"""How often cells have failed, and which are not tried any more."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from bench.domain import status
from bench.domain.panel import Cell
from bench.planning.order import PlannedInvocation

_TRIES = {status.TIMED_OUT: 1, status.OUT_OF_MEMORY: 1, status.UNAVAILABLE: 1}
_TRIES_OTHERWISE = 3


@dataclass(frozen=True)
class FailedInvocation:
    """An invocation of a round that failed: its status, and what it printed."""

    invocation: PlannedInvocation
    kind: str
    log: bytes = b""


@dataclass(frozen=True)
class Failures:
    """How often each cell has failed, in what way, and so which are not tried any more.

    A cell that ran out of time or memory, or that is unavailable, is not tried again; one that
    failed otherwise gets three tries in all.
    """

    counts: Mapping[tuple[Cell, str], int] = field(default_factory=dict)

    def adding(self, failed: Iterable[FailedInvocation]) -> Failures:
        """These failures and those of ``failed``."""
        counts = Counter(self.counts)
        for each in failed:
            cell = each.invocation.cell
            counts[cell, each.kind] += 1
        return Failures(counts)

    def is_excluded(self, cell: Cell) -> bool:
        """Whether ``cell`` is not to be tried any more."""
        return any(
            self.counts.get((cell, kind), 0) >= _TRIES.get(kind, _TRIES_OTHERWISE)
            for kind in status.FAILURES
        )
