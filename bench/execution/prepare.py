"""Freezes a plan: its run folder is made, and what it will be measured with is settled."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.domain.design.plan import Plan
from bench.execution.environments.made import made_of
from bench.execution.processes.environment import Survey, environment, environments
from bench.execution.processes.interpreter import Interpreters
from bench.execution.rounds.pilot import choose_replicates
from bench.store.locate import new_run_id
from bench.store.run_folder import RunFolder

STARTS_INSTEAD = (
    "this kernel cannot prepare forked processes (it lacks MADV_POPULATE_WRITE, Linux 5.14): a "
    "process is started for every invocation instead, which takes longer"
)


@dataclass(frozen=True)
class PreparedRun:
    """A run that is ready to be carried out; the first round may use ``interpreters``, if any."""

    folder: RunFolder
    interpreters: Interpreters


def freeze(
    plan: Plan,
    surveys: Mapping[str, Survey],
    interpreters: Interpreters,
    runs: Path,
    say: Callable[[str], None],
    command: Sequence[str] = (),
) -> PreparedRun:
    """Settle ``plan`` and make its folder below ``runs``, after its ``interpreters`` were surveyed.

    Where its kernel cannot prepare forked processes, processes are started instead; where the plan
    wants a pilot, it is made, and chooses the replicates. ``say`` is told of both. ``command`` has
    the words that began the run. Raises ``OSError`` when the folder cannot be written, and
    ``InterpreterFailed``.
    """
    unused = interpreters
    code = {name: digest for each in surveys.values() for name, digest in each.code.items()}
    if plan.isolation == "fork" and not all(each.populate for each in surveys.values()):
        say(STARTS_INSTEAD)
        instead = {"isolation": "start", "co_scheduling": None}
        plan, unused = plan.model_copy(update=instead), {}
    plan, unused = choose_replicates(plan, unused, say)
    run = new_run_id(*(scenario.name for scenario in plan.scenarios))
    known = environment(next(iter(surveys.values())), plan)
    several = environments(surveys, plan)
    for name, facts in (several or {plan.first_environment: known}).items():
        facts.update(made_of(plan.environments[name]))
    folder = RunFolder.create(runs / run, plan, known, several, command, code)
    return PreparedRun(folder, unused)
