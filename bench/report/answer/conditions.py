"""Under which conditions numbers can be compared: who does the same work, and who compiled what."""

from __future__ import annotations

import math
from collections.abc import Iterator

from bench.domain.findings.comparisons import ResultWarning
from bench.domain.findings.run import Findings
from bench.domain.words import pluralise
from bench.report.text.compiled import compiled_text, is_usual
from bench.report.text.formatting import at_layers, ratio
from bench.report.text.phases import about

MOST = 3


def outputs(findings: Findings) -> Iterator[str]:
    """Where outputs differ that belong to one comparison."""
    return _outputs(findings, "outputs")


def outputs_not_compared(findings: Findings) -> Iterator[str]:
    """Where it is not known whether they do."""
    return _outputs(findings, "outputs_not_compared")


def _outputs(findings: Findings, kind: str) -> Iterator[str]:
    found = [each.text for each in findings.warnings if each.kind == kind]
    for text in found[:MOST]:
        yield f"Outputs: {text.rstrip('.')}."
    more = len(found) - MOST
    if more > 0:
        verb = "is" if more == 1 else "are"
        yield f"Outputs: {pluralise(more, 'more such warning')} {verb} below the tables."


def contradictions(findings: Findings) -> Iterator[str]:
    """Where ratios on a shared core and of solo invocations contradict each other, if anywhere."""
    found = [
        each
        for each in findings.timings
        if each.ratio and each.solo_ratio and any(_contradicts(it) for it in each.warnings)
    ]
    if not found:
        return
    worst = max(found, key=lambda each: abs(math.log((each.ratio or 1) / (each.solo_ratio or 1))))
    where = f" in {worst.environment}" if findings.environments else ""
    against = f" against {worst.baseline_environment}" if worst.across else ""
    more = f"; {pluralise(len(found) - 1, 'more contradiction')}" if len(found) > 1 else ""
    yield (
        f"Contradicted: {about(worst.phase)}{at_layers(worst.layers)}, {worst.arm}{where}{against} "
        f"takes {ratio(worst.ratio or 1)} times as long on a shared core, and "
        f"{ratio(worst.solo_ratio or 1)} times on one of its own"
        f"{more}. "
        "--schedule solo measures without shared cores."
    )


def _contradicts(warning: ResultWarning) -> bool:
    return warning.kind == "schedules_disagree"


def compiled(findings: Findings) -> Iterator[str]:
    """Who has compiled the models, and with what, unless the suite has compiled them all."""
    if not is_usual(findings):
        yield f"Compiled: {compiled_text(findings)}."
