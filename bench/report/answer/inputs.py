"""What was made up of the data that models were called with."""

from __future__ import annotations

from collections.abc import Iterator

from bench.domain.findings.run import Findings
from bench.domain.names import PLACEBO
from bench.report.text.inputs import invented_texts


def invented_inputs(findings: Findings) -> Iterator[str]:
    """A sentence for all arms, and one for each group of arms that was given something else."""
    measured = {each.arm for each in findings.cells} - {PLACEBO}
    for whose, text in invented_texts(findings.invented, measured):
        yield f"Inputs invented{whose}: {text}."
