"""How often cells have failed, and which are not tried any more."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from bench.domain.panel import Panel
from bench.domain.plan import Cell
from bench.worker import protocol

_TRIES = {protocol.TIMED_OUT: 1, protocol.OUT_OF_MEMORY: 1, protocol.UNAVAILABLE: 1}
_TRIES_OTHERWISE = 3


class Failures:
    """How often each cell has failed, and so which are not tried any more.

    A cell that ran out of time or memory, or cannot be had at all, is not tried again; one that
    failed otherwise gets three tries in all.
    """

    def __init__(self, counts: Mapping[tuple[Panel, str, str], int] | None = None) -> None:
        self._counts = Counter(counts or {})

    def note(self, cell: Cell, kind: str) -> None:
        """One more failure of ``cell``."""
        self._counts[cell.panel, cell.arm.name, kind] += 1

    def is_excluded(self, cell: Cell) -> bool:
        """Whether ``cell`` is not to be tried any more."""
        return any(
            self._counts[cell.panel, cell.arm.name, kind] >= _TRIES.get(kind, _TRIES_OTHERWISE)
            for kind in protocol.FAILURES
        )
