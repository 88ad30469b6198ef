"""Compares what models answer, once and without a clock: the ways to call them, and the arms."""

from __future__ import annotations

from typing import Any

from bench.domain.design.plan import Plan
from bench.domain.findings.evidence import Failure, OutputsOutcome
from bench.domain.panel import Cell
from bench.domain.phases import call_modes_of
from bench.domain.tries import Failures
from bench.execution.passes.observe import observe
from bench.execution.processes.jobs import Completed, Job
from bench.execution.processes.requests import cell_request
from bench.store.documents import Observation
from bench.store.outcomes import outputs_document
from bench.store.run_folder import RunFolder
from bench.worker.wire.requests import OutputsRequest


def store_outputs(folder: RunFolder, failures: Failures) -> None:
    """Store what each arm of each architecture answers, where it is not stored yet.

    It is looked at where models have the fewest layers, and only where the plan has time for
    evidence. Cells that are excluded are left out. Raises ``InterpreterFailed``.
    """
    plan = folder.record.plan
    stored = folder.observations(Observation.OUTPUTS)
    numbers = {cell: number for number, cell in enumerate(plan.cells())}
    jobs = [
        Job(cells[0], OutputsRequest(cell_request(plan, cells[0]), _call_modes(cells)))
        for cells in _arms(plan, failures)
        if numbers[cells[0]] not in stored
    ]
    if not plan.evidence_s or not jobs:
        return

    def store(observed: Completed[Cell, OutputsOutcome]) -> None:
        cell = observed.key
        document = _document(cell, observed.outcome)
        folder.write_observation(Observation.OUTPUTS, numbers[cell], document)

    observe(plan, jobs, done=store)


def _arms(plan: Plan, failures: Failures) -> list[list[Cell]]:
    """The cells of each arm where it has the fewest layers, those that infer first."""
    arms: dict[tuple[object, ...], list[Cell]] = {}
    for cell in plan.cells():
        has_calls = plan.scenario(cell.panel.scenario).lifecycle is None
        if has_calls and not cell.placebo and not failures.is_excluded(cell):
            panel = cell.panel
            arm = panel.scenario, panel.architecture, panel.backend, cell.environment, cell.arm
            arms.setdefault(arm, []).append(cell)
    found = []
    for cells in arms.values():
        fewest = min(cell.panel.layers or 0 for cell in cells)
        shallow = [cell for cell in cells if (cell.panel.layers or 0) == fewest]
        found.append(sorted(shallow, key=_trains))
    return found


def _call_modes(cells: list[Cell]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(cell.panel.call_mode for cell in cells if not _trains(cell)))


def _trains(cell: Cell) -> bool:
    return call_modes_of(cell.panel.backend)[cell.panel.call_mode].trains


def _document(cell: Cell, outcome: OutputsOutcome | Failure) -> dict[str, Any]:
    named = [cell.panel.model_dump(), cell.arm, cell.environment]
    return {"cell": named, **outputs_document(outcome)}
