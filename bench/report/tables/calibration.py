"""What a calibration shows, as tables for a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from bench.analysis.calibration.trials import BlockRule, CalibrationFindings, EqualWork
from bench.report.tables.layout import plain_table
from bench.report.text.formatting import ratio

SUITE = "this suite, by rounds"


def calibration_tables(findings: CalibrationFindings) -> RenderableType:
    """Everything that ``bench calibrate`` prints."""
    return Group(*_parts(findings))


def false_alarm_rate(work: EqualWork) -> float:
    """The part of comparisons of equal work that came out different."""
    return (work.slower + work.faster) / work.comparisons


def rule_rates(rules: tuple[BlockRule, ...]) -> Iterator[tuple[str, float, float | None]]:
    """Each common rule, the part of equal work it calls different, and of slowed work slower."""
    for rule in dict.fromkeys(each.rule for each in rules):
        equal = next(each for each in rules if each.rule == rule and not each.injected)
        slowed = [each for each in rules if each.rule == rule and each.injected]
        alarms = (equal.slower + equal.faster) / equal.comparisons
        yield rule, alarms, slowed[0].slower / slowed[0].comparisons if slowed else None


def _parts(findings: CalibrationFindings) -> Iterator[RenderableType]:
    work = findings.equal
    yield Text(findings.run, style="bold")
    yield Text(
        f"{findings.experiments} experiments of {findings.rounds} rounds, "
        f"{findings.replicates} replicate{'s' * (findings.replicates != 1)} a round"
    )
    yield Text()
    yield Text("Equal work", style="bold")
    yield Text(
        f"{work.slower + work.faster} of {work.comparisons} comparisons are called different, "
        f"{work.ever_claimed} at any look; {work.experiments_with_claims} of "
        f"{findings.experiments} experiments claim anything. {work.equivalent} are called "
        f"equivalent. Of {work.missed} the interval misses the truth."
    )
    yield Text()
    yield _injected_table(findings)
    if findings.blocks:
        yield Text()
        yield _rules_table(findings)


def _injected_table(findings: CalibrationFindings) -> Table:
    table = plain_table("Slowed work, construct")
    headers = ("slower", "faster", "equivalent", "unresolved", "interval misses", "rounds for half")
    table.add_column("slowed by")
    table.add_column("seen as", justify="right")
    for name in headers:
        table.add_column(name, justify="right")
    for work in findings.injected:
        counts = (work.slower, work.faster, work.equivalent, work.unresolved, work.missed)
        table.add_row(
            f"{100 * work.injected:g} %",
            ratio(work.ratio),
            *(f"{count} of {work.comparisons}" if count else "-" for count in counts),
            str(work.rounds_to_find or "-"),
        )
    return table


def _rules_table(findings: CalibrationFindings) -> Table:
    table = plain_table(
        f"The common way: one process, {findings.samples} samples of one arm, then of the other"
    )
    table.add_column("rule")
    table.add_column("equal work called different", justify="right")
    table.add_column("10 % slower found", justify="right")
    largest = findings.injected[-1]
    rows = [(SUITE, false_alarm_rate(findings.equal), largest.slower / largest.comparisons)]
    for name, alarms, found in [*rows, *rule_rates(findings.blocks)]:
        table.add_row(
            name, f"{100 * alarms:.1f} %", "-" if found is None else f"{100 * found:.0f} %"
        )
    return table
