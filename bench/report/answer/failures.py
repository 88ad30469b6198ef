"""What could not be measured."""

from __future__ import annotations

from collections.abc import Iterator

from bench.domain.findings.run import Findings
from bench.domain.status import UNAVAILABLE
from bench.domain.words import pluralise
from bench.report.text.failures import FailedCells, failed_cells, outlook

MOST, LONGEST = 2, 160
"""Reasons that are given, and the characters of one."""


def failures(findings: Findings) -> Iterator[str]:
    """A sentence for each of the first reasons, and how many more there are.

    What has failed says whether it is tried again; what is unavailable stays so.
    """
    found = list(failed_cells(findings.failures))
    for each in found[:MOST]:
        what = _what(each, findings)
        reason = each.reason
        short = reason if len(reason) <= LONGEST else f"{reason[:LONGEST]} …"
        if {it.kind for it in each.failed} == {UNAVAILABLE}:
            yield f"Unavailable: {what}{each.who()}: {short.rstrip('.')}."
        else:
            yield f"Failed: {what}{each.who()}: {short.rstrip('.')}; {outlook(each, findings)}."
    if len(found) > MOST:
        yield f"Failed for {pluralise(len(found) - MOST, 'more reason')}: see below."


def _what(failed: FailedCells, findings: Findings) -> str:
    """The scenarios and architectures that ``failed``, where there are others."""
    named = []
    for factor in ("scenario", "architecture"):
        if len({getattr(each, factor) for each in (*findings.cells, *findings.failures)}) > 1:
            named.append(dict.fromkeys(getattr(each, factor) for each in failed.failed))
    shown = [", ".join(each for each in names if each) for names in named]
    return f"{' · '.join(each for each in shown if each)}: " if any(shown) else ""
