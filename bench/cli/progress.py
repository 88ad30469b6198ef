"""What is seen while a run measures: a live display on a terminal, otherwise a line per round."""

from __future__ import annotations

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
from bench.runner.progress import Lines, Watch, clock, resolved, what
from bench.store.folder import RunFolder
from bench.worker.protocol import OK, Message


@contextmanager
def progress(folder: RunFolder) -> Iterator[Listener]:
    """A listener that shows the progress of the run in ``folder`` on standard error."""
    console, plan = Console(stderr=True), folder.record.plan
    if not console.is_terminal:
        yield Lines(plan, lambda line: console.print(line, highlight=False, soft_wrap=True))
        return
    # Nothing is drawn by a background thread: only between invocations, when told to.
    with Live(console=console, auto_refresh=False, transient=True) as live:
        yield _Display(live, plan)


class _Display(Watch):
    def __init__(self, live: Live, plan: Plan) -> None:
        super().__init__(plan)
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
            Text("" if left is None else f"at most {clock(left)} left"),
            Text(f"{self._failed} failed" if self._failed else "", style="red"),
        )
        parts: list[Text | Table] = [Text(what(self.plan, self.rounds)), line]
        if self._findings is not None:
            parts += [Text(resolved(self._findings), style="dim"), _firming(self._findings)]
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
