"""What people say, and what the installed version says to it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from bench.domain.findings.evidence import ClaimOutcome, Failure
from bench.domain.values import Rounded

ClaimVerdict = Literal["supported", "refuted", "depends", "undetermined"]


class ClaimFinding(Rounded):
    """A claim, the verdict on it, and the evidence; ``versions`` are what it was tried on."""

    name: str
    claim: str
    verdict: ClaimVerdict
    evidence: tuple[str, ...]
    versions: dict[str, str]


def claim_finding(
    name: str, claim: str, outcome: ClaimOutcome | Failure, versions: Mapping[str, str]
) -> ClaimFinding:
    """The finding on one claim; a check that failed leaves it ``undetermined``, with the reason."""
    if isinstance(outcome, Failure):
        outcome = ClaimOutcome("undetermined", (f"the check failed: {outcome.reason}",))
    return ClaimFinding(
        name=name,
        claim=claim,
        verdict=outcome.verdict,
        evidence=outcome.evidence,
        versions=dict(versions),
    )
