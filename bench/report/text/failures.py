"""What could not be measured, each reason once with all that it hit."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from bench.domain.findings.costs import FailureFinding
from bench.domain.findings.run import Findings
from bench.domain.names import PLACEBO
from bench.domain.panel import DEFAULT_ENVIRONMENT
from bench.domain.phases import call_modes_of
from bench.domain.tries import tries
from bench.domain.words import listing, printable
from bench.report.text.formatting import at_depths
from bench.report.text.rounds import why_over

_BUILT_BY = re.compile(r" \(built by [^()]+, line \d+\)")


@dataclass(frozen=True)
class FailedCells:
    """Cells that failed for one ``reason``, the placebo's left out where the baseline failed too.

    ``reason`` is one line. ``times`` counts invocations of all cells; ``log`` is the path of what
    one of them printed, from the run folder, None where none printed anything.
    """

    reason: str
    failed: tuple[FailureFinding, ...]

    @property
    def times(self) -> int:
        """Invocations that failed."""
        return sum(each.count for each in self.failed)

    @property
    def cells(self) -> int:
        """Cells in which one failed."""
        return len({each.cell for each in self.failed})

    @property
    def log(self) -> str | None:
        """The first log there is."""
        return next((each.log for each in self.failed if each.log), None)

    @property
    def kinds(self) -> list[str]:
        """How they failed, and in which phase."""
        told = (f"{each.kind} in {each.phase}" if each.phase else each.kind for each in self.failed)
        return list(dict.fromkeys(told))

    def who(self) -> str:
        """The arms and where: ``a and b at 2 and 4 layers (function, predict; batches of 8)``."""
        arms = dict.fromkeys(each.arm for each in self.failed)
        if len(arms) > 1:
            arms.pop(PLACEBO, None)
        depths = sorted({each.layers for each in self.failed if each.layers is not None})
        where = at_depths(depths)
        called = [mode for mode in self._each(lambda it: it.call_mode) if mode not in self._asked()]
        batches = self._each(lambda it: it.batch)
        where_in = [it for it in self._each(lambda it: it.environment) if it != DEFAULT_ENVIRONMENT]
        how = [f"in {listing(where_in)}"] if where_in else []
        how += [", ".join(called)] if called else []
        how += [f"batches of {', '.join(batches)}"] if batches else []
        # Of a lifecycle of its own, what failed may be one phase of many.
        own = [each for each in self.failed if each.phase and each.call_mode not in call_modes_of()]
        phases = f"{listing(dict.fromkeys(str(each.phase) for each in own))} of " if own else ""
        return f"{phases}{listing(arms)}{where}" + (f" ({'; '.join(how)})" if how else "")

    def what(self) -> str:
        """The architectures, or the scenarios where there are none."""
        return ", ".join(self._each(lambda it: it.architecture or it.scenario))

    def _asked(self) -> Sequence[str]:
        """A lifecycle that a scenario declares has the scenario's name."""
        return self._each(lambda it: it.scenario)

    def _each(self, value: Callable[[FailureFinding], object]) -> list[str]:
        found = dict.fromkeys(value(each) for each in self.failed)
        return [str(each) for each in found if each is not None]


def outlook(failed: FailedCells, findings: Findings) -> str:
    """Whether the cells are tried again: ``given up after 3 tries in a row``, and if not, why."""
    cells = {each.cell for each in failed.failed}
    given_up = {each.cell: tries(each.kind) for each in failed.failed if each.given_up}
    over = why_over(findings)
    open_ = f"not tried again, since {over}" if over else "tried again on --resume"
    if not given_up:
        return open_
    most = max(given_up.values())
    text = f"given up after {most} tries in a row" if most > 1 else "given up after 1 try"
    if len(given_up) == len(cells):
        return text
    return f"{text} in {len(given_up)} of {len(cells)} cells, else {open_}"


def failed_cells(failures: Iterable[FailureFinding]) -> Iterator[FailedCells]:
    """``failures`` added up over cells and rounds by their reason, in order of appearance.

    Where a model was built makes no other reason; it is named where it is one place.
    """
    reasons: dict[str, list[FailureFinding]] = {}
    for each in failures:
        reasons.setdefault(without_place(each.reason), []).append(each)
    for failed in reasons.values():
        yield FailedCells(shared_reason(each.reason for each in failed), tuple(failed))


def without_place(reason: str) -> str:
    """``reason`` in one line, without where the model was built that it is about."""
    return _BUILT_BY.sub("", printable(reason))


def shared_reason(reasons: Iterable[str]) -> str:
    """What ``reasons`` that differ in that place at most say, with the place where it is one."""
    told = {printable(each) for each in reasons}
    return told.pop() if len(told) == 1 else without_place(told.pop())
