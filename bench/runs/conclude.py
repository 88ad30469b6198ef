"""From a run folder to its findings: hands what is stored to the analysis."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

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
from bench.domain.words import printable
from bench.report.answer.compose import compose_answer
from bench.store.documents import Observation, file_of_observation
from bench.store.files import InvalidRun
from bench.store.outcomes import outputs_outcome, profile_outcome
from bench.store.run_folder import RunFolder
from bench.store.soundness import check_samples

if TYPE_CHECKING:
    import pandas as pd

T = TypeVar("T")


def conclude(folder: RunFolder, samples: pd.DataFrame | None = None) -> Findings:
    """What the samples stored so far say. Raises ``InvalidRun`` when they cannot be read.

    ``samples`` are those of all stored rounds, where they are in memory already.
    """
    record = folder.record
    # What is stored while this reads has not been concluded from.
    sources = folder.sources()
    if samples is None:
        samples = folder.samples()
        check_samples(samples, record.plan, folder.path)
    explanations = folder.explanations()
    findings = conclude_samples(
        samples,
        record.plan,
        family(record.plan, _same_programs(record.plan, explanations)),
        run=record.run,
        status=record.status,
        round_seconds=folder.round_seconds,
        environment=dict(record.environment),
        captures=list(_of_cells(folder, Observation.PROFILE, partial(_profile, record.plan))),
        facts=list(_of_cells(folder, Observation.FACTS, _facts)),
        outputs=list(_of_cells(folder, Observation.OUTPUTS, _outputs)),
    )
    named = {name: dict(known) for name, known in record.environments.items()}
    findings = findings.model_copy(update={"environments": named})
    changes = {
        "answer": compose_answer(findings, explanations),
        "failures": tuple(_with_log(folder, each) for each in findings.failures),
        "sources": sources,
    }
    return findings.model_copy(update=changes)


def _with_log(folder: RunFolder, failure: FailureFinding) -> FailureFinding:
    """``failure``, whose log is named where there is one."""
    if failure.log is not None and not (folder.path / failure.log).exists():
        return failure.model_copy(update={"log": None})
    return failure


def _profile(plan: Plan, document: Mapping[str, Any]) -> CapturedProfile:
    outcome, device = profile_outcome(document["outcome"]), plan.device_of(document["cell"])
    return CapturedProfile(**{**document, "outcome": outcome, "device": device})


def _outputs(document: Mapping[str, Any]) -> CellOutputs:
    outputs = document["outputs"]
    return CellOutputs(
        **{**document, "outputs": None if outputs is None else outputs_outcome(outputs)}
    )


def _facts(document: Mapping[str, Any]) -> LifecycleFacts:
    return LifecycleFacts(**document)


def _of_cells(
    folder: RunFolder, kind: Observation, make: Callable[[dict[str, Any]], T]
) -> Iterator[T]:
    """What was observed of cells; each document names its own as panel, arm and environment."""
    for number, document in folder.observations(kind).items():
        try:
            panel, arm, environment = document["cell"]
            yield make({**document, "cell": Cell(Panel(**panel), arm, environment)})
        except (LookupError, TypeError, ValueError, AttributeError) as error:
            path = file_of_observation(folder.path, kind, number)
            raise InvalidRun(f"{path} cannot be read: {printable(repr(error))}") from error


def _same_programs(plan: Plan, explanations: Iterable[Explanation]) -> Collection[Program]:
    """Arms of which an explanation says that they run the program of the run's own baseline."""
    baselines = {each.name: each.baseline for each in plan.scenarios}
    return {
        (explanation.scenario, explanation.architecture, found.arm)
        for explanation in explanations
        if explanation.of_arm is None
        and explanation.environment_name in (None, plan.first_environment)
        for found in explanation.structure
        if found.same_program and found.baseline == baselines.get(explanation.scenario)
    }
