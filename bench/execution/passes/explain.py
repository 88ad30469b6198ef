"""Gathers the evidence without noise: which passes over which cells, and what follows from them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from bench.domain.design.plan import Plan
from bench.domain.findings.explanation import Explanation
from bench.execution.passes.explanations import Environments, explanations
from bench.execution.passes.observe import observe
from bench.execution.passes.tasks import ObservedTask, Task, depth_of, job_of, one_of_each
from bench.execution.processes.interpreter import Interpreters
from bench.execution.processes.zygote_pool import ZygotePool

REPETITIONS = 3
"""Times that all is counted at the shallowest depth, to see which counts are exact."""


def explained(
    plan: Plan,
    environments: Environments,
    interpreters: Interpreters,
    done: Callable[[int, int], None],
) -> list[Explanation]:
    """Why the arms of ``plan`` differ, but for placebos: in each environment, then across them.

    ``environments`` has what is known of each. ``interpreters`` are started ones that may be used;
    they are closed here. ``done`` is called with how many passes are over, and of how many. Raises
    ``InterpreterFailed``.
    """
    jobs = [job_of(plan, task) for task in _tasks(plan)]
    ended = 0

    def note(_: ObservedTask) -> None:
        nonlocal ended
        ended += 1
        done(ended, len(jobs))

    with ZygotePool(plan, interpreters) as zygotes:
        observed = observe(plan, jobs, zygotes, note)
    return explanations(plan, observed, environments)


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
