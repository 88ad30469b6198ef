"""What people say, and what the installed version says to it."""

from __future__ import annotations

from typing import Literal

from bench.domain.values import Rounded

ClaimVerdict = Literal["supported", "refuted", "depends", "undetermined"]


class ClaimFinding(Rounded):
    """A claim, the verdict on it, and the evidence; ``versions`` are what it was tried on."""

    name: str
    claim: str
    verdict: ClaimVerdict
    evidence: tuple[str, ...]
    versions: dict[str, str]
