"""Collects what scenarios' own lifecycles report with their times, and what their models answer."""

from __future__ import annotations

from typing import Any

from bench.domain.findings.evidence import FactsOutcome, Failure
from bench.domain.panel import Cell
from bench.domain.tries import Failures
from bench.execution.listener import Listener
from bench.execution.passes.observe import observe
from bench.execution.passes.outputs import named_document
from bench.execution.processes.jobs import Completed
from bench.execution.processes.requests import cell_request, job_on
from bench.execution.processes.zygote_pool import ZygotePool
from bench.store.documents import Observation
from bench.store.outcomes import outputs_document
from bench.store.run_folder import RunFolder
from bench.worker.wire.requests import FactsRequest


def store_facts(
    folder: RunFolder, failures: Failures, zygotes: ZygotePool, listener: Listener
) -> None:
    """Store the notes of every cell with a lifecycle of its own, where they are not stored yet.

    What the model answers that the lifecycle hands over is stored with them. Each is stored as soon
    as it is there; those that failed are tried again. Cells that are excluded are left out.
    ``listener`` is called when it begins. Raises ``InterpreterFailed``.
    """
    plan = folder.record.plan
    stored = folder.observations(Observation.FACTS)
    cells = {
        number: cell
        for number, cell in enumerate(plan.cells())
        if plan.scenario(cell.panel.scenario).lifecycle is not None
        and not cell.placebo
        and not failures.is_excluded(cell)
        and stored.get(number, {"failed": True})["failed"]
    }
    if not cells:
        return
    listener.facts_begin(len(cells))

    def store(observed: Completed[tuple[int, Cell], FactsOutcome]) -> None:
        number, cell = observed.key
        outcome = observed.outcome
        outputs = outcome if isinstance(outcome, Failure) else outcome.outputs
        for kind, document in (
            (Observation.OUTPUTS, outputs_document(outputs)),
            (Observation.FACTS, _document(outcome)),
        ):
            folder.write_observation(kind, number, named_document(cell, document))

    jobs = [
        job_on(cell, (number, cell), FactsRequest(cell_request(plan, cell)))
        for number, cell in cells.items()
    ]
    observe(plan, jobs, zygotes, done=store)


def _document(outcome: FactsOutcome | Failure) -> dict[str, Any]:
    if isinstance(outcome, Failure):
        return {"values": {}, "failed": outcome.reason}
    return {"values": outcome.facts, "failed": None}
