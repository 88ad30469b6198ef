"""Adds evidence to a run: once its rounds are over, programs are compared and calls counted.

It is what ``bench explain`` gathers, at the depths of the run and in a time that its plan bounds.
What a reader asks first comes first: are the models the same program, which calls do the arms
make whose time differs most, which do the others make, and last what they retain.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import pairwise

import pandas as pd

from bench.analysis.evidence.explain import PassName
from bench.domain.design.plan import Plan
from bench.domain.panel import CELL_FIELDS, Cell
from bench.domain.phases import INVOCATION
from bench.domain.status import OK
from bench.domain.tries import Failures
from bench.execution.listener import Listener
from bench.execution.passes.explanations import Group, explanations, group_of, name_of
from bench.execution.passes.observe import observe
from bench.execution.passes.tasks import ObservedTask, Task, depth_of, job_of, one_of_each
from bench.execution.processes.zygote_pool import ZygotePool
from bench.store.run_folder import RunFolder

DEPTHS_OF_A_LAW = 4
"""Depths at which calls are counted: a quadratic law has three coefficients and takes one more."""

RECOUNTS = 2
"""Times that the baseline is counted at its shallowest depth, to see which counts are exact."""

ORDER: tuple[PassName, ...] = ("structure", "growth", "work")
"""The passes in the order in which they are given up last."""

SLOWDOWN, START_S = 3.0, 0.3
"""A pass takes about this many times as long as the fastest timed invocation of its cell, and these
seconds more: inline and incremental at 64 layers 1.4 and 3.3 s for calls, 1.9 and 4.3 s for what is
retained, where the fastest invocations took 0.4 and 1.0 s.
"""


def store_evidence(
    folder: RunFolder,
    failures: Failures,
    samples: pd.DataFrame,
    zygotes: ZygotePool,
    listener: Listener,
) -> None:
    """Explain the arms of a run, within ``evidence_s`` of its plan, and store the explanations.

    Scenarios and architectures that are explained already are left alone, and so are cells that are
    excluded. The ``samples`` of all rounds say which passes come first and which have no time left.
    The explanation says which are left out. ``listener`` is called when it begins. Raises
    ``InterpreterFailed``.
    """
    plan = folder.record.plan
    stored = {
        Group(
            each.scenario,
            each.architecture,
            each.environment_name or plan.first_environment,
        )
        for each in folder.explanations()
        if each.of_arm is None
    }
    cells = [cell for cell in plan.cells() if not cell.placebo and not failures.is_excluded(cell)]
    seconds = fastest_seconds(samples)
    tasks = [
        task
        for task in evidence_tasks(plan, cells, seconds)
        if group_of(plan, task.cell) not in stored
    ]
    if not plan.evidence_s or not tasks:
        return
    listener.evidence_begins(plan.evidence_s)
    timer = PassTimer(time.monotonic() + plan.evidence_s, seconds)
    observed: list[ObservedTask] = observe(
        # No single pass takes more than all of them may.
        plan.model_copy(update={"timeout_s": min(plan.timeout_s, plan.evidence_s)}),
        [job_of(plan, task) for task in tasks],
        zygotes,
        done=timer.note,
        is_wanted=timer.has_time_for,
        in_order=True,
    )
    done = {each.key for each in observed}
    left_out = [task for task in tasks if task not in done]
    known = folder.record.environments
    environments = {name: known.get(name, folder.record.environment) for name in plan.environments}
    for explanation in explanations(plan, observed, environments, left_out):
        folder.write_explanation(explanation)


class PassTimer:
    """Whether there is time for a pass before ``deadline``, at the pace of those that are over."""

    def __init__(self, deadline: float, seconds: Callable[[Cell], float]) -> None:
        self._deadline = deadline
        self._seconds = seconds
        self._expected_s = self._taken_s = 0.0

    def note(self, observed: ObservedTask) -> None:
        """Learn from a pass that is over."""
        if observed.process_ns is not None:
            self._expected_s += self._expected(observed.key)
            self._taken_s += observed.process_ns / 1e9

    def has_time_for(self, task: Task) -> bool:
        """Whether ``task`` is expected to end in time."""
        pace = max(1.0, self._taken_s / self._expected_s) if self._expected_s else 1.0
        return time.monotonic() + pace * self._expected(task) <= self._deadline

    def _expected(self, task: Task) -> float:
        return START_S + SLOWDOWN * self._seconds(task.cell)


def evidence_tasks(
    plan: Plan, cells: Sequence[Cell], seconds: Callable[[Cell], float]
) -> list[Task]:
    """The passes that explain ``cells`` of ``plan``, the most important first.

    Structure is compared at one depth. Calls are counted at every depth, and where there are
    several at as many more in between as a law takes; what is retained, at the depths of the cells.
    An arm is examined at all of its depths before the next; the baseline comes first, then the arms
    whose ``seconds`` differ most from its own at the deepest.
    """
    groups: dict[Group, list[Cell]] = {}
    for cell in cells:
        groups.setdefault(group_of(plan, cell), []).append(cell)
    tasks = []
    for group, members in groups.items():
        baseline = plan.scenario(group.scenario).baseline
        arms = _by_difference(plan, one_of_each(members), baseline, seconds)
        tasks += [
            (ORDER.index(what), place, task)
            for what in ORDER
            for place, arm in enumerate(arms)
            for task in _tasks_of_arm(what, arms, arm, arm == baseline)
        ]
    return [task for *_, task in sorted(tasks, key=lambda each: each[:2])]


def law_depths(depths: Iterable[int]) -> list[int]:
    """``depths``, ascending, with the shallowest ones in between that make them enough for a law.

    One depth alone stays alone; where no whole number is left in between, there are fewer.
    """
    found = sorted(set(depths))
    while 1 < len(found) < DEPTHS_OF_A_LAW:
        between = (
            middle
            for low, high in pairwise(found)
            if low < (middle := round((max(low, 1) * high) ** 0.5)) < high
        )
        extra = next(between, None)
        if extra is None:
            break
        found = sorted([*found, extra])
    return found


def fastest_seconds(samples: pd.DataFrame) -> Callable[[Cell], float]:
    """What the fastest invocation of a cell took; 0 where none is known.

    A depth that was not measured takes what the next deeper one takes.
    """
    spans = samples[(samples["phase"] == INVOCATION) & (samples["status"] == OK)]
    fastest = spans.groupby(_NAMED, observed=True, dropna=False)["wall_ns"].min()
    by_depth: dict[tuple[object, ...], dict[int, float]] = {}
    for row in fastest.reset_index().to_dict("records"):
        known = {name: None if row[name] != row[name] else row[name] for name in _NAMED}
        key = tuple(known[name] for name in _NAMED[1:])
        by_depth.setdefault(key, {})[int(known["layers"] or 0)] = row["wall_ns"] / 1e9

    def seconds(cell: Cell) -> float:
        fields = cell.fields()
        known = by_depth.get(tuple(fields[name] for name in _NAMED[1:]), {})
        deeper = (took for depth, took in sorted(known.items()) if depth >= depth_of(cell))
        return next(deeper, 0.0)

    return seconds


_NAMED = ["layers", *(name for name in CELL_FIELDS if name != "layers")]


def _by_difference(
    plan: Plan, cells: Sequence[Cell], baseline: str, seconds: Callable[[Cell], float]
) -> dict[str, list[Cell]]:
    """The cells of each arm by depth: the baseline, then the arms that differ most from it."""
    arms: dict[str, list[Cell]] = {}
    for cell in sorted(cells, key=depth_of):
        arms.setdefault(name_of(plan, cell), []).append(cell)
    usual = seconds(arms[baseline][-1]) if baseline in arms else 0.0

    def rank(arm: str) -> tuple[bool, float]:
        taken = seconds(arms[arm][-1])
        return arm != baseline, -abs(math.log(taken / usual)) if taken and usual else 0.0

    return {arm: arms[arm] for arm in sorted(arms, key=rank)}


def _tasks_of_arm(
    what: PassName, arms: Mapping[str, Sequence[Cell]], arm: str, is_baseline: bool
) -> Iterator[Task]:
    depths = sorted({depth_of(cell) for cells in arms.values() for cell in cells})
    if what == "structure":
        compared = depths[min(1, len(depths) - 1)]
        yield from (Task(what, c) for c in arms[arm] if depth_of(c) == compared and len(arms) > 1)
        return
    # What is left out for lack of time is small: the deepest says most, and takes longest.
    for depth in reversed(law_depths(depths) if what == "growth" else depths):
        # The deepest that was measured of the arm bounds what is examined of it.
        cell = next((each for each in arms[arm] if depth_of(each) >= depth), None)
        if cell is None:
            continue
        layers = depth if cell.panel.layers else None
        cell = cell._replace(panel=cell.panel.model_copy(update={"layers": layers}))
        for repetition in range(RECOUNTS if is_baseline and depth == depths[0] else 1):
            yield Task(what, cell, repetition)
