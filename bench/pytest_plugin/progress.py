"""What is seen while the experiment of a test session measures: one line per round."""

from __future__ import annotations

import time
from collections.abc import Callable

from bench.analysis.findings import Findings
from bench.plan.schedule import Plan
from bench.runner.listener import Listener, RoundReport


class Lines(Listener):
    """Says a line when the run begins and one after each round."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say
        self._begun = time.monotonic()
        self._rounds = 0
        self._plan: Plan | None = None

    def run_begins(self, plan: Plan, rounds_done: int) -> None:
        self._plan = plan
        self._begun = time.monotonic()
        self._say(
            f"bench: measuring {', '.join(scenario.name for scenario in plan.scenarios)}: "
            f"{count(len(plan.cells()), 'cell')}, at most {count(plan.rounds, 'round')} or "
            f"{plan.budget_s:g} s"
        )

    def round_ends(self, report: RoundReport) -> None:
        self._rounds += 1
        failed = sum(failure.count for failure in report.findings.failures)
        failures = f" · {count(failed, 'invocation')} failed" if failed else ""
        self._say(
            f"bench: round {report.number + 1}: {report.seconds:.1f} s · "
            f"{resolved(report.findings)}{failures} · at most {self._seconds_left():.0f} s left"
        )

    def _seconds_left(self) -> float:
        if self._plan is None:
            return 0.0
        spent = time.monotonic() - self._begun
        rest = spent / self._rounds * (self._plan.rounds - self._rounds)
        return max(0.0, min(self._plan.budget_s - spent, rest))


def resolved(findings: Findings) -> str:
    """How many comparisons have a verdict: ``3 of 12 comparisons resolved``."""
    verdicts = [finding.verdict for finding in findings.comparisons if not finding.placebo]
    if not verdicts:
        return "nothing to compare"
    done = len(verdicts) - verdicts.count("unresolved")
    return f"{done} of {len(verdicts)} comparisons resolved"


def count(number: int, noun: str) -> str:
    """``number`` of what ``noun`` names: ``1 round``, ``2 rounds``."""
    return f"{number} {noun}{'s' * (number != 1)}"
