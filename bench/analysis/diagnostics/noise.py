"""The error of the instrument: what the placebo, which is the baseline once more, seems to show."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from bench.analysis.inference.effects import Effect
from bench.domain.findings.comparisons import ComparisonFinding, ResultWarning
from bench.domain.findings.quality import NoiseFinding


def noise_finding(
    findings: Sequence[ComparisonFinding],
    effects: Sequence[Effect],
    as_measured: Sequence[Effect],
) -> NoiseFinding:
    """Placebo comparisons with at least one round, the false alarms among them, the noise floor.

    The floor is the ratio that 95 % of the placebo's single-round effects, over all its panels and
    phases, stay below in either direction; ``as_measured`` are the placebo's effects without the
    correction for core speed.
    """
    controls = [finding for finding in findings if finding.control and finding.rounds]
    placebos = [finding for finding in controls if finding.placebo]
    return NoiseFinding(
        placebo_comparisons=len(placebos),
        placebo_false_alarms=sum(is_false_alarm(finding) for finding in placebos),
        controls=len(controls),
        control_false_alarms=sum(is_false_alarm(finding) for finding in controls),
        false_alarm_probability=_chance(controls),
        floor_ratio=_floor([effect for effect in effects if effect.comparison.placebo]),
        floor_ratio_as_measured=_floor(as_measured),
    )


def _chance(controls: Sequence[ComparisonFinding]) -> float:
    """At most this is the probability of as many false alarms: their expected number, by Markov."""
    alarms = sum(is_false_alarm(finding) for finding in controls)
    expected = sum(finding.error_share for finding in controls)
    return min(1.0, expected / alarms) if alarms else 1.0


def _floor(effects: Sequence[Effect]) -> float | None:
    size = np.abs(np.concatenate([effect.log_ratio for effect in effects] or [np.empty(0)]))
    return math.exp(np.quantile(size, 0.95)) if len(size) else None


def noise_warnings(findings: Sequence[ComparisonFinding]) -> tuple[ResultWarning, ...]:
    """A warning when a control was called faster or slower than the baseline."""
    alarms = [finding for finding in findings if is_false_alarm(finding)]
    phrases = []
    for placebo, what in (
        (True, "the placebo, a copy of the baseline,"),
        (False, "an arm that runs the baseline's compiled program"),
    ):
        these = [finding for finding in alarms if finding.placebo == placebo]
        if these:
            named = sorted({f"{finding.phase} ({finding.verdict})" for finding in these})
            count = f"{len(these)} comparison{'s' if len(these) > 1 else ''}"
            phrases.append(f"{what} is called different in {count}: {', '.join(named)}")
    if not phrases:
        return ()
    text = f"{'; '.join(phrases)}; effects of that size are the instrument's own"
    return (ResultWarning(kind="false_alarm", text=text),)


def is_false_alarm(finding: ComparisonFinding) -> bool:
    """Whether a comparison that cannot differ came out as a difference.

    The placebo cannot differ at all. An arm that runs the baseline's program runs it in the memory
    that its own construction left, which may matter by less than the margin.
    """
    if not finding.control or finding.verdict not in ("faster", "slower"):
        return False
    return finding.placebo or _is_beyond_margin(finding)


def _is_beyond_margin(finding: ComparisonFinding) -> bool:
    low, high, edge = finding.ratio_low, finding.ratio_high, 1 + finding.margin
    return (low is not None and low > edge) or (high is not None and high < 1 / edge)
