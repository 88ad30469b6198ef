"""Gathers the evidence without noise: which passes over which cells, and what follows from them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import NamedTuple

from bench.analysis.evidence.explain import Evidence, PassName, explain
from bench.domain.design.plan import Plan, PlannedScenario
from bench.domain.findings.evidence import Explaining
from bench.domain.findings.explanation import Explanation, PassLeftOut
from bench.domain.panel import Cell
from bench.domain.phases import MAKING_READY, READY
from bench.execution.passes.observe import observe
from bench.execution.processes.interpreter import Interpreters
from bench.execution.processes.jobs import Completed, Job
from bench.execution.processes.requests import cell_request, job_on
from bench.execution.processes.zygote_pool import ZygotePool
from bench.worker.wire.requests import GrowthRequest, StructureRequest, WorkRequest

REPETITIONS = 3
"""Times that all is counted at the shallowest depth, to see which counts are exact."""

Group = tuple[str, "str | None"]
"""What one explanation is of: a scenario and an architecture."""


class Task(NamedTuple):
    """One pass over one cell; ``repetition`` tells those apart that do the same."""

    what: PassName
    cell: Cell
    repetition: int = 0

    @property
    def group(self) -> Group:
        """The scenario and the architecture that it helps to explain."""
        return self.cell.panel.scenario, self.cell.panel.architecture


ObservedTask = Completed[Task, Explaining]


def explained(
    plan: Plan,
    environment: Mapping[str, str | int | float | None],
    interpreters: Interpreters,
    done: Callable[[int, int], None],
) -> list[Explanation]:
    """An explanation for each scenario and architecture of ``plan``, the placebo left out.

    ``interpreters`` are started ones that may be used; they are closed here. ``done`` is called
    with how many passes are over, and of how many. Raises ``InterpreterFailed``.
    """
    jobs = [job_of(plan, task) for task in _tasks(plan)]
    ended = 0

    def note(_: ObservedTask) -> None:
        nonlocal ended
        ended += 1
        done(ended, len(jobs))

    with ZygotePool(plan, interpreters) as zygotes:
        observed = observe(plan, jobs, zygotes, note)
    return explanations(plan, observed, environment)


def explanations(
    plan: Plan,
    observed: Iterable[ObservedTask],
    environment: Mapping[str, str | int | float | None],
    left_out: Collection[Task] = (),
) -> list[Explanation]:
    """What follows from what was ``observed`` of ``plan``, for each scenario and architecture.

    ``left_out`` are passes for which there was no time.
    """
    found: dict[Group, list[ObservedTask]] = {}
    for each in observed:
        found.setdefault(each.key.group, []).append(each)
    for task in left_out:
        found.setdefault(task.group, [])
    groups = dict.fromkeys((cell.panel.scenario, cell.panel.architecture) for cell in plan.cells())
    return [
        explain(
            [_evidence(each) for each in found[name, architecture]],
            scenario=name,
            architecture=architecture,
            arms=[arm.name for arm in plan.scenario(name).arms if not arm.placebo],
            baseline=plan.scenario(name).baseline,
            phases=explained_phases(plan.scenario(name)),
            composites=_composites(plan.scenario(name)),
            environment=environment,
            left_out=[
                PassLeftOut(what=each.what, arm=each.cell.arm, layers=each.cell.panel.layers)
                for each in left_out
                if each.group == (name, architecture)
            ],
            call_modes=_call_modes(plan, found[name, architecture], left_out, name),
        )
        for name, architecture in groups
        if (name, architecture) in found
    ]


def _call_modes(
    plan: Plan, observed: Iterable[ObservedTask], left_out: Iterable[Task], scenario: str
) -> list[str]:
    """Those of ``scenario``: first the one whose calls are counted."""
    counted = [task.cell for task in (*(each.key for each in observed), *left_out)]
    panels = [cell.panel for cell in (*counted, *plan.cells())]
    return list(dict.fromkeys(each.call_mode for each in panels if each.scenario == scenario))


def explained_phases(scenario: PlannedScenario) -> tuple[str, ...]:
    """What is explained: how a model comes to be, or what a lifecycle of its own is about."""
    lifecycle = scenario.lifecycle
    if lifecycle is None:
        return ("construct",)
    return tuple(each for each in scenario.headline if each in lifecycle.phases) or lifecycle.phases


def job_of(plan: Plan, task: Task) -> Job[Task, Explaining]:
    """The job that carries out ``task``."""
    asked = cell_request(plan, task.cell)
    if task.what == "growth":
        return job_on(task.cell, task, GrowthRequest(asked))
    if task.what == "work":
        phase = explained_phases(plan.scenario(task.cell.panel.scenario))[0]
        return job_on(task.cell, task, WorkRequest(asked, lines_of=phase))
    return job_on(task.cell, task, StructureRequest(asked))


def one_of_each(cells: Iterable[Cell]) -> list[Cell]:
    """The first cell of each arm, architecture and depth: work is explained of one way to call.

    That is the call mode in which there are most of them, the first one of several: what is counted
    of one call mode says nothing about another.
    """
    by_call_mode: dict[str, dict[tuple[object, ...], Cell]] = {}
    for cell in cells:
        first = by_call_mode.setdefault(cell.panel.call_mode, {})
        first.setdefault((cell.panel.architecture, cell.panel.layers, cell.arm), cell)
    return list(max(by_call_mode.values(), key=len, default={}).values())


def depth_of(cell: Cell) -> int:
    """The layers of ``cell``; 0 for a model without a depth."""
    return cell.panel.layers or 0


def _composites(scenario: PlannedScenario) -> dict[str, tuple[str, ...]]:
    """Where an arm puts work off until ``build``, arms are compared in ``ready``."""
    deferred = scenario.lifecycle is None and any(arm.deferred for arm in scenario.arms)
    return {READY: MAKING_READY} if deferred else {}


def _tasks(plan: Plan) -> Iterator[Task]:
    for name in dict.fromkeys(panel.scenario for panel in plan.panels):
        cells = one_of_each(
            cell for cell in plan.cells() if cell.panel.scenario == name and not cell.placebo
        )
        for cell in cells:
            alike = (each for each in cells if each.panel.architecture == cell.panel.architecture)
            depths = sorted({depth_of(each) for each in alike})
            place = depths.index(depth_of(cell))
            for repetition in range(1 if place else REPETITIONS):
                yield Task("growth", cell, repetition)
                yield Task("work", cell, repetition)
            if place == min(1, len(depths) - 1):
                yield Task("structure", cell)


def _evidence(observed: ObservedTask) -> Evidence:
    task = observed.key
    return Evidence(
        what=task.what,
        arm=task.cell.arm,
        layers=task.cell.panel.layers,
        repetition=task.repetition,
        outcome=observed.outcome,
    )
