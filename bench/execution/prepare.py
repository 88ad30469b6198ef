"""Freezes a plan: its run folder is made, and what it will be measured with is settled."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bench.domain.design.plan import Plan
from bench.execution.processes.environment import Survey, environment
from bench.execution.processes.interpreter import Interpreter
from bench.execution.rounds.pilot import choose_replicates
from bench.store.locate import new_run_id
from bench.store.run_folder import RunFolder

STARTS_INSTEAD = (
    "this kernel cannot prepare forked processes (it lacks MADV_POPULATE_WRITE, Linux 5.14): a "
    "process is started for every invocation instead, which takes longer"
)


@dataclass(frozen=True)
class PreparedRun:
    """A run that is ready to be carried out; the first round may use ``interpreter``, if any."""

    folder: RunFolder
    interpreter: Interpreter | None


def freeze(
    plan: Plan, found: Survey, interpreter: Interpreter, runs: Path, say: Callable[[str], None]
) -> PreparedRun:
    """Settle ``plan`` and make its folder below ``runs``, after ``interpreter`` was surveyed.

    Where its kernel cannot prepare forked processes, processes are started instead; where the plan
    wants a pilot, it is made, and chooses the replicates. ``say`` is told of both. Raises
    ``OSError`` when the folder cannot be written, and ``InterpreterFailed``.
    """
    unused: Interpreter | None = interpreter
    if plan.isolation == "fork" and not found.populate:
        say(STARTS_INSTEAD)
        plan, unused = plan.model_copy(update={"isolation": "start"}), None
    plan, unused = choose_replicates(plan, unused, say)
    run = new_run_id(*(scenario.name for scenario in plan.scenarios))
    return PreparedRun(RunFolder.create(runs / run, plan, environment(found, plan)), unused)
