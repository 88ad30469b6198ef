"""Gathers the evidence without noise: which passes over which cells, and what follows from them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from bench.analysis.evidence.explain import Evidence, PassName, explain
from bench.domain.design.plan import Plan, PlannedScenario
from bench.domain.findings.evidence import Explaining
from bench.domain.findings.explanation import Explanation
from bench.domain.panel import Cell
from bench.domain.phases import MAKING_READY, READY
from bench.execution.passes.observe import observe
from bench.execution.processes.dispatcher import Completed, Job
from bench.execution.processes.environment import Environment
from bench.execution.processes.interpreter import Interpreter
from bench.execution.processes.requests import cell_request
from bench.worker.wire.requests import GrowthRequest, StructureRequest, WorkRequest

REPETITIONS = 3
"""Times that all is counted at the shallowest depth, to see which counts are exact."""


class Task(NamedTuple):
    """One pass over one cell; ``repetition`` tells those apart that do the same."""

    what: PassName
    cell: Cell
    repetition: int = 0


ObservedTask = Completed[Task, Explaining]


def explained(
    plan: Plan,
    environment: Environment,
    interpreter: Interpreter | None,
    done: Callable[[int, int], None],
) -> list[Explanation]:
    """An explanation for each scenario and architecture of ``plan``, the placebo left out.

    ``interpreter`` is a started one that may be used; it is closed here. ``done`` is called with
    how many passes are over, and of how many. Raises ``InterpreterFailed``.
    """
    jobs = list(_jobs(plan))
    ended = 0

    def note(_: ObservedTask) -> None:
        nonlocal ended
        ended += 1
        done(ended, len(jobs))

    observed = observe(plan, jobs, interpreter, note)
    groups = dict.fromkeys((cell.panel.scenario, cell.panel.architecture) for cell in plan.cells())
    return [
        explain(
            [_evidence(each) for each in observed if _group(each) == (name, architecture)],
            scenario=name,
            architecture=architecture,
            arms=[arm.name for arm in plan.scenario(name).arms if not arm.placebo],
            baseline=plan.scenario(name).baseline,
            phases=explained_phases(plan.scenario(name)),
            composites=_composites(plan.scenario(name)),
            environment=environment,
        )
        for name, architecture in groups
    ]


def explained_phases(scenario: PlannedScenario) -> tuple[str, ...]:
    """What is explained: how a model comes to be, or what a lifecycle of its own is about."""
    lifecycle = scenario.lifecycle
    if lifecycle is None:
        return ("construct",)
    return tuple(each for each in scenario.headline if each in lifecycle.phases) or lifecycle.phases


def _composites(scenario: PlannedScenario) -> dict[str, tuple[str, ...]]:
    """Where an arm puts work off until ``build``, arms are compared in ``ready``."""
    deferred = scenario.lifecycle is None and any(arm.deferred for arm in scenario.arms)
    return {READY: MAKING_READY} if deferred else {}


def _jobs(plan: Plan) -> Iterator[Job[Task, Explaining]]:
    for name in dict.fromkeys(panel.scenario for panel in plan.panels):
        cells = _one_of_each(
            cell for cell in plan.cells() if cell.panel.scenario == name and not cell.placebo
        )
        phase = explained_phases(plan.scenario(name))[0]
        for cell in cells:
            alike = (each for each in cells if each.panel.architecture == cell.panel.architecture)
            depths = sorted({each.panel.layers or 0 for each in alike})
            place = depths.index(cell.panel.layers or 0)
            for repetition in range(1 if place else REPETITIONS):
                asked = cell_request(plan, cell)
                if len(depths) > 1:
                    yield Job(Task("growth", cell, repetition), GrowthRequest(asked))
                yield Job(Task("work", cell, repetition), WorkRequest(asked, lines_of=phase))
            if place == min(1, len(depths) - 1):
                yield Job(Task("structure", cell), StructureRequest(cell_request(plan, cell)))


def _one_of_each(cells: Iterable[Cell]) -> list[Cell]:
    """The first cell of each arm, architecture and depth: work is explained of one way to call."""
    first: dict[tuple[object, ...], Cell] = {}
    for cell in cells:
        first.setdefault((cell.panel.architecture, cell.panel.layers, cell.arm), cell)
    return list(first.values())


def _group(observed: ObservedTask) -> tuple[str, str | None]:
    panel = observed.key.cell.panel
    return panel.scenario, panel.architecture


def _evidence(observed: ObservedTask) -> Evidence:
    cell = observed.key.cell
    return Evidence(
        what=observed.key.what,
        arm=cell.arm,
        layers=cell.panel.layers,
        repetition=observed.key.repetition,
        outcome=observed.outcome,
    )
