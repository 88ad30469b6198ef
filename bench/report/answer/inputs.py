"""What was made up of the data that models were called with."""

from __future__ import annotations

from collections.abc import Iterator

from bench.domain.findings.run import Findings
from bench.domain.names import PLACEBO
from bench.report.text.formatting import listing


def invented_inputs(findings: Findings) -> Iterator[str]:
    """A sentence for all arms, and one for each group of arms that was given something else."""
    measured = {each.arm for each in findings.cells} - {PLACEBO}
    texts: dict[tuple[str, ...], dict[str, None]] = {}
    for each in findings.invented:
        texts.setdefault(each.arms, {})[each.text] = None
    for arms, found in texts.items():
        whose = "" if measured <= set(arms) else f" for {listing(arms)}"
        yield f"Inputs invented{whose}: {'; '.join(found)}."
