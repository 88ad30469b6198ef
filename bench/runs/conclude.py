"""From a run folder to its findings: hands what is stored to the analysis."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from bench.analysis.conclude import conclude as conclude_samples
from bench.analysis.summaries.facts import LifecycleFacts
from bench.analysis.summaries.outputs import CellOutputs
from bench.analysis.summaries.profiles import CapturedProfile
from bench.domain.design.comparison import Program, family
from bench.domain.design.plan import Plan
from bench.domain.findings.costs import FailureFinding
from bench.domain.findings.explanation import Explanation
from bench.domain.findings.run import Findings
from bench.domain.panel import Cell, Panel
from bench.report.answer.compose import compose_answer
from bench.store.documents import Observation
from bench.store.outcomes import outputs_outcome, profile_outcome
from bench.store.run_folder import RunFolder

if TYPE_CHECKING:
    import pandas as pd


def conclude(folder: RunFolder, samples: pd.DataFrame | None = None) -> Findings:
    """What the samples stored so far say. Raises ``InvalidRun`` when they cannot be read.

    ``samples`` are those of all stored rounds, where they are in memory already.
    """
    record, rounds = folder.record, len(folder.rounds())
    explanations = folder.explanations()
    findings = conclude_samples(
        folder.samples() if samples is None else samples,
        record.plan,
        family(record.plan, _same_programs(record.plan, explanations)),
        run=record.run,
        status=record.status,
        round_seconds=record.measured_s / rounds if record.measured_s and rounds else None,
        environment=dict(record.environment),
        captures=[_profile(each) for each in _of_cells(folder, Observation.PROFILE)],
        facts=[LifecycleFacts(**each) for each in _of_cells(folder, Observation.FACTS)],
        outputs=[_outputs(each) for each in _of_cells(folder, Observation.OUTPUTS)],
    )
    changes = {
        "answer": compose_answer(findings, explanations),
        "failures": tuple(_with_log(folder, each) for each in findings.failures),
    }
    return findings.model_copy(update=changes)


def _with_log(folder: RunFolder, failure: FailureFinding) -> FailureFinding:
    """``failure``, whose log is named where there is one."""
    if failure.log is not None and not (folder.path / failure.log).exists():
        return failure.model_copy(update={"log": None})
    return failure


def _profile(document: Mapping[str, Any]) -> CapturedProfile:
    return CapturedProfile(**{**document, "outcome": profile_outcome(document["outcome"])})


def _outputs(document: Mapping[str, Any]) -> CellOutputs:
    outputs = document["outputs"]
    return CellOutputs(
        **{**document, "outputs": None if outputs is None else outputs_outcome(outputs)}
    )


def _of_cells(folder: RunFolder, kind: Observation) -> Iterator[dict[str, Any]]:
    """What was observed of cells; each document names its own as panel, arm and environment."""
    for document in folder.observations(kind).values():
        panel, arm, environment = document["cell"]
        yield {**document, "cell": Cell(Panel(**panel), arm, environment)}


def _same_programs(plan: Plan, explanations: Iterable[Explanation]) -> Collection[Program]:
    """Arms of which an explanation says that they run the program of the run's own baseline."""
    baselines = {each.name: each.baseline for each in plan.scenarios}
    return {
        (explanation.scenario, explanation.architecture, found.arm)
        for explanation in explanations
        for found in explanation.structure
        if found.same_program and found.baseline == baselines.get(explanation.scenario)
    }


def composites(plan: Plan) -> dict[str, Mapping[str, tuple[str, ...]]]:
    """Call mode → composite → the phases that it is the sum of."""
    return {call_mode: each.composites for call_mode, each in plan.lifecycles().items()}
