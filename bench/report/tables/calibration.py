"""What a calibration shows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from bench.domain.words import pluralise
from bench.report.tables.model import BLANK, Block, Column, Table, paragraph, right, row
from bench.report.text.formatting import ratio

if TYPE_CHECKING:
    from bench.analysis.calibration.trials import BlockRule, CalibrationFindings, EqualWork

SUITE = "this suite, by rounds"


def calibration_tables(findings: CalibrationFindings) -> Iterator[Block]:
    """Everything that ``bench calibrate`` prints."""
    work = findings.equal
    yield paragraph(findings.run, "strong")
    yield paragraph(
        f"{findings.experiments} experiments of {findings.rounds} rounds, "
        f"{pluralise(findings.replicates, 'replicate')} a round"
    )
    yield BLANK
    yield paragraph("Equal work", "strong")
    yield paragraph(
        f"{work.slower + work.faster} of {work.comparisons} comparisons are called different, "
        f"{work.ever_claimed} at any look; {work.experiments_with_claims} of "
        f"{findings.experiments} experiments claim anything. {work.equivalent} are called "
        f"equivalent. Of {work.missed} the interval misses the truth."
    )
    yield BLANK
    yield injected_table(findings)
    if findings.blocks:
        yield BLANK
        yield rules_table(findings)


def injected_table(findings: CalibrationFindings) -> Table:
    """How each injected slowdown is judged."""
    headers = ("slower", "faster", "equivalent", "unresolved", "interval misses", "rounds for half")
    rows = []
    for work in findings.injected:
        counts = (work.slower, work.faster, work.equivalent, work.unresolved, work.missed)
        rows.append(
            row(
                (
                    f"{100 * work.injected:g} %",
                    ratio(work.ratio),
                    *(f"{count} of {work.comparisons}" if count else "-" for count in counts),
                    str(work.rounds_to_find or "-"),
                )
            )
        )
    columns = (Column("slowed by"), *right("seen as", *headers))
    return Table("Slowed work, construct", columns, tuple(rows))


def rules_table(findings: CalibrationFindings) -> Table:
    """The suite next to common rules: equal work called different, and slowed work found."""
    largest = findings.injected[-1]
    rates = [
        (SUITE, false_alarm_rate(findings.equal), largest.slower / largest.comparisons),
        *rule_rates(findings.blocks),
    ]
    return Table(
        f"The common way: one process, {findings.samples} samples of one arm, then of the other",
        (Column("rule"), *right("equal work called different", "10 % slower found")),
        tuple(
            row((rule, f"{100 * alarms:.1f} %", "-" if found is None else f"{100 * found:.0f} %"))
            for rule, alarms, found in rates
        ),
    )


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
