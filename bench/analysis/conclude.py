"""From the samples of a run to its findings: every idea of this package, in order."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping, Sequence

import numpy as np
import pandas as pd

from bench.analysis.arrays import median
from bench.analysis.diagnostics.noise import noise_finding, noise_warnings
from bench.analysis.diagnostics.order_effects import order_finding, order_warnings
from bench.analysis.diagnostics.phase_sums import conservation_warnings
from bench.analysis.diagnostics.warnings import effect_warnings, margin_warnings, throttle_warnings
from bench.analysis.inference.break_even import break_even_findings
from bench.analysis.inference.effects import Effect, effect_of
from bench.analysis.inference.intervals import median_interval, rounds_to_exclude
from bench.analysis.inference.variance import split_variance
from bench.analysis.inference.verdicts import judge, more_rounds
from bench.analysis.samples.core_speed import speed_corrected
from bench.analysis.samples.invocations import Invocations, to_invocations
from bench.analysis.samples.rounds import reduce_rounds, steady_parts
from bench.analysis.scaling.curves import declared_curves
from bench.analysis.scaling.growth import scaling_finding
from bench.analysis.summaries.call_modes import call_modes_findings
from bench.analysis.summaries.cells import cell_findings
from bench.analysis.summaries.facts import LifecycleFacts, facts_warnings
from bench.analysis.summaries.failures import failure_findings, framework_failures
from bench.analysis.summaries.memory_growth import memory_growth_findings
from bench.analysis.summaries.profiles import (
    Capture,
    overhead_findings,
    profile_findings,
    profile_warnings,
)
from bench.analysis.summaries.warm_up import steady_findings, steady_warnings
from bench.domain.comparison import Comparison
from bench.domain.findings.quality import VarianceFinding
from bench.domain.findings.run import ComparisonFinding, Findings, LifecycleFinding, ResultWarning
from bench.domain.panel import Panel


def conclude(
    samples: pd.DataFrame,
    comparisons: Sequence[Comparison],
    *,
    lifecycles: Mapping[str, LifecycleFinding],
    iterating: Collection[str],
    margin: float,
    confidence: float,
    run: str,
    status: str,
    planned_rounds: int,
    round_seconds: float | None,
    pilot: VarianceFinding | None,
    environment: Mapping[str, str | int | float | None],
    questions: Mapping[str, str],
    captures: Sequence[Capture] = (),
    noted: Sequence[LifecycleFacts] = (),
) -> Findings:
    """Everything that the ``samples`` of a run say, about the ``comparisons`` it declared.

    ``samples`` is the table of samples, of any number of rounds; what is returned holds after every
    round (see ``intervals``). Each declared comparison has a finding, measured or not, in the order
    declared. ``lifecycles`` describes the phases of each call mode, and ``iterating`` are those in
    which one invocation makes many calls; ``margin`` and ``confidence`` are the plan's. The scaling
    family has an error budget of its own, as large as that of the comparisons. ``round_seconds`` is
    what a round takes; ``pilot`` is what a pilot said of the variance, for runs whose rounds
    cannot; ``captures`` are its profiles, and ``noted`` what its lifecycles say beside the times.
    The remaining arguments are passed on.
    """
    composites = {call_mode: each.composites for call_mode, each in lifecycles.items()}
    invocations = to_invocations(samples)
    paced = speed_corrected(invocations)
    parts = steady_parts(paced)
    steady_seconds = parts.seconds.reshape(paced.seconds.shape)
    with np.errstate(invalid="ignore"):
        # A change of pace scales all calls of an invocation alike, the steady ones too.
        as_measured_seconds = steady_seconds * (invocations.seconds / paced.seconds)
    costs, as_measured = (
        reduce_rounds(each, composites=composites, iterating=iterating, steady=seconds)
        for each, seconds in ((paced, steady_seconds), (invocations, as_measured_seconds))
    )
    budget = round(1 - confidence, 12)
    rounds = 0 if samples.empty else int(samples["round"].nunique())
    effects = [effect_of(comparison, costs) for comparison in comparisons]
    compared = [
        comparison_finding(effect, margin, confidence, rounds, round_seconds) for effect in effects
    ]
    order = order_finding(paced)
    placebos = [comparison for comparison in comparisons if comparison.placebo]
    noise = noise_finding(compared, effects, [effect_of(each, as_measured) for each in placebos])
    steady = steady_findings(paced, parts, iterating)
    curves = declared_curves(comparisons, budget)
    scaling = (scaling_finding(curve, costs) for curve in curves)
    cells = cell_findings(costs, _declared_order(comparisons), budget)
    profiles = profile_findings(captures, cells)
    return Findings(
        run=run,
        status=status,
        controls_passed=noise.false_alarm_probability > budget,
        rounds=rounds,
        planned_rounds=planned_rounds,
        round_seconds=round_seconds,
        margin=margin,
        confidence=confidence,
        family_size=sum(not comparison.placebo for comparison in comparisons),
        error_budget=budget,
        environment=dict(environment),
        questions=dict(questions),
        lifecycles=dict(lifecycles),
        comparisons=tuple(compared),
        scaling=tuple(finding for finding in scaling if finding is not None),
        order=order,
        noise=noise,
        variance=_variance(paced, comparisons, composites, pilot),
        steady=steady,
        break_even=break_even_findings(
            [comparison for comparison in comparisons if comparison.phase in iterating],
            costs,
            start={name: each.time_to_first_output or "" for name, each in lifecycles.items()},
        ),
        call_modes=call_modes_findings(costs, lifecycles, budget),
        cells=cells,
        series=memory_growth_findings(samples, budget),
        notes=tuple(note for each in noted for note in each.notes),
        profiles=profiles,
        profiling=overhead_findings(profiles),
        failures=failure_findings(samples),
        warnings=(
            *framework_failures(samples),
            *conservation_warnings(invocations),
            *noise_warnings(compared),
            *margin_warnings(compared, margin, planned_rounds),
            *throttle_warnings(samples),
            *order_warnings(order),
            *steady_warnings(steady),
            *profile_warnings(captures),
            *facts_warnings(noted),
        ),
    )


def comparison_finding(
    effect: Effect,
    margin: float,
    confidence: float,
    rounds: int,
    round_seconds: float | None = None,
) -> ComparisonFinding:
    """The verdict on one effect; ``rounds`` is the number of rounds that the run has finished.

    ``round_seconds`` is what a round takes, where that is known.
    """
    comparison, log_ratio = effect.comparison, effect.log_ratio
    interval = median_interval(log_ratio, comparison.error_share)
    verdict, within_margin = judge(interval, margin)
    alone = median_interval(log_ratio, round(1 - confidence, 12))
    further = None
    if verdict == "unresolved":
        further = more_rounds(log_ratio, comparison.error_share, margin)
    return ComparisonFinding(
        **dict(comparison.factors),
        phase=comparison.phase,
        arm=comparison.arm,
        baseline=comparison.baseline,
        placebo=comparison.placebo,
        headline=comparison.headline,
        control=comparison.control,
        ratio=math.exp(median(log_ratio)) if len(log_ratio) else None,
        ratio_low=_ratio(interval.low),
        ratio_high=_ratio(interval.high),
        unadjusted_low=_ratio(alone.low),
        unadjusted_high=_ratio(alone.high),
        confidence=confidence,
        error_share=comparison.error_share,
        rounds=len(log_ratio),
        verdict=verdict,
        within_margin=within_margin,
        more_rounds=further,
        more_seconds=None if further is None or round_seconds is None else further * round_seconds,
        baseline_seconds=effect.baseline_seconds,
        arm_seconds=effect.arm_seconds,
        warnings=tuple(_warnings(effect, rounds)),
    )


def _ratio(bound: float) -> float | None:
    return math.exp(bound) if math.isfinite(bound) else None


def _warnings(effect: Effect, rounds: int) -> Iterator[ResultWarning]:
    """What a reader must know before believing the verdict on ``effect``."""
    comparison, measured = effect.comparison, len(effect.log_ratio)
    if rounds:
        for arm, seconds in (
            (comparison.baseline, effect.baseline_seconds),
            (comparison.arm, effect.arm_seconds),
        ):
            if not seconds:
                yield ResultWarning(kind="no_cost", text=f"{arm} has no cost in this phase")
    if 0 < measured < rounds:
        text = f"{rounds - measured} of {rounds} rounds lack one of the two arms"
        yield ResultWarning(kind="incomplete", text=text)
    if comparison.error_share > 0:
        needed = rounds_to_exclude(comparison.error_share)
        if measured < needed:
            share = "a headline's" if comparison.headline else "another phase's"
            text = f"too few rounds: {needed} are needed at {share} share of the error budget"
            yield ResultWarning(kind="too_few_rounds", text=text)
    yield from effect_warnings(effect.log_ratio)


def _variance(
    invocations: Invocations,
    comparisons: Sequence[Comparison],
    composites: Mapping[str, Mapping[str, tuple[str, ...]]],
    pilot: VarianceFinding | None,
) -> VarianceFinding | None:
    """How the variance splits: by the run's own replicates, else what the pilot said."""
    split = split_variance(invocations, comparisons, composites)
    if split is None:
        return pilot
    return VarianceFinding(
        **split._asdict(),
        zygote_seconds=pilot.zygote_seconds if pilot else None,
        replicate_seconds=pilot.replicate_seconds if pilot else None,
    )


def _declared_order(comparisons: Sequence[Comparison]) -> dict[tuple[Panel, str], int]:
    """The place of each panel and arm in the plan, the baseline first in its panel."""
    order: dict[tuple[Panel, str], int] = {}
    for comparison in comparisons:
        for arm in (comparison.baseline, comparison.arm):
            order.setdefault((comparison.factors, arm), len(order))
    return order
