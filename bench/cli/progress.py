"""What is seen while a run measures: a live display on a terminal, otherwise a line per round."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from rich.console import Group
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from bench.cli.output import console, echo
from bench.domain.design.plan import Plan
from bench.domain.findings.comparisons import ComparisonFinding
from bench.domain.findings.evidence import Failure
from bench.domain.findings.run import Findings
from bench.domain.labels import label
from bench.domain.panel import Cell
from bench.execution.listener import Listener, RoundReport
from bench.execution.progress import (
    OUTPUTS_MESSAGE,
    ProgressLines,
    ProgressTracker,
    evidence_message,
    facts_message,
    given_up_message,
    resolved,
    set_aside_message,
    what,
)
from bench.planning.order import PlannedInvocation
from bench.report.text.formatting import mark, ratio
from bench.store.run_folder import RunFolder


@contextmanager
def progress(folder: RunFolder) -> Iterator[Listener]:
    """A listener that shows the progress of the run in ``folder`` on standard error."""
    shown, plan = console(stderr=True), folder.record.plan
    if not shown.is_terminal:
        yield ProgressLines(plan, lambda line: echo(line, err=True))
        return
    # Nothing is drawn by a background thread: only between invocations, when told to.
    with Live(console=shown, auto_refresh=False, transient=True) as live:
        yield _Display(live, plan)


_PANELS_SHOWN = 6


class _Display(ProgressTracker):
    def __init__(self, live: Live, plan: Plan) -> None:
        super().__init__(plan)
        self._live = live
        self._rounds_stored = 0
        self._invocations = 0
        self._ended = 0
        self._last = "starting an interpreter"
        self._failed = 0
        self._concluded: list[Text | Table] = []

    def run_begins(self, plan: Plan, rounds_done: int) -> None:
        super().run_begins(plan, rounds_done)
        self._rounds_stored = rounds_done
        self._draw()

    def round_begins(self, number: int, invocations: int) -> None:
        super().round_begins(number, invocations)
        self._invocations, self._ended = invocations, 0
        self._draw()

    def invocation_ends(self, invocation: PlannedInvocation, failure: Failure | None) -> None:
        self._ended += 1
        self._failed += failure is not None
        cell = invocation.cell
        self._last = label(cell.panel, cell.arm, among=self.plan.panels)
        self._draw()

    def round_ends(self, report: RoundReport) -> None:
        super().round_ends(report)
        resolved_so_far = Text(resolved(report.findings), style="dim")
        self._concluded = [resolved_so_far, _firming(report.findings)]
        self._last = "starting an interpreter"
        self._draw()

    def round_set_aside(self, number: int, path: Path) -> None:
        self._live.console.print(Text(set_aside_message(number, path)), soft_wrap=True)

    def cells_given_up(self, cells: Sequence[Cell], ends: bool) -> None:
        self._live.console.print(Text(given_up_message(self.plan, cells, ends)), soft_wrap=True)

    def facts_begin(self, cells: int) -> None:
        self._last = facts_message(cells)
        self._draw()

    def outputs_begin(self) -> None:
        self._last = OUTPUTS_MESSAGE
        self._draw()

    def evidence_begins(self, seconds: float) -> None:
        self._last = evidence_message(seconds)
        self._draw()

    def _draw(self) -> None:
        line = Table.grid(padding=(0, 1))
        line.add_row(
            ProgressBar(total=1.0, completed=self.share_done(), width=24),
            Text(f"round {self.rounds + 1}"),
            Text(f"· {self._ended} of {self._invocations} ·"),
            Text(self._last, style="dim"),
            Text("" if self.seconds_left() is None else self.what_is_left()),
            Text(f"{self._failed} failed" if self._failed else "", style="red"),
        )
        shortage = self.too_short()
        told = [Text(f"the budget is {shortage}", style="yellow")] if shortage else []
        head = Text(what(self.plan, self._rounds_stored))
        self._live.update(Group(head, line, *told, *self._concluded), refresh=True)


def _firming(findings: Findings) -> Table:
    """The headline comparisons as they stand: arms down, panels across."""
    shown = [finding for finding in findings.comparisons if finding.headline]
    names = [label(finding, among=shown) for finding in shown]
    arms = [_compared(finding) for finding in shown]
    places = {(arm, f.phase, name): f for arm, f, name in zip(arms, shown, names, strict=True)}
    panels = list(dict.fromkeys(names))[:_PANELS_SHOWN]
    table = Table(box=None, padding=(0, 2, 0, 0))
    table.add_column("")
    table.add_column("")
    for panel in panels:
        table.add_column(Text(panel), justify="right")
    for arm, phase in dict.fromkeys((arm, f.phase) for arm, f in zip(arms, shown, strict=True)):
        cells = [_cell(places.get((arm, phase, panel))) for panel in panels]
        table.add_row(Text(arm), Text(phase), *cells)
    return table


def _compared(finding: ComparisonFinding) -> str:
    """The arm, and where it is compared with itself, in which environment."""
    return f"{finding.arm} to {finding.baseline_environment}" if finding.across else finding.arm


def _cell(finding: ComparisonFinding | None) -> str:
    if finding is None or finding.ratio is None:
        return "-"
    return f"{ratio(finding.ratio)} {mark(finding)}"
