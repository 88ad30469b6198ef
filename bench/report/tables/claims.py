"""Claims with their verdicts, for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import Group, RenderableType
from rich.text import Text

from bench.analysis.evidence.claims import ClaimFinding, ClaimVerdict
from bench.report.tables.layout import LabelledParagraph

_STYLES: dict[ClaimVerdict, str] = {
    "supported": "bold green",
    "refuted": "bold red",
    "depends": "bold yellow",
    "undetermined": "bold",
}


def claim_tables(findings: Sequence[ClaimFinding]) -> RenderableType:
    """Each claim, its verdict, and the evidence below."""
    return Group(*_parts(findings))


def _parts(findings: Sequence[ClaimFinding]) -> Iterator[RenderableType]:
    for number, finding in enumerate(findings, start=1):
        yield LabelledParagraph(f"{number}.", finding.claim, 1)
        yield Text.assemble("   ", (finding.verdict, _STYLES[finding.verdict]))
        for line in finding.evidence:
            yield LabelledParagraph("", line, 3)
        yield Text()
    versions = findings[0].versions if findings else {}
    yield Text(", ".join(f"{name} {version}" for name, version in versions.items()), style="dim")
