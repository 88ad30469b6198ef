"""From a run folder to its findings: hands the stored samples and the plan to the analysis."""

from __future__ import annotations

from bench.analysis.comparisons import Comparison
from bench.analysis.conclude import conclude as analyse
from bench.analysis.factors import Factors
from bench.analysis.findings import Findings
from bench.analysis.quality import VarianceFinding
from bench.plan.phases import COMPOSITES, FIRST_ANSWER, ITERATING
from bench.plan.schedule import Pilot, Plan
from bench.store.folder import RunFolder


def conclude(folder: RunFolder) -> Findings:
    """What the samples stored so far say. Raises ``NotARun`` when they cannot be read."""
    plan, rounds = folder.record.plan, len(folder.rounds())
    measured_s = folder.record.measured_s
    return analyse(
        folder.samples(),
        comparisons(plan),
        composites=COMPOSITES,
        iterating=ITERATING,
        first_answer=FIRST_ANSWER,
        margin=plan.margin,
        confidence=plan.confidence,
        run=folder.record.run,
        status=folder.record.status,
        planned_rounds=plan.rounds,
        round_seconds=measured_s / rounds if measured_s and rounds else None,
        pilot=None if plan.pilot is None else _pilot(plan.pilot),
        environment=dict(folder.record.environment),
        questions={scenario.name: scenario.question for scenario in plan.scenarios},
    )


def _pilot(pilot: Pilot) -> VarianceFinding:
    return VarianceFinding(
        rounds=pilot.rounds,
        replicates=pilot.replicates,
        within=pilot.within,
        between=pilot.between,
        zygote_seconds=pilot.zygote_s,
        replicate_seconds=pilot.replicate_s,
    )


def comparisons(plan: Plan) -> list[Comparison]:
    """The declared family of ``plan`` in the terms of the analysis."""
    return [
        Comparison(
            factors=Factors(**declared.panel.model_dump()),
            phase=declared.phase,
            arm=declared.arm,
            baseline=declared.baseline,
            placebo=declared.placebo,
            headline=declared.headline,
            error_share=declared.error_share,
        )
        for declared in plan.family()
    ]
