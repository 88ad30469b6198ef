"""Whether the parts of a plan fit together, and its numbers lie within bounds.

A plan is made from what a user typed, or read from a file that anybody may have edited. Whatever
holds one can rely on what is checked here.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from bench.domain.errors import InvalidName
from bench.domain.names import check_name
from bench.domain.phases import call_modes_of

if TYPE_CHECKING:
    from bench.domain.design.plan import Plan, PlannedScenario
    from bench.domain.panel import Panel

MOST = 10**6
"""The largest count of layers, of a batch, of rounds or iterations."""

MOST_REPLICATES = 10**4
"""The most invocations of a cell in a round, all of which are ordered before its first."""

MOST_BLOCKS = 10**5
"""The most blocks of a calibration, all of which are drawn before the first."""

LONGEST_S = 10.0**9
"""The longest limit of time, some thirty years."""

LARGEST_MARGIN = 10.0
"""The widest margin, a factor of eleven."""


def problems(plan: Plan) -> Iterator[str]:
    """What is wrong with ``plan``, each in one line; nothing where it can be measured."""
    yield from _in_bounds(plan)
    yield from _repeated("scenario", (each.name for each in plan.scenarios))
    yield from _repeated("environment", plan.environments)
    for name in ("backends", "devices"):
        if getattr(plan, name).keys() not in (set(), plan.environments.keys()):
            yield f"its {name} are not those of its environments"
    if not plan.panels or not plan.environments:
        yield "it has no panel to measure" if plan.environments else "it has no environment"
    of_panels = plan.pilot.panel_replicates if plan.pilot else ()
    if len(of_panels) not in (0, len(plan.panels)) or any(
        not 1 <= each <= MOST_REPLICATES for each in of_panels
    ):
        yield "its pilot has other replicates than one number for each panel"
    for scenario in plan.scenarios:
        yield from _of_scenario(scenario, plan)
    known = {scenario.name: scenario for scenario in plan.scenarios}
    if len(set(plan.panels)) < len(plan.panels):
        yield "it has a panel twice"
    for panel in plan.panels:
        yield from _of_panel(panel, known.get(panel.scenario), plan)


def _in_bounds(plan: Plan) -> Iterator[str]:
    for name in ("rounds", "replicates", "iterations", "batch", "jobs"):
        most = MOST_REPLICATES if name == "replicates" else MOST
        if not 1 <= getattr(plan, name) <= most:
            yield f"its {name} are {getattr(plan, name)}: they are from 1 to {most:,}"
    if not 0 <= plan.pilot_rounds <= MOST:
        yield f"its pilot_rounds are {plan.pilot_rounds}: they are from 0 to {MOST:,}"
    for name in ("budget_s", "timeout_s"):
        if not 0 < getattr(plan, name) <= LONGEST_S:
            yield f"its {name} is {getattr(plan, name):g}: it is above 0, and {LONGEST_S:g} at most"
    if not 0 <= plan.evidence_s <= LONGEST_S:
        yield f"its evidence_s is {plan.evidence_s:g}: it is from 0 to {LONGEST_S:g}"
    if not 0 < plan.margin <= LARGEST_MARGIN:
        yield f"its margin is {plan.margin:g}: it is above 0, and {LARGEST_MARGIN:g} at most"
    if not (plan.margin_floor_s >= 0 and math.isfinite(plan.margin_floor_s)):
        yield f"its margin_floor_s is {plan.margin_floor_s:g}: it is not below 0"
    if not 0 < plan.confidence < 1:
        yield f"its confidence is {plan.confidence:g}: it is between 0 and 1"
    elif not 0 <= plan.joint_error < 1 - plan.confidence:
        yield f"its joint_error is {plan.joint_error:g}: it is a part of the error budget"
    sharing = plan.co_scheduling
    if sharing is not None and (
        sharing.arms < 2
        or sharing.solo_every < 1
        or not 0 < sharing.slice_ms < math.inf
        or not 0 < sharing.block_ms < math.inf
        or not 0 <= sharing.short_ms < math.inf
        or not 0 <= sharing.computing <= 1
    ):
        yield "its co_scheduling is no way to share a core"
    if plan.seed < 0:
        yield f"its seed is {plan.seed}: it is not below 0"
    if plan.memory_bytes < 1 or (plan.threads is not None and plan.threads < 1):
        yield "its memory_bytes or threads are below 1"


def _of_scenario(scenario: PlannedScenario, plan: Plan) -> Iterator[str]:
    arms = [arm.name for arm in scenario.arms]
    yield from _repeated(f"arm of {scenario.name!a}", arms)
    try:
        for name, what in ((scenario.name, "scenario"), *((arm, "arm") for arm in arms)):
            check_name(name, what)
    except InvalidName as error:
        yield str(error)
    if scenario.baseline not in arms:
        yield f"the baseline of {scenario.name!a} is none of its arms"
    for arm in scenario.arms:
        if arm.environment is not None and arm.environment not in plan.environments:
            yield f"the environment of arm {arm.name!a} is not one of the plan"


def _of_panel(panel: Panel, scenario: PlannedScenario | None, plan: Plan) -> Iterator[str]:
    if scenario is None:
        yield f"the scenario of a panel, {panel.scenario!a}, is none of the plan"
        return
    if panel.architecture is not None and panel.architecture not in plan.architectures:
        yield f"the architecture of a panel, {panel.architecture!a}, is none of the plan"
    for name, known in (("backend", plan.backends), ("device", plan.devices)):
        if (getattr(panel, name) is None) is not bool(known):
            yield f"either a panel or each environment has a {name}"
            return
    backends = dict.fromkeys([panel.backend] if panel.backend else plan.backends.values())
    if scenario.lifecycle is None and panel.call_mode not in call_modes_of(*backends):
        yield f"the call mode of a panel, {panel.call_mode!a}, is not known"
    for name in ("layers", "batch"):
        count = getattr(panel, name)
        if count is not None and not 1 <= count <= MOST:
            yield f"a panel has {name} {count}: they are from 1 to {MOST:,}"


def _repeated(what: str, names: Iterable[str]) -> Iterator[str]:
    given = list(names)
    if len(set(given)) < len(given):
        yield f"it has one name for more than one {what}"
