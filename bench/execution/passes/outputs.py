"""Compares what models answer, once and without a clock: the ways to call them, and the arms."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable, Iterator
from typing import Any

import pandas as pd

from bench.analysis.summaries.failures import completed_cells
from bench.domain import status
from bench.domain.design.plan import Plan
from bench.domain.findings.evidence import Failure, OutputsOutcome
from bench.domain.panel import Cell
from bench.domain.tries import Failures
from bench.execution.listener import Listener
from bench.execution.passes.observe import observe
from bench.execution.processes.requests import cell_request, job_on
from bench.execution.processes.zygote_pool import ZygotePool
from bench.store.documents import Observation
from bench.store.outcomes import outputs_document
from bench.store.run_folder import RunFolder
from bench.worker.wire.requests import OutputsRequest

LEAST_S, SHARE = 12.0, 0.05
"""No pass begins after so many seconds, or so much of the budget where that is more."""

NO_TIME = "no time was left for it"


GIVEN_UP = "it failed too often to be tried again"


def store_outputs(
    folder: RunFolder,
    failures: Failures,
    samples: pd.DataFrame,
    zygotes: ZygotePool,
    listener: Listener,
) -> None:
    """Store what each arm of each architecture answers, where it is not stored yet.

    It is looked at where models have the fewest layers, and then where they have the most, of the
    cells that the ``samples`` of all rounds show to have been measured. What is left out for lack
    of time, or is excluded, is stored as such, and tried again when the run goes on, like what
    failed. Lifecycles of their own are left out (see ``store_facts``). ``listener`` is called when
    it begins. Raises ``InterpreterFailed``.
    """
    plan = folder.record.plan
    stored = folder.observations(Observation.OUTPUTS)
    numbers = {cell: number for number, cell in enumerate(plan.cells())}
    jobs = [
        job_on(
            cells[0],
            cells[0],
            OutputsRequest(cell_request(plan, cells[0]), _call_modes(plan, cells)),
        )
        for cells in _compared(plan, completed_cells(samples))
        if stored.get(numbers[cells[0]], {"failed": True})["failed"]
    ]
    if not jobs:
        return
    listener.outputs_begin()

    def store(cell: Cell, outcome: OutputsOutcome | Failure) -> None:
        folder.write_observation(
            Observation.OUTPUTS, numbers[cell], named_document(cell, outputs_document(outcome))
        )

    for job in jobs:
        if failures.is_excluded(job.key):
            store(job.key, Failure(status.UNAVAILABLE, GIVEN_UP))
    jobs = [job for job in jobs if not failures.is_excluded(job.key)]
    deadline = time.monotonic() + max(LEAST_S, SHARE * plan.budget_s)
    observed = observe(
        plan,
        jobs,
        zygotes,
        done=lambda completed: store(completed.key, completed.outcome),
        is_wanted=lambda _: time.monotonic() < deadline,
    )
    done = {each.key for each in observed}
    for job in jobs:
        if job.key not in done:
            store(job.key, Failure(status.UNAVAILABLE, NO_TIME))


def named_document(cell: Cell, document: dict[str, Any]) -> dict[str, Any]:
    """``document`` of an observation, with the cell that was observed."""
    return {"cell": [cell.panel.model_dump(), cell.arm, cell.environment], **document}


def _compared(plan: Plan, measured: Collection[Cell]) -> Iterator[list[Cell]]:
    """The cells of each arm where it has the fewest layers, those that infer first; then the most.

    Of what is not compared with anything, one depth says how it is compiled.
    """
    groups: dict[tuple[object, ...], dict[tuple[str, str], list[Cell]]] = {}
    for cell in plan.cells():
        has_calls = plan.scenario(cell.panel.scenario).lifecycle is None
        if has_calls and not cell.placebo and cell in measured:
            panel = cell.panel
            arms = groups.setdefault((panel.scenario, panel.architecture), {})
            arms.setdefault((cell.arm, cell.environment), []).append(cell)
    deepest = []
    for arms in groups.values():
        for cells in arms.values():
            depths = {cell.panel.layers or 0 for cell in cells}
            yield _at(plan, min(depths), cells)
            is_compared = len(arms) > 1 or len(_call_modes(plan, cells)) > 1
            if is_compared and len(depths) > 1:
                deepest.append(_at(plan, max(depths), cells))
    yield from deepest


def _at(plan: Plan, depth: int, cells: Iterable[Cell]) -> list[Cell]:
    mine = (cell for cell in cells if (cell.panel.layers or 0) == depth)
    return sorted(mine, key=lambda cell: plan.call_mode_of(cell.panel).trains)


def _call_modes(plan: Plan, cells: Iterable[Cell]) -> tuple[str, ...]:
    infer = (cell for cell in cells if not plan.call_mode_of(cell.panel).trains)
    return tuple(dict.fromkeys(cell.panel.call_mode for cell in infer))
