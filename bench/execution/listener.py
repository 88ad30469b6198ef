"""What a run tells those who watch it: a progress display, pytest, a log."""

from __future__ import annotations

from dataclasses import dataclass

from bench.domain.findings.run import Findings
from bench.domain.plan import Plan, PlannedInvocation
from bench.worker.protocol import Message


@dataclass(frozen=True)
class RoundReport:
    """A finished round: its number, how long it took, and what is known now."""

    number: int
    seconds: float
    findings: Findings


class Listener:
    """Told what happens in a run, between invocations. Does nothing itself."""

    def run_begins(self, plan: Plan, rounds_done: int) -> None:
        """The run begins, or goes on with ``rounds_done`` rounds already stored."""

    def round_begins(self, number: int, visits: int) -> None:
        """A round of ``visits`` invocations begins."""

    def visit_ends(self, visit: PlannedInvocation, outcome: Message) -> None:
        """An invocation has ended; ``outcome['status']`` says how."""

    def round_ends(self, report: RoundReport) -> None:
        """A round is stored and analysed."""

    def facts_begin(self, cells: int) -> None:
        """The rounds are over; the lifecycles of ``cells`` are asked for what is not timed."""
