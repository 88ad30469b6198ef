"""Under which conditions numbers can be compared: who does the same work, and who compiled what."""

from __future__ import annotations

from collections.abc import Iterator

from bench.domain.findings.run import Findings
from bench.domain.words import pluralise
from bench.report.text.compiled import compiled_text, is_usual

MOST = 3


def outputs(findings: Findings) -> Iterator[str]:
    """Where outputs differ that belong to one comparison."""
    return _outputs(findings, "outputs")


def outputs_not_compared(findings: Findings) -> Iterator[str]:
    """Where it is not known whether they do."""
    return _outputs(findings, "outputs_not_compared")


def _outputs(findings: Findings, kind: str) -> Iterator[str]:
    found = [each.text for each in findings.warnings if each.kind == kind]
    for text in found[:MOST]:
        yield f"Outputs: {text.rstrip('.')}."
    more = len(found) - MOST
    if more > 0:
        verb = "is" if more == 1 else "are"
        yield f"Outputs: {pluralise(more, 'more such warning')} {verb} below the tables."


def compiled(findings: Findings) -> Iterator[str]:
    """Who has compiled the models, and with what, unless the suite has compiled them all."""
    if not is_usual(findings):
        yield f"Compiled: {compiled_text(findings)}."
