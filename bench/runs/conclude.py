"""From a run folder to its findings: hands the stored samples and the plan to the analysis."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any

from bench.analysis.conclude import conclude as analyse
from bench.analysis.summaries.facts import LifecycleFacts
from bench.analysis.summaries.profiles import Capture
from bench.domain.comparison import Comparison
from bench.domain.findings.quality import VarianceFinding
from bench.domain.findings.run import Findings, LifecycleFinding
from bench.domain.panel import Panel
from bench.domain.phases import ITERATING, Phases, call_modes_of
from bench.domain.plan import Pilot, Plan
from bench.store.documents import Observation
from bench.store.outcomes import profile_outcome
from bench.store.run_folder import RunFolder

if TYPE_CHECKING:
    import pandas as pd

Arm = tuple[str, "str | None", str]
"""Scenario, architecture and name of an arm."""


def conclude(folder: RunFolder, samples: pd.DataFrame | None = None) -> Findings:
    """What the samples stored so far say. Raises ``InvalidRun`` when they cannot be read.

    ``samples`` are those of all stored rounds, where they are in memory already.
    """
    plan, rounds = folder.record.plan, len(folder.rounds())
    measured_s = folder.record.measured_s
    return analyse(
        folder.samples() if samples is None else samples,
        comparisons(plan, _same_programs(folder)),
        lifecycles=lifecycles(plan.lifecycles()),
        iterating=ITERATING,
        margin=plan.margin,
        confidence=plan.confidence,
        run=folder.record.run,
        status=folder.record.status,
        planned_rounds=plan.rounds,
        round_seconds=measured_s / rounds if measured_s and rounds else None,
        pilot=None if plan.pilot is None else _pilot(plan.pilot),
        environment=dict(folder.record.environment),
        questions={scenario.name: scenario.question for scenario in plan.scenarios},
        captures=[_capture(each) for each in folder.observations(Observation.PROFILE).values()],
        noted=[_noted(each) for each in folder.observations(Observation.FACTS).values()],
    )


def _capture(document: Mapping[str, Any]) -> Capture:
    outcome = profile_outcome(document["outcome"])
    return Capture(**{**document, "factors": Panel(**document["factors"]), "outcome": outcome})


def _noted(document: Mapping[str, Any]) -> LifecycleFacts:
    return LifecycleFacts(**{**document, "factors": Panel(**document["factors"])})


def _pilot(pilot: Pilot) -> VarianceFinding:
    return VarianceFinding(
        rounds=pilot.rounds,
        replicates=pilot.replicates,
        within=pilot.within,
        between=pilot.between,
        zygote_seconds=pilot.zygote_s,
        replicate_seconds=pilot.replicate_s,
    )


def _same_programs(folder: RunFolder) -> Collection[Arm]:
    """Arms of which an explanation says that they run the program of the run's own baseline."""
    baselines = {each.name: each.baseline for each in folder.record.plan.scenarios}
    return {
        (explanation.scenario, explanation.architecture, found.arm)
        for explanation in folder.explanations()
        for found in explanation.structure
        if found.same_program and found.baseline == baselines.get(explanation.scenario)
    }


def lifecycles(declared: Mapping[str, Phases]) -> dict[str, LifecycleFinding]:
    """What was declared of lifecycles, in the terms of the analysis."""
    return {
        call_mode: LifecycleFinding(
            compared=each.compared,
            composites=dict(each.composites),
            time_to_first_output=each.time_to_first_output,
            first_call=each.first_call,
            answers=each.answers,
            repeats=each.repeats,
        )
        for call_mode, each in declared.items()
    }


def composites(plan: Plan) -> dict[str, Mapping[str, tuple[str, ...]]]:
    """Call mode → composite → the phases that it is the sum of."""
    return {call_mode: each.composites for call_mode, each in plan.lifecycles().items()}


def comparisons(plan: Plan, same_programs: Collection[Arm] = ()) -> list[Comparison]:
    """The declared family of ``plan`` in the terms of the analysis.

    ``same_programs`` are arms known to run the baseline's compiled program.
    """
    return [
        Comparison(
            factors=Panel(**declared.panel.model_dump()),
            phase=declared.phase,
            arm=declared.arm,
            baseline=declared.baseline,
            placebo=declared.placebo,
            headline=declared.headline,
            error_share=declared.error_share,
            same_program=declared.phase == "inference"
            and _is_compiled(declared.panel)
            and (declared.panel.scenario, declared.panel.architecture, declared.arm)
            in same_programs,
        )
        for declared in plan.family()
    ]


def _is_compiled(panel: Panel) -> bool:
    """Whether calls in ``panel`` run the compiled program alone."""
    call_mode = call_modes_of(panel.backend).get(panel.call_mode)
    return call_mode is not None and call_mode.compiled
