"""From passes to explanations: of the arms of an environment, and of an arm in all of them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import partial
from operator import attrgetter
from typing import NamedTuple

from bench.analysis.evidence.explain import Evidence, explain
from bench.domain.design.plan import Plan, PlannedScenario
from bench.domain.findings.explanation import Explanation, PassLeftOut
from bench.domain.panel import Cell
from bench.domain.phases import MAKING_READY, READY
from bench.execution.passes.tasks import ObservedTask, Task, explained_phases

Environments = Mapping[str, Mapping[str, "str | int | float | None"]]
"""What is known of each environment, by its name."""


class Group(NamedTuple):
    """What one explanation is of: a scenario and an architecture in an environment."""

    scenario: str
    architecture: str | None
    environment: str


def explanations(
    plan: Plan,
    observed: Iterable[ObservedTask],
    environments: Environments,
    left_out: Collection[Task] = (),
) -> list[Explanation]:
    """What follows from what was ``observed`` of ``plan``.

    Arms are explained in each environment, then each arm across environments. ``left_out`` are
    passes for which there was no time.
    """
    found: dict[Group, list[ObservedTask]] = {}
    for each in observed:
        found.setdefault(group_of(plan, each.key.cell), []).append(each)
    missed: dict[Group, list[Task]] = {}
    for task in left_out:
        missed.setdefault(group_of(plan, task.cell), []).append(task)
    is_one = len(plan.environments) == 1
    groups = dict.fromkeys(group_of(plan, cell) for cell in plan.cells())
    within = [
        _explanation(
            plan,
            found.get(group, []),
            missed.get(group, []),
            _Place(
                group,
                name=partial(name_of, plan),
                baseline=plan.scenario(group.scenario).baseline,
                environment_name=None if is_one else group.environment,
            ),
            environments,
        )
        for group in groups
        if group in found or group in missed
    ]
    ordered = [each for group in groups for each in found.get(group, [])]
    return [*within, *_across(plan, ordered, environments)]


def _across(
    plan: Plan, observed: Sequence[ObservedTask], environments: Environments
) -> Iterator[Explanation]:
    """Of each arm that was observed in several environments, how it differs between them."""
    arms: dict[tuple[str, str | None, str], list[ObservedTask]] = {}
    for each in observed:
        panel = each.key.cell.panel
        arms.setdefault((panel.scenario, panel.architecture, each.key.cell.arm), []).append(each)
    for (scenario, architecture, arm), mine in arms.items():
        names = dict.fromkeys(each.key.cell.environment for each in mine)
        if len(names) > 1:
            baseline = plan.across_of(mine[0].key.cell).environment
            place = _Place(
                Group(scenario, architecture, baseline),
                name=attrgetter("environment"),
                baseline=baseline,
                of_arm=arm,
            )
            yield _explanation(plan, mine, (), place, environments)


class _Place(NamedTuple):
    """What an explanation is about, and how what it compares is called."""

    group: Group
    name: Callable[[Cell], str]
    baseline: str
    environment_name: str | None = None
    of_arm: str | None = None


def _explanation(
    plan: Plan,
    observed: Sequence[ObservedTask],
    left_out: Collection[Task],
    place: _Place,
    environments: Environments,
) -> Explanation:
    scenario, architecture, environment = place.group
    cells = [each.key.cell for each in observed] + [each.cell for each in left_out]
    known = [cell for cell in plan.cells() if not cell.placebo and cell.panel.scenario == scenario]
    named = dict.fromkeys(place.name(cell) for cell in (*known, *cells))
    compared = {place.name(cell) for cell in cells}
    arms = [each for each in named if each in compared or each == place.baseline]
    found = explain(
        [_evidence(each, place.name(each.key.cell)) for each in observed],
        scenario=scenario,
        architecture=architecture,
        arms=arms,
        baseline=place.baseline,
        phases=explained_phases(plan.scenario(scenario)),
        composites=_composites(plan.scenario(scenario)),
        environment=_without_paths(environments.get(environment, {})),
        left_out=[
            PassLeftOut(what=each.what, arm=place.name(each.cell), layers=each.cell.panel.layers)
            for each in left_out
        ],
        call_modes=_call_modes(plan, observed, left_out, scenario),
    )
    return found.model_copy(
        update={"environment_name": place.environment_name, "of_arm": place.of_arm}
    )


def _without_paths(
    environment: Mapping[str, str | int | float | None],
) -> dict[str, str | int | float | None]:
    """What is known of an environment, wherever it lies."""
    return {name: value for name, value in environment.items() if name != "interpreter"}


def group_of(plan: Plan, cell: Cell) -> Group:
    """The group that ``cell`` is explained in: where its baseline is."""
    return Group(cell.panel.scenario, cell.panel.architecture, plan.baseline_of(cell).environment)


def name_of(plan: Plan, cell: Cell) -> str:
    """The arm of ``cell``, with its environment where its baseline is in another."""
    is_there = plan.baseline_of(cell).environment == cell.environment
    return cell.arm if is_there else f"{cell.arm}@{cell.environment}"


def _call_modes(
    plan: Plan, observed: Iterable[ObservedTask], left_out: Iterable[Task], scenario: str
) -> list[str]:
    """Those of ``scenario``: first the one whose calls are counted."""
    counted = [task.cell for task in (*(each.key for each in observed), *left_out)]
    panels = [cell.panel for cell in (*counted, *plan.cells())]
    return list(dict.fromkeys(each.call_mode for each in panels if each.scenario == scenario))


def _composites(scenario: PlannedScenario) -> dict[str, tuple[str, ...]]:
    """Where an arm puts work off until ``build``, arms are compared in ``ready``."""
    deferred = scenario.lifecycle is None and any(arm.deferred for arm in scenario.arms)
    return {READY: MAKING_READY} if deferred else {}


def _evidence(observed: ObservedTask, name: str) -> Evidence:
    task = observed.key
    return Evidence(
        what=task.what,
        arm=name,
        layers=task.cell.panel.layers,
        repetition=task.repetition,
        outcome=observed.outcome,
    )
