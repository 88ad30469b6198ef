"""Freezes a plan: its run folder is made, and what it will be measured with is settled."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from bench.plan.schedule import Plan
from bench.runner.interpreter import Interpreter
from bench.runner.survey import Survey, environment
from bench.store.folder import RunFolder
from bench.store.locate import new_run_id

STARTS_INSTEAD = (
    "this kernel cannot prepare forked processes (it lacks MADV_POPULATE_WRITE, Linux 5.14): a "
    "process is started for every invocation instead, which takes longer"
)


@dataclass(frozen=True)
class Frozen:
    """A run that is ready to be carried out.

    ``interpreter`` is the surveyed one where the first round may use it; ``note`` is what the user
    must be told, if anything.
    """

    folder: RunFolder
    interpreter: Interpreter | None
    note: str | None


def freeze(plan: Plan, found: Survey, interpreter: Interpreter, runs: Path) -> Frozen:
    """Make the folder of ``plan`` below ``runs``, after ``interpreter`` has been surveyed.

    Where its kernel cannot prepare forked processes, processes are started instead. Raises
    ``OSError`` when the folder cannot be written.
    """
    starts_instead = plan.isolation == "fork" and not found.populate
    if starts_instead:
        plan = plan.model_copy(update={"isolation": "start"})
    names = "+".join(scenario.name for scenario in plan.scenarios)
    folder = RunFolder.create(runs / new_run_id(names), plan, environment(found))
    if starts_instead:
        return Frozen(folder, None, STARTS_INSTEAD)
    return Frozen(folder, interpreter, None)
