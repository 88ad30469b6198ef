"""No time is lost or counted twice: the phases of an invocation add up to its own span."""

from __future__ import annotations

import numpy as np

from bench.analysis.samples.invocations import Invocations
from bench.domain.findings.comparisons import ResultWarning
from bench.domain.labels import label

TOLERANCE = 0.01
"""Part of an invocation's own span by which the sum of its phases may differ from it."""


def phase_sum_warnings(invocations: Invocations) -> tuple[ResultWarning, ...]:
    """A warning when invocations' phases add up to more or less than their span, with the worst.

    Invocations whose own span was not recorded cannot be checked and are not counted.
    """
    total = np.nansum(invocations.seconds, axis=1)
    span = invocations.span_seconds
    checked = span > 0
    with np.errstate(divide="ignore", invalid="ignore"):
        deviation = np.where(checked, total / span - 1, 0.0)
    broken = np.abs(deviation) > TOLERANCE
    if not broken.any():
        return ()
    worst = int(np.argmax(np.abs(deviation)))
    panel, arm, _ = invocations.cells[invocations.cell[worst]]
    where = label(panel, arm, among=[place for place, *_ in invocations.cells])
    text = (
        f"the phases of {broken.sum()} of {checked.sum()} invocations do not add up to the "
        f"invocation's own span within {TOLERANCE:.0%}; worst {deviation[worst]:+.1%} "
        f"({where}, round {invocations.round[worst]})"
    )
    return (ResultWarning(kind="phase_sums", text=text),)
