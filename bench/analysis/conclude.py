"""From the samples of a run to its findings: every idea of this package, in order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from bench.analysis.arrays import Floats
from bench.analysis.compare import comparison_findings
from bench.analysis.diagnostics.noise import noise_finding, noise_warnings
from bench.analysis.diagnostics.order_effects import order_finding, order_warnings
from bench.analysis.diagnostics.phase_sums import phase_sum_warnings
from bench.analysis.diagnostics.warnings import (
    core_speed_warnings,
    margin_warnings,
    shared_device_warnings,
    throttle_warnings,
)
from bench.analysis.inference.break_even import break_even_findings
from bench.analysis.inference.duplicates import without_duplicates
from bench.analysis.inference.effects import effect_of
from bench.analysis.inference.intervals import rounds_to_exclude
from bench.analysis.inference.joint import judge_claims
from bench.analysis.inference.variance import split_variance
from bench.analysis.samples.costs import SoloInvocations, run_costs, solo_invocations
from bench.analysis.samples.invocations import Invocations, to_invocations
from bench.analysis.samples.rounds import reduce_rounds
from bench.analysis.samples.steady_state import SteadyStates
from bench.analysis.scaling.curves import declared_curves
from bench.analysis.scaling.growth import scaling_finding, with_growth_of_equals
from bench.analysis.summaries.call_modes import call_modes_findings
from bench.analysis.summaries.cells import cell_findings
from bench.analysis.summaries.facts import LifecycleFacts, facts_warnings
from bench.analysis.summaries.failures import (
    completed_cells,
    failure_findings,
    framework_failures,
)
from bench.analysis.summaries.imports import import_findings
from bench.analysis.summaries.inputs import invented_findings
from bench.analysis.summaries.memory_growth import memory_growth_findings
from bench.analysis.summaries.outputs import CellOutputs, compiled_facts, outputs_warnings
from bench.analysis.summaries.profiles import (
    CapturedProfile,
    all_profiles_finding,
    overhead_findings,
    profile_findings,
    profile_warnings,
)
from bench.analysis.summaries.warm_up import steady_findings, steady_phase_findings, steady_warnings
from bench.domain.design.comparison import Comparison
from bench.domain.design.joint import joint_claims
from bench.domain.design.plan import Pilot, Plan
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
    outputs: Sequence[CellOutputs] = (),
) -> Findings:
    """Everything that the ``samples`` of a run say about the declared ``comparisons``.

    ``samples`` is the table of samples, of any number of rounds; what is returned holds after every
    round (see ``intervals``). Each declared comparison has a finding, measured or not, in the order
    declared, except those that the samples show to repeat another (see ``duplicates``). The scaling
    family of a metric has an error budget of its own, as large as that of its comparisons. ``plan``
    gives the phases, the joint claims, the margins, the confidence and the pilot.
    ``round_seconds`` is what a round takes; ``captures`` are the run's profiles, ``facts`` what its
    lifecycles report with the timings, and ``outputs`` what its models answer. The remaining
    arguments are passed on.
    """
    lifecycles, margin = plan.lifecycles(), plan.margin
    composites = plan.composites()
    invocations = to_invocations(samples)
    solo = solo_invocations(invocations)
    costs, solo_costs = run_costs(invocations, plan, solo)
    as_measured = reduce_rounds(
        solo.measured,
        composites=composites,
        iterating=ITERATING,
        steady=_as_measured(solo),
        rounds=costs.rounds,
    )
    budget = round(1 - plan.confidence, 12)
    rounds = 0 if samples.empty else int(samples["round"].nunique())
    distinct = without_duplicates(comparisons, invocations, composites)
    effects = [effect_of(comparison, costs, solo_costs) for comparison in distinct]
    joint = judge_claims(joint_claims(plan, comparisons), effects, plan)
    failures = failure_findings(samples, plan.panels)
    compared = comparison_findings(
        effects, plan, joint, rounds, round_seconds, failed={each.cell for each in failures}
    )
    timed = [comparison for comparison in distinct if comparison.metric is SECONDS]
    timings = compared[: len(timed)]
    order = order_finding(solo.corrected, invocations)
    placebos = [comparison for comparison in timed if comparison.placebo]
    noise = noise_finding(
        timings, effects[: len(timed)], [effect_of(each, as_measured) for each in placebos]
    )
    steady = steady_findings(solo.corrected, solo.steady, ITERATING)
    steady_phases = steady_phase_findings(steady)
    scaling = (scaling_finding(curve, costs) for curve in declared_curves(comparisons, budget))
    cells = cell_findings(costs, _declared_order(comparisons), budget)
    profiles = profile_findings(captures, cells)
    needed = _rounds_needed(timed)
    return Findings(
        run=run,
        status=status,
        controls_passed=noise.false_alarm_probability > budget,
        rounds=rounds,
        planned_rounds=plan.rounds,
        rounds_needed=needed,
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
        joint=joint.findings,
        scaling=with_growth_of_equals(
            [finding for finding in scaling if finding is not None], compared, margin
        ),
        order=order,
        noise=noise,
        variance=_variance(
            solo.corrected if plan.co_scheduling is None else invocations,
            comparisons,
            composites,
            plan.pilot,
        ),
        steady=steady,
        steady_phases=steady_phases,
        break_even=break_even_findings(
            [
                each
                for each in timed
                if each.phase in ITERATING and (plan.devices or not each.across)
            ],
            costs,
            start={name: each.time_to_first_output or "" for name, each in lifecycles.items()},
        ),
        call_modes=call_modes_findings(costs, lifecycles, budget),
        cells=cells,
        imports=import_findings(samples, budget, list(plan.environments)),
        memory_growth=memory_growth_findings(samples, budget),
        facts=(*(fact for each in facts for fact in each.findings), *compiled_facts(outputs)),
        invented=invented_findings(samples),
        profiles=profiles,
        all_profiles=all_profiles_finding(profiles),
        profiling=overhead_findings(profiles),
        failures=failures,
        warnings=(
            *framework_failures(samples),
            *outputs_warnings(
                outputs,
                {each.name: each.baseline for each in plan.scenarios},
                {each.cell for each in failures} - completed_cells(samples),
            ),
            *phase_sum_warnings(solo.measured),
            *noise_warnings(timings),
            # A run that compares nothing, or is too short for any verdict, judges by no margin.
            *(margin_warnings(timings, margin, plan.rounds) if 0 < needed <= rounds else ()),
            *throttle_warnings(samples),
            *shared_device_warnings(samples),
            *core_speed_warnings(samples, plan.devices),
            *order_warnings(order),
            *steady_warnings(steady_phases),
            *profile_warnings(captures),
            *facts_warnings(facts),
        ),
    )


def _rounds_needed(timed: Sequence[Comparison]) -> int:
    """The fewest rounds that bound a headline's ratio, or without headlines any; 0 of nothing."""
    claims = [each for each in timed if not each.placebo and each.error_share > 0]
    headlines = [each for each in claims if each.headline] or claims
    return min((rounds_to_exclude(each.error_share) for each in headlines), default=0)


def _as_measured(solo: SoloInvocations) -> SteadyStates:
    """The steady parts without the correction, which scales all calls of an invocation alike."""
    measured, corrected, parts = solo

    def uncorrected(steady: Floats, values: Floats, raw: Floats) -> Floats:
        with np.errstate(invalid="ignore", divide="ignore"):
            result: Floats = steady * (raw / values).reshape(-1)
        return result

    return replace(
        parts,
        seconds=uncorrected(parts.seconds, corrected.seconds, measured.seconds),
        cpu_seconds=uncorrected(parts.cpu_seconds, corrected.cpu_seconds, measured.cpu_seconds),
    )


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
