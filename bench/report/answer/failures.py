"""What could not be measured."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bench.domain.findings.costs import FailureFinding
from bench.domain.findings.run import Findings
from bench.domain.names import PLACEBO
from bench.domain.phases import call_modes_of
from bench.domain.words import pluralise
from bench.report.text.formatting import listing

MOST, LONGEST = 2, 160
"""Reasons that are given, and the characters of one."""


def failures(findings: Findings) -> Iterator[str]:
    """A sentence for each of the first reasons, and how many more there are."""
    reasons: dict[str, list[FailureFinding]] = {}
    for each in findings.failures:
        reasons.setdefault(" ".join(each.reason.split()), []).append(each)
    for reason, failed in list(reasons.items())[:MOST]:
        short = reason if len(reason) <= LONGEST else f"{reason[:LONGEST]} …"
        yield f"Failed: {_who(failed)}: {short.rstrip('.')}."
    if len(reasons) > MOST:
        yield f"Failed for {pluralise(len(reasons) - MOST, 'more reason')}: see below."


def _who(failed: Sequence[FailureFinding]) -> str:
    arms = dict.fromkeys(each.arm for each in failed)
    if len(arms) > 1:
        arms.pop(PLACEBO, None)
    depths = sorted({each.layers for each in failed if each.layers is not None})
    where = f" at {listing(map(str, depths))} layers" if depths else ""
    # Of a lifecycle of its own, what failed may be one phase of many.
    own = [each for each in failed if each.phase and each.call_mode not in call_modes_of()]
    phases = f"{listing(dict.fromkeys(str(each.phase) for each in own))} of " if own else ""
    return f"{phases}{listing(arms)}{where}"
