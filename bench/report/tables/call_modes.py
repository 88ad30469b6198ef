"""What every way to call a model costs, for a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import RenderableType
from rich.text import Text

from bench.domain.findings.costs import CallModeCost, CallModesFinding
from bench.domain.findings.run import Findings
from bench.report.tables.layout import plain_table
from bench.report.text.formatting import at_layers, duration
from bench.report.views import baseline_call_modes


def call_mode_tables(findings: Findings) -> Iterator[RenderableType]:
    """A table for each depth: the first call, later ones, and when a slower start breaks even."""
    for finding in baseline_call_modes(findings):
        yield Text(f"\n{_title(finding)}", style="bold")
        table = plain_table()
        for heading in _head(finding):
            table.add_column(heading, justify="left" if heading == "call_mode" else "right")
        for row in _rows(finding):
            table.add_row(*row)
        yield table


def call_mode_markdown(findings: Findings) -> Iterator[str]:
    """The same as Markdown."""
    for finding in baseline_call_modes(findings):
        rows = [_head(finding), ("---", "---:", "---:", "---:"), *_rows(finding)]
        lines = [f"| {' | '.join(row)} |" for row in rows]
        yield "\n".join([f"{_title(finding)}:", "", *lines])


def _title(finding: CallModesFinding) -> str:
    name = finding.architecture or finding.scenario
    batch = f", batches of {finding.batch}" if finding.batch else ""
    where = f"{name}{at_layers(finding.layers)}{batch}, {finding.arm}, {finding.device}"
    return f"ways to call {where}: the first call, then each"


def _head(finding: CallModesFinding) -> tuple[str, ...]:
    quickest = finding.cheapest_start
    return "call_mode", "first", "then", f"costs no more than {quickest}" if quickest else ""


def _rows(finding: CallModesFinding) -> Iterator[tuple[str, ...]]:
    for cost in finding.call_modes:
        told = (
            break_even_text(cost)
            if cost.answers and cost.call_mode != finding.cheapest_start
            else ""
        )
        yield cost.call_mode, duration(cost.first_seconds), duration(cost.call_seconds), told


def break_even_text(cost: CallModeCost) -> str:
    """After how many calls, with the interval; an end of it that rounds cannot place is ``?``."""
    if cost.never:
        return "never"
    if cost.calls is None:
        return "perhaps never"
    high = "?" if cost.calls_high is None else f"{cost.calls_high:,.0f}"
    return f"after {cost.calls:,.0f} calls [{cost.calls_low or 0:,.0f}, {high}]"
