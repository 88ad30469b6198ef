"""From effects to findings: a verdict on each comparison, with what to know before believing it."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Sequence
from typing import Any

from bench.analysis.arrays import median
from bench.analysis.diagnostics.warnings import effect_warnings
from bench.analysis.inference.effects import Effect
from bench.analysis.inference.intervals import (
    Interval,
    median_interval,
    ratio_or_none,
    rounds_to_exclude,
)
from bench.analysis.inference.joint import JointVerdicts
from bench.analysis.inference.verdicts import judge, more_rounds
from bench.domain.design.plan import Plan
from bench.domain.findings.comparisons import ComparisonFinding, ResultWarning, Verdict
from bench.domain.panel import Cell


def comparison_findings(
    effects: Sequence[Effect],
    plan: Plan,
    joint: JointVerdicts,
    rounds: int,
    round_seconds: float | None = None,
    failed: Collection[Cell] = (),
) -> list[ComparisonFinding]:
    """The verdict on each effect; ``rounds`` is the number of rounds that the run has finished.

    A comparison that no round measured, of a cell that is among the ``failed``, has failed too.
    ``plan`` gives the margins and the confidence. A member that the ``joint`` claim shows
    is within its margin, whatever its own interval leaves open. ``round_seconds`` is what a round
    takes, where that is known.
    """
    return [_finding(each, plan, joint, rounds, round_seconds, failed) for each in effects]


def _finding(
    effect: Effect,
    plan: Plan,
    joint: JointVerdicts,
    rounds: int,
    round_seconds: float | None,
    failed: Collection[Cell],
) -> ComparisonFinding:
    comparison, log_ratio = effect.comparison, effect.log_ratio
    margin = plan.margin_of(comparison.metric, comparison.phase, effect.baseline_value)
    interval = median_interval(log_ratio, comparison.error_share, effect.without_ratio)
    negligible = plan.negligible_of(comparison.metric, comparison.phase, effect.baseline_value)
    verdict, within_margin = judge(interval, margin, negligible)
    alone = median_interval(log_ratio, round(1 - plan.confidence, 12), effect.without_ratio)
    shown_jointly = comparison in joint.shown and not within_margin
    if shown_jointly and verdict == "unresolved":
        verdict = "equivalent"
    if not len(log_ratio) and (comparison.arm in failed or comparison.baseline in failed):
        verdict = "failed"
    further = None
    if verdict == "unresolved":
        ways = (
            more_rounds(
                log_ratio, comparison.error_share, margin, negligible, effect.without_ratio
            ),
            joint.more_rounds.get(comparison),
        )
        further = min((each for each in ways if each is not None), default=None)
    return ComparisonFinding(
        **comparison.arm.fields(),
        metric=comparison.metric.name,
        phase=comparison.phase,
        baseline=comparison.baseline.arm,
        baseline_environment=comparison.baseline.environment,
        placebo=comparison.placebo,
        headline=comparison.headline,
        control=comparison.control,
        ratio=math.exp(median(log_ratio)) if len(log_ratio) else None,
        ratio_low=ratio_or_none(interval.low),
        ratio_high=ratio_or_none(interval.high),
        unadjusted_low=ratio_or_none(alone.low),
        unadjusted_high=ratio_or_none(alone.high),
        confidence=plan.confidence,
        error_share=comparison.error_share,
        rounds=len(log_ratio),
        verdict=verdict,
        within_margin=within_margin or shown_jointly,
        margin=margin,
        joint=shown_jointly,
        more_rounds=further,
        more_seconds=None if further is None or round_seconds is None else further * round_seconds,
        baseline_value=effect.baseline_value,
        arm_value=effect.arm_value,
        **_scheduled(effect),
        warnings=(
            *(() if verdict == "failed" else _warnings(effect, rounds, verdict)),
            *_disagreement(effect, interval),
        ),
    )


def _scheduled(effect: Effect) -> dict[str, Any]:
    if not effect.co_scheduled:
        return {"scheduled": "solo"}
    solo = effect.solo_log_ratio
    interval = median_interval(solo, effect.comparison.error_share)
    return {
        "scheduled": "co-scheduled",
        "solo_ratio": math.exp(median(solo)) if len(solo) else None,
        "solo_low": ratio_or_none(interval.low),
        "solo_high": ratio_or_none(interval.high),
    }


def _disagreement(effect: Effect, interval: Interval) -> Iterator[ResultWarning]:
    """Whether the intervals of both ways to measure are apart: then one of them is wrong."""
    solo = median_interval(effect.solo_log_ratio, effect.comparison.error_share)
    if interval.low > solo.high or interval.high < solo.low:
        ratios = (math.exp(median(logs)) for logs in (effect.log_ratio, effect.solo_log_ratio))
        text = "co-scheduled and solo invocations contradict each other: {:.3f} and {:.3f}"
        yield ResultWarning(kind="schedules_disagree", text=text.format(*ratios))


def _warnings(effect: Effect, rounds: int, verdict: Verdict) -> Iterator[ResultWarning]:
    """What a reader must know before believing the verdict on ``effect``."""
    comparison, measured = effect.comparison, len(effect.log_ratio)
    if rounds:
        for cell, value in (
            (comparison.baseline, effect.baseline_value),
            (comparison.arm, effect.arm_value),
        ):
            if value is None or value <= 0:
                text = f"{cell.arm} has no cost in {comparison.phase}"
                yield ResultWarning(kind="no_cost", text=text)
    lacking = rounds - measured - effect.without_ratio
    if measured and lacking > 0:
        lack = "lacks" if lacking == 1 else "lack"
        text = f"{lacking} of {rounds} rounds {lack} one of the two arms"
        yield ResultWarning(kind="incomplete", text=text)
    if effect.without_ratio:
        text = (
            f"in {effect.without_ratio} of {rounds} rounds, one of the two arms has no cost above "
            "0: there is no ratio, and the interval allows any"
        )
        yield ResultWarning(kind="incomplete", text=text)
    if comparison.error_share > 0 and verdict == "unresolved":
        needed = rounds_to_exclude(comparison.error_share)
        if measured < needed:
            share = "a headline's" if comparison.headline else "another phase's"
            text = f"too few rounds: {needed} are needed at {share} share of the error budget"
            yield ResultWarning(kind="too_few_rounds", text=text)
    yield from effect_warnings(effect.log_ratio)
