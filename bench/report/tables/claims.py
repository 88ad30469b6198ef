"""Claims with their verdicts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bench.domain.findings.claims import ClaimFinding, ClaimVerdict
from bench.report.tables.model import (
    BLANK,
    Block,
    Column,
    Emphasis,
    LabelledList,
    Paragraph,
    Table,
    TextSpan,
    cell,
    paragraph,
    row,
)

_EMPHASIS: dict[ClaimVerdict, Emphasis] = {
    "supported": "good_strong",
    "refuted": "bad_strong",
    "depends": "doubtful_strong",
    "undetermined": "strong",
}


def claims_table(findings: Sequence[ClaimFinding]) -> Table:
    """Each claim in a row, with its verdict and the evidence: for a medium that is wide enough."""
    rows = (
        row((each.claim, cell(each.verdict, _EMPHASIS[each.verdict]), "; ".join(each.evidence)))
        for each in findings
    )
    return Table("", (Column("claim"), Column("verdict"), Column("evidence")), tuple(rows))


def checked_with(findings: Sequence[ClaimFinding]) -> str:
    """The versions that claims were checked with, in words."""
    versions = findings[0].versions if findings else {}
    return ", ".join(f"{name} {version}" for name, version in versions.items())


def claim_tables(findings: Sequence[ClaimFinding]) -> Iterator[Block]:
    """Each claim, its verdict, and the evidence below: for a terminal."""
    for number, finding in enumerate(findings, start=1):
        yield LabelledList(((f"{number}.", finding.claim),), label_width=1)
        yield Paragraph((TextSpan("   "), TextSpan(finding.verdict, _EMPHASIS[finding.verdict])))
        yield LabelledList(tuple(("", line) for line in finding.evidence), label_width=3)
        yield BLANK
    yield paragraph(checked_with(findings), "dim")
