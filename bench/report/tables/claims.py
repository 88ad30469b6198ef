"""Claims with their verdicts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bench.analysis.evidence.claims import ClaimFinding, ClaimVerdict
from bench.report.tables.model import (
    BLANK,
    Block,
    Emphasis,
    LabelledList,
    Paragraph,
    TextSpan,
    paragraph,
)

_EMPHASIS: dict[ClaimVerdict, Emphasis] = {
    "supported": "good_strong",
    "refuted": "bad_strong",
    "depends": "doubtful_strong",
    "undetermined": "strong",
}


def claim_tables(findings: Sequence[ClaimFinding]) -> Iterator[Block]:
    """Each claim, its verdict, and the evidence below."""
    for number, finding in enumerate(findings, start=1):
        yield LabelledList(((f"{number}.", finding.claim),), label_width=1)
        yield Paragraph((TextSpan("   "), TextSpan(finding.verdict, _EMPHASIS[finding.verdict])))
        yield LabelledList(tuple(("", line) for line in finding.evidence), label_width=3)
        yield BLANK
    versions = findings[0].versions if findings else {}
    yield paragraph(", ".join(f"{name} {version}" for name, version in versions.items()), "dim")
