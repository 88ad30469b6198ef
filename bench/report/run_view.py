"""What every output of a run is made of."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from bench.domain.design.plan import Plan
from bench.domain.findings.claims import ClaimFinding
from bench.domain.findings.explanation import Explanation
from bench.domain.findings.run import Findings


@dataclass(frozen=True)
class RunView:
    """A run as outputs see it: what it concludes, why arms differ, and what was planned.

    ``path`` is the run folder. ``explanations`` has one for each scenario and architecture that was
    explained, and ``claims`` are those that were checked. ``command`` is what measures the same
    again: that of the run, with its seed; empty where no command began it. ``called`` is what other
    commands take for the run.
    """

    findings: Findings
    explanations: tuple[Explanation, ...]
    plan: Plan
    path: Path
    command: str = ""
    called: str = ""
    claims: tuple[ClaimFinding, ...] = ()
