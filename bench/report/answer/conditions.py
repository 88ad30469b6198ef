"""Under which conditions numbers can be compared: who does the same work, and who compiled what."""

from __future__ import annotations

from collections.abc import Iterator

from bench.domain.findings.run import Findings
from bench.report.text.compiled import compiled_text, is_usual

MOST = 3


def outputs(findings: Findings) -> Iterator[str]:
    """Where outputs differ that belong to one comparison, or could not be compared."""
    found = [each.text for each in findings.warnings if each.kind == "outputs"]
    for text in found[:MOST]:
        yield f"Outputs: {text}."
    if len(found) > MOST:
        yield f"Outputs: {len(found) - MOST} more such warnings are below the tables."


def compiled(findings: Findings) -> Iterator[str]:
    """Who has compiled the models, and with what, unless the suite has compiled them all."""
    if not is_usual(findings):
        yield f"Compiled: {compiled_text(findings)}."
