"""How laws and source files are written in an explanation."""

from __future__ import annotations

from bench.analysis.evidence.exact_counts import ExactGrowth
from bench.domain.findings.explanation import ExactGrowthFinding


def law_finding(law: ExactGrowth) -> ExactGrowthFinding:
    """``law`` as a finding."""
    return ExactGrowthFinding(kind=law.kind, text=law.text(), order=law.order)


def short_file(file: str) -> str:
    """``keras/src/models/sequential.py`` for a file of an installed package."""
    for place in ("site-packages/", "dist-packages/"):
        _, found, rest = file.partition(place)
        if found:
            return rest
    return file
