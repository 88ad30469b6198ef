"""Passes over cells that explain them: of their structure, their calls and their work."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from bench.analysis.evidence.explain import PassName
from bench.domain.design.plan import Plan, PlannedScenario
from bench.domain.findings.evidence import Explaining
from bench.domain.panel import Cell
from bench.execution.processes.jobs import Completed, Job
from bench.execution.processes.requests import cell_request, job_on
from bench.worker.wire.requests import GrowthRequest, StructureRequest, WorkRequest


class Task(NamedTuple):
    """One pass over one cell; ``repetition`` tells those apart that do the same."""

    what: PassName
    cell: Cell
    repetition: int = 0


ObservedTask = Completed[Task, Explaining]


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
    """The first cell of each arm, architecture, depth and environment, in one way to call.

    That is the call mode in which there are most of them, the first one of several: what is counted
    of one call mode says nothing about another.
    """
    by_call_mode: dict[str, dict[tuple[object, ...], Cell]] = {}
    for cell in cells:
        first = by_call_mode.setdefault(cell.panel.call_mode, {})
        key = (cell.panel.architecture, cell.panel.layers, cell.arm, cell.environment)
        first.setdefault(key, cell)
    return list(max(by_call_mode.values(), key=len, default={}).values())


def depth_of(cell: Cell) -> int:
    """The layers of ``cell``; 0 for a model without a depth."""
    return cell.panel.layers or 0
