"""How many more calls an arm makes than the baseline, and how that grows with the layers."""

from __future__ import annotations

from collections.abc import Sequence

from bench.analysis.evidence.exact_counts import exact_growth
from bench.domain.findings.explanation import CallDifference, GrowthFinding


def call_differences(growth: Sequence[GrowthFinding], baseline: str) -> list[CallDifference]:
    """For each phase of each other arm, its calls less those of ``baseline`` at common depths."""
    counted = {(each.arm, each.phase): dict(_counts(each)) for each in growth}
    found = []
    for (arm, phase), calls in counted.items():
        base = counted.get((baseline, phase), {})
        depths = tuple(depth for depth in calls if depth in base)
        if arm == baseline or not depths:
            continue
        more = tuple(calls[depth] - base[depth] for depth in depths)
        law = exact_growth(depths, more) if len(depths) > 1 else None
        found.append(
            CallDifference(
                arm=arm,
                phase=phase,
                depths=depths,
                more=more,
                baseline_calls=tuple(base[depth] for depth in depths),
                order=None if law is None else law.order,
                leading=None if law is None else law.leading(),
            )
        )
    return found


def _counts(finding: GrowthFinding) -> Sequence[tuple[int, int]]:
    return list(zip(finding.depths, finding.calls, strict=True))
