"""What could not be measured."""

from __future__ import annotations

from collections.abc import Iterator

from bench.domain.findings.run import Findings
from bench.domain.status import UNAVAILABLE
from bench.domain.words import pluralise
from bench.report.text.failures import failed_cells, outlook

MOST, LONGEST = 2, 160
"""Reasons that are given, and the characters of one."""


def failures(findings: Findings) -> Iterator[str]:
    """A sentence for each of the first reasons, and how many more there are.

    What has failed says whether it is tried again; what is unavailable stays so.
    """
    found = list(failed_cells(findings.failures))
    for each in found[:MOST]:
        reason = each.reason
        short = reason if len(reason) <= LONGEST else f"{reason[:LONGEST]} …"
        if {it.kind for it in each.failed} == {UNAVAILABLE}:
            yield f"Unavailable: {each.who()}: {short.rstrip('.')}."
        else:
            yield f"Failed: {each.who()}: {short.rstrip('.')}; {outlook(each, findings)}."
    if len(found) > MOST:
        yield f"Failed for {pluralise(len(found) - MOST, 'more reason')}: see below."
