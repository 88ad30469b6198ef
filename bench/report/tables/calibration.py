"""What a calibration shows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from bench.domain.words import pluralise
from bench.report.tables.model import BLANK, Block, Column, Table, paragraph, right, row
from bench.report.text.formatting import ratio

if TYPE_CHECKING:
    from bench.analysis.calibration.findings import CalibrationFindings


def calibration_tables(findings: CalibrationFindings) -> Iterator[Block]:
    """Everything that ``bench calibrate`` prints."""
    work = findings.equal
    yield paragraph(findings.run, "strong")
    yield paragraph(
        f"{pluralise(findings.experiments, 'experiment')} of "
        f"{pluralise(findings.rounds, 'round')}, "
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
    """How each injected slowdown is judged, and equal work."""
    headers = ("slower", "faster", "equivalent", "unresolved", "interval misses", "rounds for half")
    rows = []
    for work in findings.injected:
        counts = (work.slower, work.faster, work.equivalent, work.unresolved, work.missed)
        rows.append(
            row(
                (
                    f"{100 * work.injected:g} %" if work.injected else "nothing",
                    ratio(work.ratio),
                    *(f"{count} of {work.comparisons}" if count else "-" for count in counts),
                    str(work.rounds_to_find or "-"),
                )
            )
        )
    columns = (Column("slowed by"), *right("seen as", *headers))
    return Table("Equal and slowed work, construct", columns, tuple(rows))


def rules_table(findings: CalibrationFindings) -> Table:
    """The suite next to common rules: equal work called different, and slowed work found."""
    return Table(
        f"The common way: one process, {findings.samples} samples of one arm, then of the other",
        (Column("rule"), *right("equal work called different", "10 % slower found")),
        tuple(
            row(
                (
                    each.rule,
                    f"{100 * each.different:.1f} %",
                    "-" if each.found is None else f"{100 * each.found:.0f} %",
                )
            )
            for each in findings.rates
        ),
    )
