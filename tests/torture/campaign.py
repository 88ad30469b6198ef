"""What a campaign has in common: trials that are numbered, seeded, counted and reported."""

from __future__ import annotations

import math
import random
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

Trial = Callable[[random.Random], str]
"""One trial: returns what came of it in a word or two, and raises ``Wrong`` where it must not."""

SHOWN = 20
"""Failed trials that are reported in full; the others are counted."""

LONGEST_S = 30
"""Seconds after which a trial hangs."""

LONGEST_LINE = 800
"""Characters of a failed trial that are reported."""


class Wrong(AssertionError):
    """What must never happen; the message says what was done and what came of it."""


class NotHere(Exception):
    """A campaign that this machine does not let anybody make; the message says why."""


@dataclass
class Report:
    """What came of a campaign: how often each outcome, and the trials that went wrong."""

    name: str
    seed: int
    outcomes: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def trials(self) -> int:
        """How many were made."""
        return self.outcomes.total()

    def add(self, other: Report) -> None:
        """Add what came of other trials, which were made at the same time."""
        self.outcomes += other.outcomes
        self.wrong += other.wrong
        self.seconds = max(self.seconds, other.seconds)

    def lines(self) -> list[str]:
        """The report as lines of text."""
        outcomes = ", ".join(f"{count} {what}" for what, count in self.outcomes.most_common())
        head = f"{self.name}: {self.trials} trials, seed {self.seed}, {self.seconds:.0f} s"
        more = len(self.wrong) - SHOWN
        return [
            f"{head}: {len(self.wrong)} wrong; {outcomes}",
            *self.wrong[:SHOWN],
            *([f"... and {more} more"] if more > 0 else []),
        ]


def run_campaign(
    name: str, trial: Trial, numbers: Iterable[int], seed: int, most_s: float = math.inf
) -> Report:
    """Make the trials of these ``numbers``; none begins once ``most_s`` seconds are over.

    The number of a trial and the ``seed`` are all that one depends on.
    """
    report, began = Report(name, seed), time.monotonic()
    for number in numbers:
        if time.monotonic() - began > most_s:
            break
        try:
            outcome = trial(random.Random(f"{name}-{seed}-{number}"))
        except Wrong as error:
            outcome = "wrong"
            report.wrong.append(f"{name} {seed}-{number}: {error}"[:LONGEST_LINE])
        report.outcomes[outcome] += 1
    report.seconds = time.monotonic() - began
    return report


@contextmanager
def limited(what: str, most_s: int = LONGEST_S) -> Iterator[None]:
    """Raises ``Wrong`` when what is done, ``what`` in words, takes longer than ``most_s``."""

    def hangs(*_: object) -> None:
        raise Wrong(f"{what}: it hangs")

    before = signal.signal(signal.SIGALRM, hangs)
    signal.alarm(most_s)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
