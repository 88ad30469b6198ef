"""What a run reports to those who watch it: a progress display, pytest, a log."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.domain.design.plan import Plan
from bench.domain.findings.evidence import Failure
from bench.domain.findings.run import Findings
from bench.domain.panel import Cell
from bench.planning.order import PlannedInvocation


@dataclass(frozen=True)
class RoundReport:
    """A finished round: its number, how long it took, and the findings concluded last."""

    number: int
    seconds: float
    findings: Findings


class Listener:
    """Called between the invocations of a run. Does nothing itself."""

    def run_begins(self, plan: Plan, rounds_done: int) -> None:
        """The run begins, or goes on with ``rounds_done`` rounds already stored."""

    def round_begins(self, number: int, invocations: int) -> None:
        """A round of so many invocations begins."""

    def invocation_ends(self, invocation: PlannedInvocation, failure: Failure | None) -> None:
        """An invocation has ended; ``failure`` is None where it succeeded."""

    def round_ends(self, report: RoundReport) -> None:
        """A round is stored."""

    def round_set_aside(self, number: int, path: Path) -> None:
        """What lay in the place of round ``number``, and was not measured, is at ``path`` now."""

    def cells_given_up(self, cells: Sequence[Cell], ends: bool) -> None:
        """After a round, ``cells`` are not tried any more; the run ``ends`` where none is left.

        Without a baseline there is nothing to compare with, so none is left then.
        """

    def outputs_begin(self) -> None:
        """The rounds are over; what models answer is compared."""

    def evidence_begins(self, seconds: float) -> None:
        """The rounds are over; programs are compared and calls counted, within ``seconds``."""

    def facts_begin(self, cells: int) -> None:
        """The rounds are over; the lifecycles of ``cells`` are asked for what is not timed."""
