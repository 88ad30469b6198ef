"""From what the check of a claim returns to a finding."""

from __future__ import annotations

from collections.abc import Mapping

from bench.domain.findings.claims import ClaimFinding
from bench.domain.findings.evidence import ClaimOutcome, Failure


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
