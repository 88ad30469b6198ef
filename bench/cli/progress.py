"""What is seen while a run measures: a live display on a terminal, otherwise a line per round."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console, Group
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from bench.analysis.findings import ComparisonFinding, Findings
from bench.plan.schedule import Plan, Visit
from bench.publish.words import mark, ratio
from bench.runner.listener import Listener, RoundReport
from bench.store.folder import RunFolder
from bench.worker.protocol import OK, Message


@contextmanager
def progress(folder: RunFolder) -> Iterator[Listener]:
    """A listener that shows the progress of the run in ``folder`` on standard error."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield _Lines(console, folder)
        return
    # Nothing is drawn by a background thread: only between measurements, when told to.
    with Live(console=console, auto_refresh=False, transient=True) as live:
        yield _Display(live, folder)


class _Watch(Listener):
    """Keeps count of what has happened, for those who show it."""

    def __init__(self, folder: RunFolder) -> None:
        self.plan = folder.record.plan
        self.rounds = 0
        self._begun = time.monotonic()
        self._seconds: list[float] = []

    def run_begins(self, plan: Plan, rounds_done: int) -> None:
        self.rounds = rounds_done
        self._begun = time.monotonic()

    def round_ends(self, report: RoundReport) -> None:
        self.rounds += 1
        self._seconds.append(report.seconds)

    def seconds_left(self) -> float | None:
        """Time until the limits are reached; None before the first round is over."""
        if not self._seconds:
            return None
        budget = self.plan.budget_s - (time.monotonic() - self._begun)
        mean = sum(self._seconds) / len(self._seconds)
        return max(0.0, min(budget, mean * (self.plan.rounds - self.rounds)))

    def share_done(self) -> float:
        """Part of the way to the nearest limit, 0 to 1."""
        left = self.seconds_left()
        spent = time.monotonic() - self._begun
        return 0.0 if left is None else spent / (spent + left) if spent + left else 1.0


class _Lines(_Watch):
    def __init__(self, console: Console, folder: RunFolder) -> None:
        super().__init__(folder)
        self._console = console

    def run_begins(self, plan: Plan, rounds_done: int) -> None:
        super().run_begins(plan, rounds_done)
        self._say(_what(plan, rounds_done))

    def round_ends(self, report: RoundReport) -> None:
        super().round_ends(report)
        left = self.seconds_left() or 0.0
        failed = sum(failure.count for failure in report.findings.failures)
        failures = f" · {failed} invocations failed" if failed else ""
        self._say(
            f"round {report.number + 1}: {report.seconds:.1f} s · "
            f"{_resolved(report.findings)}{failures} · at most {_clock(left)} left"
        )

    def _say(self, line: str) -> None:
        self._console.print(line, highlight=False, soft_wrap=True)


class _Display(_Watch):
    def __init__(self, live: Live, folder: RunFolder) -> None:
        super().__init__(folder)
        self._live = live
        self._visits = 0
        self._visits_done = 0
        self._last = "starting an interpreter"
        self._failed = 0
        self._findings: Findings | None = None

    def run_begins(self, plan: Plan, rounds_done: int) -> None:
        super().run_begins(plan, rounds_done)
        self._draw()

    def round_begins(self, number: int, visits: int) -> None:
        self._visits, self._visits_done = visits, 0
        self._draw()

    def visit_ends(self, visit: Visit, outcome: Message) -> None:
        self._visits_done += 1
        self._failed += outcome["status"] != OK
        panel, arm = visit.cell
        depth = "" if panel.layers is None else f" × {panel.layers}"
        self._last = f"{panel.architecture or panel.scenario}{depth} {arm.name}"
        self._draw()

    def round_ends(self, report: RoundReport) -> None:
        super().round_ends(report)
        self._findings = report.findings
        self._last = "starting an interpreter"
        self._draw()

    def _draw(self) -> None:
        left = self.seconds_left()
        line = Table.grid(padding=(0, 1))
        line.add_row(
            ProgressBar(total=1.0, completed=self.share_done(), width=24),
            Text(f"round {self.rounds + 1}"),
            Text(f"{self._visits_done} of {self._visits}"),
            Text(self._last, style="dim"),
            Text("" if left is None else f"at most {_clock(left)} left"),
            Text(f"{self._failed} failed" if self._failed else "", style="red"),
        )
        parts: list[Text | Table] = [Text(_what(self.plan, self.rounds)), line]
        if self._findings is not None:
            parts += [Text(_resolved(self._findings), style="dim"), _firming(self._findings)]
        self._live.update(Group(*parts), refresh=True)


def _firming(findings: Findings) -> Table:
    """The headline comparisons as they stand: arms down, panels across."""
    shown = [finding for finding in findings.comparisons if finding.headline]
    phases = dict.fromkeys(finding.phase for finding in shown)
    last = [finding for finding in shown if finding.phase == list(phases)[-1]]
    panels = dict.fromkeys((finding.architecture, finding.layers) for finding in last)
    table = Table(box=None, padding=(0, 2, 0, 0), title_justify="left", title=list(phases)[-1])
    table.add_column("")
    for architecture, layers in list(panels)[:6]:
        depth = "" if layers is None else f" × {layers}"
        table.add_column(f"{architecture or ''}{depth}", justify="right")
    by_place = {(f.arm, f.architecture, f.layers): f for f in last}
    for arm in dict.fromkeys(finding.arm for finding in last):
        cells = [_cell(by_place.get((arm, *panel))) for panel in list(panels)[:6]]
        table.add_row(arm, *cells)
    return table


def _cell(finding: ComparisonFinding | None) -> str:
    if finding is None or finding.ratio is None:
        return "-"
    return f"{ratio(finding.ratio)} {mark(finding)}"


def _what(plan: Plan, rounds_done: int) -> str:
    cells = len(plan.cells())
    again = f", {rounds_done} rounds stored already" if rounds_done else ""
    return (
        f"measuring {', '.join(scenario.name for scenario in plan.scenarios)}: {cells} cells, "
        f"at most {plan.rounds} rounds or {_clock(plan.budget_s)}{again}"
    )


def _resolved(findings: Findings) -> str:
    family = [finding for finding in findings.comparisons if not finding.placebo]
    verdicts = Counter(finding.verdict for finding in family)
    resolved = len(family) - verdicts["unresolved"]
    return f"{resolved} of {len(family)} comparisons resolved"


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
