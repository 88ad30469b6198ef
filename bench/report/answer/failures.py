"""What could not be measured."""

from __future__ import annotations

from collections.abc import Iterator

from bench.domain.findings.run import Findings
from bench.domain.status import UNAVAILABLE
from bench.domain.words import pluralise
from bench.report.text.failures import failed_cells

MOST, LONGEST = 2, 160
"""Reasons that are given, and the characters of one."""


def failures(findings: Findings) -> Iterator[str]:
    """A sentence for each of the first reasons, and how many more there are."""
    found = list(failed_cells(findings.failures))
    for each in found[:MOST]:
        reason = each.reason
        short = reason if len(reason) <= LONGEST else f"{reason[:LONGEST]} …"
        word = "Unavailable" if {it.kind for it in each.failed} == {UNAVAILABLE} else "Failed"
        yield f"{word}: {each.who()}: {short.rstrip('.')}."
    if len(found) > MOST:
        yield f"Failed for {pluralise(len(found) - MOST, 'more reason')}: see below."
