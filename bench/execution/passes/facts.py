"""Has scenarios' own lifecycles say what is to be known beside the times."""

from __future__ import annotations

from typing import Any

from bench.domain.plan import Cell
from bench.execution.failures import Failures
from bench.execution.listener import Listener
from bench.execution.passes.dispatch import Observed, Task, observe
from bench.store.documents import Observation
from bench.store.run_folder import RunFolder


def store_facts(folder: RunFolder, failures: Failures, listener: Listener) -> None:
    """Store the notes of every cell with a lifecycle of its own, where they are not stored yet.

    Each is stored as soon as it is there; those that failed are tried again. Cells that were given
    up are left out. ``listener`` is told when it begins. Raises ``InterpreterFailed``.
    """
    plan = folder.record.plan
    stored = folder.observations(Observation.FACTS)
    cells = {
        number: cell
        for number, cell in enumerate(plan.cells())
        if plan.scenario(cell.panel.scenario).lifecycle is not None
        and not cell.arm.placebo
        and not failures.is_excluded(cell)
        and stored.get(number, {"failed": True})["failed"]
    }
    if not cells:
        return
    listener.facts_begin(len(cells))
    numbers = list(cells)

    def store(place: int, observed: Observed) -> None:
        folder.write_observation(Observation.FACTS, numbers[place], _document(observed))

    observe(plan, [Task("facts", cell) for cell in cells.values()], done=store)


def _document(observed: Observed) -> dict[str, Any]:
    cell: Cell = observed.task.cell
    outcome = observed.outcome
    return {
        "factors": cell.panel.model_dump(),
        "arm": cell.arm.name,
        "values": outcome["notes"] if observed.succeeded else {},
        "failed": None if observed.succeeded else outcome["reason"],
    }
