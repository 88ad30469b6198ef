"""From the samples of a run to its findings: every idea of this package, in order."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from bench.analysis.arrays import Floats, median
from bench.analysis.diagnostics.noise import noise_finding, noise_warnings
from bench.analysis.diagnostics.order_effects import order_finding, order_warnings
from bench.analysis.diagnostics.phase_sums import phase_sum_warnings
from bench.analysis.diagnostics.warnings import effect_warnings, margin_warnings, throttle_warnings
from bench.analysis.inference.break_even import break_even_findings
from bench.analysis.inference.effects import Effect, effect_of
from bench.analysis.inference.intervals import median_interval, rounds_to_exclude
from bench.analysis.inference.variance import split_variance
from bench.analysis.inference.verdicts import judge, more_rounds
from bench.analysis.samples.core_speed import speed_corrected
from bench.analysis.samples.invocations import Invocations, to_invocations
from bench.analysis.samples.rounds import reduce_rounds, steady_parts
from bench.analysis.samples.steady_state import SteadyStates
from bench.analysis.scaling.curves import declared_curves
from bench.analysis.scaling.growth import scaling_finding
from bench.analysis.summaries.call_modes import call_modes_findings
from bench.analysis.summaries.cells import cell_findings
from bench.analysis.summaries.facts import LifecycleFacts, facts_warnings
from bench.analysis.summaries.failures import failure_findings, framework_failures
from bench.analysis.summaries.memory_growth import memory_growth_findings
from bench.analysis.summaries.profiles import (
    CapturedProfile,
    all_profiles_finding,
    overhead_findings,
    profile_findings,
    profile_warnings,
)
from bench.analysis.summaries.warm_up import steady_findings, steady_phase_findings, steady_warnings
from bench.domain.design.comparison import Comparison
from bench.domain.design.plan import Pilot, Plan
from bench.domain.findings.comparisons import ComparisonFinding, ResultWarning
from bench.domain.findings.quality import VarianceFinding
from bench.domain.findings.run import Findings
from bench.domain.metrics import SECONDS
from bench.domain.panel import Cell
from bench.domain.phases import ITERATING


def conclude(
    samples: pd.DataFrame,
    plan: Plan,
    comparisons: Sequence[Comparison],
    *,
    run: str,
    status: str,
    round_seconds: float | None,
    environment: Mapping[str, str | int | float | None],
    captures: Sequence[CapturedProfile] = (),
    facts: Sequence[LifecycleFacts] = (),
) -> Findings:
    """Everything that the ``samples`` of a run say about the declared ``comparisons``.

    ``samples`` is the table of samples, of any number of rounds; what is returned holds after every
    round (see ``intervals``). Each declared comparison has a finding, measured or not, in the order
    declared. The scaling family of a metric has an error budget of its own, as large as that of its
    comparisons. ``plan`` gives the phases, the margin, the confidence and the pilot.
    ``round_seconds`` is what a round takes; ``captures`` are the run's profiles, and ``facts`` what
    its lifecycles report with the timings. The remaining arguments are passed on.
    """
    lifecycles, margin = plan.lifecycles(), plan.margin
    composites = {call_mode: each.composites for call_mode, each in lifecycles.items()}
    invocations = to_invocations(samples)
    corrected = speed_corrected(invocations)
    parts = steady_parts(corrected)
    costs, as_measured = (
        reduce_rounds(each, composites=composites, iterating=ITERATING, steady=steady)
        for each, steady in (
            (corrected, parts),
            (invocations, _as_measured(parts, corrected, invocations)),
        )
    )
    budget = round(1 - plan.confidence, 12)
    rounds = 0 if samples.empty else int(samples["round"].nunique())
    effects = [effect_of(comparison, costs) for comparison in comparisons]
    compared = [comparison_finding(effect, plan, rounds, round_seconds) for effect in effects]
    timed = [comparison for comparison in comparisons if comparison.metric is SECONDS]
    timings = compared[: len(timed)]
    order = order_finding(corrected)
    placebos = [comparison for comparison in timed if comparison.placebo]
    noise = noise_finding(
        timings, effects[: len(timed)], [effect_of(each, as_measured) for each in placebos]
    )
    steady = steady_findings(corrected, parts, ITERATING)
    steady_phases = steady_phase_findings(steady)
    scaling = (scaling_finding(curve, costs) for curve in declared_curves(comparisons, budget))
    cells = cell_findings(costs, _declared_order(comparisons), budget)
    profiles = profile_findings(captures, cells)
    return Findings(
        run=run,
        status=status,
        controls_passed=noise.false_alarm_probability > budget,
        rounds=rounds,
        planned_rounds=plan.rounds,
        round_seconds=round_seconds,
        margin=margin,
        margin_floor_s=plan.margin_floor_s,
        confidence=plan.confidence,
        family_size=sum(not comparison.placebo for comparison in timed),
        error_budget=budget,
        environment=dict(environment),
        questions={scenario.name: scenario.question for scenario in plan.scenarios},
        lifecycles=dict(lifecycles),
        comparisons=tuple(compared),
        scaling=tuple(finding for finding in scaling if finding is not None),
        order=order,
        noise=noise,
        variance=_variance(corrected, timed, composites, plan.pilot),
        steady=steady,
        steady_phases=steady_phases,
        break_even=break_even_findings(
            [comparison for comparison in timed if comparison.phase in ITERATING],
            costs,
            start={name: each.time_to_first_output or "" for name, each in lifecycles.items()},
        ),
        call_modes=call_modes_findings(costs, lifecycles, budget),
        cells=cells,
        memory_growth=memory_growth_findings(samples, budget),
        facts=tuple(fact for each in facts for fact in each.findings),
        profiles=profiles,
        all_profiles=all_profiles_finding(profiles),
        profiling=overhead_findings(profiles),
        failures=failure_findings(samples),
        warnings=(
            *framework_failures(samples),
            *phase_sum_warnings(invocations),
            *noise_warnings(timings),
            *margin_warnings(timings, margin, plan.rounds),
            *throttle_warnings(samples),
            *order_warnings(order),
            *steady_warnings(steady_phases),
            *profile_warnings(captures),
            *facts_warnings(facts),
        ),
    )


def _as_measured(
    parts: SteadyStates, corrected: Invocations, invocations: Invocations
) -> SteadyStates:
    """The steady parts without the correction, which scales all calls of an invocation alike."""

    def uncorrected(steady: Floats, values: Floats, raw: Floats) -> Floats:
        with np.errstate(invalid="ignore", divide="ignore"):
            result: Floats = steady * (raw / values).reshape(-1)
        return result

    return replace(
        parts,
        seconds=uncorrected(parts.seconds, corrected.seconds, invocations.seconds),
        cpu_seconds=uncorrected(parts.cpu_seconds, corrected.cpu_seconds, invocations.cpu_seconds),
    )


def comparison_finding(
    effect: Effect, plan: Plan, rounds: int, round_seconds: float | None = None
) -> ComparisonFinding:
    """The verdict on one effect; ``rounds`` is the number of rounds that the run has finished.

    ``plan`` gives the margin and the confidence. ``round_seconds`` is what a round takes, where
    that is known.
    """
    comparison, log_ratio = effect.comparison, effect.log_ratio
    margin = plan.margin_of(comparison.metric, comparison.phase, effect.baseline_value)
    interval = median_interval(log_ratio, comparison.error_share)
    verdict, within_margin = judge(interval, margin)
    alone = median_interval(log_ratio, round(1 - plan.confidence, 12))
    further = None
    if verdict == "unresolved":
        further = more_rounds(log_ratio, comparison.error_share, margin)
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
        ratio_low=_ratio(interval.low),
        ratio_high=_ratio(interval.high),
        unadjusted_low=_ratio(alone.low),
        unadjusted_high=_ratio(alone.high),
        confidence=plan.confidence,
        error_share=comparison.error_share,
        rounds=len(log_ratio),
        verdict=verdict,
        within_margin=within_margin,
        margin=margin,
        more_rounds=further,
        more_seconds=None if further is None or round_seconds is None else further * round_seconds,
        baseline_value=effect.baseline_value,
        arm_value=effect.arm_value,
        warnings=tuple(_warnings(effect, rounds)),
    )


def _ratio(bound: float) -> float | None:
    return math.exp(bound) if math.isfinite(bound) else None


def _warnings(effect: Effect, rounds: int) -> Iterator[ResultWarning]:
    """What a reader must know before believing the verdict on ``effect``."""
    comparison, measured = effect.comparison, len(effect.log_ratio)
    if rounds:
        for cell, value in (
            (comparison.baseline, effect.baseline_value),
            (comparison.arm, effect.arm_value),
        ):
            if not value:
                yield ResultWarning(kind="no_cost", text=f"{cell.arm} has no cost in this phase")
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
    pilot: Pilot | None,
) -> VarianceFinding | None:
    """How the variance splits: by the run's own replicates, or else by the pilot's."""
    costs = {
        "zygote_seconds": pilot.zygote_s if pilot else None,
        "replicate_seconds": pilot.replicate_s if pilot else None,
    }
    split = split_variance(invocations, comparisons, composites)
    if split is not None:
        return VarianceFinding(**split._asdict(), **costs)
    if pilot is None:
        return None
    return VarianceFinding(
        rounds=pilot.rounds,
        replicates=pilot.replicates,
        within=pilot.within,
        between=pilot.between,
        **costs,
    )


def _declared_order(comparisons: Sequence[Comparison]) -> dict[Cell, int]:
    """The place of each cell in the plan, the baseline first in its panel."""
    order: dict[Cell, int] = {}
    for comparison in comparisons:
        for cell in (comparison.baseline, comparison.arm):
            order.setdefault(cell, len(order))
    return order
