"""What every way to call a model costs."""

from __future__ import annotations

from collections.abc import Iterator

from bench.domain.findings.costs import BreakEvenFinding, CallModeCost, CallModesFinding
from bench.domain.findings.run import Findings
from bench.report.tables.model import Column, Row, Table, right, row
from bench.report.text.formatting import at_layers, duration
from bench.report.views import baseline_call_modes


def call_mode_tables(findings: Findings) -> Iterator[Table]:
    """A table for each depth: the first call, later ones, and when a slower start breaks even."""
    for finding in baseline_call_modes(findings):
        quickest = finding.cheapest_start
        compared = f"costs no more than {quickest}" if quickest else ""
        columns = (Column("call_mode"), *right("first", "then", compared))
        title = f"ways to call {called(finding)}: the first call, then each"
        yield Table(title, columns, tuple(_rows(finding)))


def called(finding: CallModesFinding) -> str:
    """What is called: the model, how deep, with which batch, which arm, and where."""
    name = finding.architecture or finding.scenario
    batch = f", batches of {finding.batch}" if finding.batch else ""
    device = finding.device or finding.environment
    return f"{name}{at_layers(finding.layers)}{batch}, {finding.arm}, {device}"


def _rows(finding: CallModesFinding) -> Iterator[Row]:
    for cost in finding.call_modes:
        compared = cost.answers and cost.call_mode != finding.cheapest_start
        break_even = break_even_text(cost) if compared else ""
        first, then = duration(cost.first_seconds), duration(cost.call_seconds)
        yield row((cost.call_mode, first, then, break_even))


def break_even_text(cost: CallModeCost | BreakEvenFinding) -> str:
    """After how many calls, with the interval; an end of it that rounds cannot place is ``?``.

    An interval from 0 without an end says nothing.
    """
    if cost.never:
        return "never"
    if cost.calls_high == 0:
        return "at once"
    if not cost.calls_low and cost.calls_high is None:
        return "not known yet"
    if cost.calls is None:
        return "perhaps never"
    high = "?" if cost.calls_high is None else f"{cost.calls_high:,.0f}"
    return f"after {cost.calls:,.0f} calls [{cost.calls_low or 0:,.0f}, {high}]"
