"""How far a run is, in words: for terminals, logs and test reports alike."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median

from bench.domain.design.plan import Plan
from bench.domain.findings.run import Findings
from bench.domain.panel import Cell
from bench.domain.words import pluralise
from bench.execution.listener import Listener, RoundReport
from bench.report.text.formatting import approximate_duration, longer_run


class ProgressTracker(Listener):
    """Keeps count of rounds and time, for those who show it."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.rounds = 0
        self._begun = time.monotonic()
        self._seconds: list[float] = []
        self._findings: Findings | None = None
        self._is_in_round = False

    def run_begins(self, plan: Plan, rounds_done: int) -> None:
        self.rounds = rounds_done
        self._begun = time.monotonic()

    def round_begins(self, number: int, invocations: int) -> None:
        self._is_in_round = True

    def round_ends(self, report: RoundReport) -> None:
        self._is_in_round = False
        self.rounds += 1
        self._seconds.append(report.seconds)
        self._findings = report.findings

    def seconds_left(self) -> float | None:
        """Time until the limits are reached; None before the first round is over."""
        if not self._seconds:
            return None
        budget = self.plan.budget_s - (time.monotonic() - self._begun)
        mean = sum(self._seconds) / len(self._seconds)
        return max(0.0, min(budget, mean * (self.plan.rounds - self.rounds)))

    def what_is_left(self) -> str:
        """The time until the limits, or which of them is reached.

        A further round that would not end within the budget is not begun.
        """
        left = self.seconds_left()
        if self.rounds >= self.plan.rounds:
            return "all rounds are made"
        if not left or (left < median(self._seconds) and not self._is_in_round):
            return "the budget is spent"
        return f"at most {approximate_duration(left)} left"

    def too_short(self) -> str:
        """What to ask for where too few rounds fit for a verdict; empty where one may come.

        The first round is no measure of those that follow: it is longer.
        """
        left, known, usual = self.seconds_left(), self._findings, self._seconds[1:]
        if not left or known is None or not usual or known.rounds_needed > self.plan.rounds:
            return ""
        if self.rounds + left // median(usual) >= known.rounds_needed:
            return ""
        return f"too short for a verdict: {longer_run(known)}"

    def share_done(self) -> float:
        """Part of the way to the nearest limit, 0 to 1."""
        left = self.seconds_left()
        spent = time.monotonic() - self._begun
        return 0.0 if left is None else spent / (spent + left) if spent + left else 1.0


class ProgressLines(ProgressTracker):
    """Says one line when the run begins and one after each round."""

    def __init__(self, plan: Plan, say: Callable[[str], None]) -> None:
        super().__init__(plan)
        self._say = say

    def run_begins(self, plan: Plan, rounds_done: int) -> None:
        super().run_begins(plan, rounds_done)
        self._say(what(plan, rounds_done))

    def round_ends(self, report: RoundReport) -> None:
        super().round_ends(report)
        failed = sum(failure.count for failure in report.findings.failures)
        failures = f" · {pluralise(failed, 'invocation')} failed" if failed else ""
        shortage = self.too_short()
        self._say(
            f"round {report.number + 1}: {report.seconds:.1f} s · {resolved(report.findings)}"
            f"{failures} · {self.what_is_left()}{f', {shortage}' if shortage else ''}"
        )

    def round_set_aside(self, number: int, path: Path) -> None:
        self._say(set_aside_message(number, path))

    def cells_given_up(self, cells: Sequence[Cell], ends: bool) -> None:
        self._say(given_up_message(self.plan, cells, ends))

    def facts_begin(self, cells: int) -> None:
        self._say(facts_message(cells))

    def outputs_begin(self) -> None:
        self._say(OUTPUTS_MESSAGE)

    def evidence_begins(self, seconds: float) -> None:
        self._say(evidence_message(seconds))


OUTPUTS_MESSAGE = "comparing what the models answer"
"""What goes on once the rounds are over."""


def facts_message(cells: int) -> str:
    """The same where lifecycles report facts."""
    return f"taking notes of {pluralise(cells, 'cell')}, which are not timed"


def evidence_message(seconds: float) -> str:
    """The same in a run that gathers evidence."""
    return f"comparing programs and counting calls, at most {approximate_duration(seconds)}"


def set_aside_message(number: int, path: Path) -> str:
    """What became of a file that is no round of this run, and lay where one is stored."""
    return f"a file in the place of round {number + 1} was not measured by this run: it is {path}"


def given_up_message(plan: Plan, cells: Sequence[Cell], ends: bool) -> str:
    """Which arms this run does not try again, and of how many of their cells; whether it ends."""
    several = len(plan.environments) > 1

    def name(cell: Cell) -> str:
        return f"{cell.arm} in {cell.environment}" if several else cell.arm

    given_up = Counter(map(name, cells))
    of_arm = Counter(map(name, plan.cells()))
    arms = [
        arm if count == of_arm[arm] else f"{arm} in {count} of {pluralise(of_arm[arm], 'cell')}"
        for arm, count in given_up.items()
    ]
    ended = "; no baseline is left to compare with, so the run ends" if ends else ""
    return f"failed, no longer tried: {', '.join(arms)}{ended}"


def what(plan: Plan, rounds_done: int) -> str:
    """What is measured and up to which limits."""
    again = f", {pluralise(rounds_done, 'round')} stored already" if rounds_done else ""
    many = len(plan.environments)
    where = f" in {many} environments" if many > 1 else ""
    cells = f"{pluralise(len(plan.cells()), 'cell')}{where}"
    return (
        f"measuring {', '.join(scenario.name for scenario in plan.scenarios)}: "
        f"{cells}, at most {pluralise(plan.rounds, 'round')} or "
        f"{approximate_duration(plan.budget_s)}{again}"
    )


def resolved(findings: Findings) -> str:
    """How many comparisons of the family have a verdict: ``3 of 12 comparisons resolved``."""
    verdicts = Counter(finding.verdict for finding in findings.timings if not finding.placebo)
    family = sum(verdicts.values())
    if not family:
        return "nothing to compare"
    known = family - verdicts["unresolved"] - verdicts["failed"]
    return f"{known} of {pluralise(family, 'comparison')} resolved"
