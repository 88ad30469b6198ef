"""What the work pass counts of each arm: counters of its phases, and what stays alive."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from bench.analysis.evidence.exact_counts import exact_growth
from bench.analysis.evidence.naming import law_finding, short_file
from bench.domain.findings.evidence import WorkOutcome
from bench.domain.findings.explanation import CounterFinding, RetainedFinding
from bench.domain.phases import is_overhead_phase

MOST_KEPT = 5


class Worked(NamedTuple):
    """What the work pass returned of one arm at one depth."""

    arm: str
    layers: int | None
    outcome: WorkOutcome


def counter_findings(worked: Sequence[Worked], arms: Sequence[str]) -> list[CounterFinding]:
    """Counters of the work pass; a counter that a repetition of any arm contradicts is not exact.

    What is inexact, such as bytes, is so in every arm.
    """
    values: dict[tuple[str, str | None, str], dict[int, set[int]]] = {}
    for each in worked:
        counted: list[tuple[str | None, Mapping[str, int]]] = [(None, each.outcome.model)]
        counted += [
            (phase, work.counters)
            for phase, work in each.outcome.phases.items()
            if not is_overhead_phase(phase)
        ]
        for phase, counters in counted:
            for name, count in counters.items():
                at = values.setdefault((each.arm, phase, name), {})
                at.setdefault(each.layers or 0, set()).add(count)
    inexact = {
        (phase, name)
        for (_, phase, name), by_depth in values.items()
        if any(len(counts) > 1 for counts in by_depth.values())
    }
    findings = []
    for (arm, phase, name), by_depth in sorted(
        values.items(), key=lambda each: arms.index(each[0][0])
    ):
        depths = tuple(sorted(by_depth))
        counts = tuple(min(by_depth[depth]) for depth in depths)
        findings.append(
            CounterFinding(
                arm=arm,
                phase=phase,
                counter=name,
                depths=depths,
                values=counts,
                exact=(phase, name) not in inexact,
                law=law_finding(exact_growth(depths, counts)) if len(depths) > 1 else None,
            )
        )
    return findings


def retained_finding(worked: Sequence[Worked], arm: str, phase: str) -> RetainedFinding | None:
    """What ``phase`` leaves alive at the deepest; None where that was not counted."""
    work = [each for each in worked if each.arm == arm]
    if not work:
        return None
    deepest = max(work, key=lambda each: each.layers or 0)
    work_of_phase = deepest.outcome.phases.get(phase)
    if work_of_phase is None:
        return None
    return RetainedFinding(
        arm=arm,
        layers=deepest.layers,
        types=tuple((kind, count) for kind, count in work_of_phase.types[:MOST_KEPT]),
        lines=tuple(
            (short_file(file), line, size) for file, line, size in work_of_phase.lines[:MOST_KEPT]
        ),
    )
