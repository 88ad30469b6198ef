"""The error of the instrument: what the placebo, which is the baseline once more, seems to show."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from bench.analysis.effects import Effect
from bench.analysis.findings import ComparisonFinding, Doubt
from bench.analysis.quality import NoiseFinding


def noise_finding(
    findings: Sequence[ComparisonFinding],
    effects: Sequence[Effect],
    as_measured: Sequence[Effect],
) -> NoiseFinding:
    """Placebo comparisons with at least one round, the false alarms among them, the noise floor.

    The floor is the ratio that 95 % of the placebo's single-round effects, over all its panels and
    phases, stay below in either direction; ``as_measured`` are the placebo's effects without the
    correction for pace.
    """
    placebos = [finding for finding in findings if finding.placebo and finding.rounds]
    return NoiseFinding(
        placebo_comparisons=len(placebos),
        placebo_false_alarms=sum(is_false_alarm(finding) for finding in placebos),
        false_alarm_probability=_chance(placebos),
        floor_ratio=_floor([effect for effect in effects if effect.comparison.placebo]),
        floor_ratio_as_measured=_floor(as_measured),
    )


def _chance(placebos: Sequence[ComparisonFinding]) -> float:
    """At most this is the probability of as many false alarms: their expected number, by Markov."""
    alarms = sum(is_false_alarm(finding) for finding in placebos)
    expected = sum(finding.error_share for finding in placebos)
    return min(1.0, expected / alarms) if alarms else 1.0


def _floor(effects: Sequence[Effect]) -> float | None:
    size = np.abs(np.concatenate([effect.log_ratio for effect in effects] or [np.empty(0)]))
    return math.exp(np.quantile(size, 0.95)) if len(size) else None


def noise_warnings(findings: Sequence[ComparisonFinding]) -> tuple[Doubt, ...]:
    """A warning when a placebo was called faster or slower than the baseline it is a copy of."""
    alarms = [finding for finding in findings if is_false_alarm(finding)]
    if not alarms:
        return ()
    named = sorted({f"{finding.phase} ({finding.verdict})" for finding in alarms})
    text = (
        "the placebo, a copy of the baseline, is called different in "
        f"{len(alarms)} comparison{'s' if len(alarms) > 1 else ''}: {', '.join(named)}; "
        "effects of that size are the instrument's own"
    )
    return (Doubt(kind="false_alarm", text=text),)


def is_false_alarm(finding: ComparisonFinding) -> bool:
    """Whether a comparison of the placebo came out as a difference."""
    return finding.placebo and finding.verdict in ("faster", "slower")
