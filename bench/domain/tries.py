"""How often cells that fail are tried, and which are given up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from bench.domain import status
from bench.domain.panel import Cell
from bench.domain.phases import IMPORT

_TRIES = {
    status.TIMED_OUT: 2,
    status.OUT_OF_MEMORY: 2,
    status.UNAVAILABLE: 1,
    status.ENVIRONMENT: 1,
}
_TRIES_OTHERWISE = 3

_ONCE_A_ROUND = (status.TIMED_OUT, status.OUT_OF_MEMORY)
"""What takes so long that it is not tried again before the next round."""


def tries(kind: str) -> int:
    """After how many failures of this kind in a row a cell is given up."""
    return _TRIES.get(kind, _TRIES_OTHERWISE)


class FailedImports(NamedTuple):
    """An arm of a scenario whose modules do not import, whatever the panel."""

    scenario: str
    arm: str
    environment: str


class Failed(NamedTuple):
    """A cell that failed once: its status, and the phase that it had reached."""

    cell: Cell
    kind: str
    phase: str | None = None

    @property
    def what(self) -> Cell | FailedImports:
        """The cell, or its whole arm where that does not import."""
        return _arm_of(self.cell) if self.phase == IMPORT else self.cell


@dataclass(frozen=True)
class Failures:
    """How often each cell has failed since it was last measured, and so which are not tried again.

    A cell that ran out of time or memory is tried again once, in a later round. One that is
    unavailable is not tried again. One that the environment breaks is tried again when the run is
    resumed. One that failed otherwise gets three tries in all. A failed import counts for all cells
    of its arm.
    """

    counts: Mapping[tuple[Cell | FailedImports, str], int] = field(default_factory=dict)

    def adding(self, failed: Iterable[Failed], measured: Collection[Cell] = ()) -> Failures:
        """These failures and those of ``failed``; cells that were ``measured`` begin again."""
        fresh = {*measured, *map(_arm_of, measured)}
        counts = Counter({key: count for key, count in self.counts.items() if key[0] not in fresh})
        for each in failed:
            counts[each.what, each.kind] += 1
        return Failures(counts)

    def on_resume(self) -> Failures:
        """Those that still count when a run is resumed: its environment may have been put right."""
        lasting = {key: count for key, count in self.counts.items() if key[1] != status.ENVIRONMENT}
        return Failures(lasting)

    def is_excluded(self, cell: Cell) -> bool:
        """Whether ``cell`` is not to be tried any more."""
        return any(
            self.counts.get((what, kind), 0) >= tries(kind)
            for what in _blamed(cell)
            for kind in status.FAILURES
        )

    def environments(self, cells: Iterable[Cell]) -> list[str]:
        """Those of ``cells`` in which there is still something to try, each once."""
        wanted = (cell.environment for cell in cells if not self.is_excluded(cell))
        return list(dict.fromkeys(wanted))


def is_put_off(cell: Cell, failed: Iterable[Failed]) -> bool:
    """Whether ``cell`` is not tried again in a round that has ``failed`` so far."""
    return any(each.kind in _ONCE_A_ROUND and each.what in _blamed(cell) for each in failed)


def _blamed(cell: Cell) -> Iterator[Cell | FailedImports]:
    yield cell
    yield _arm_of(cell)


def _arm_of(cell: Cell) -> FailedImports:
    return FailedImports(cell.panel.scenario, cell.arm, cell.environment)
