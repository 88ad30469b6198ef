"""Plans the experiment of a test session: what each scenario offers, then what was selected."""

from __future__ import annotations

import random
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from bench.api.planning import Chosen, plan_session
from bench.domain.design.plan import Plan, PlannedScenario
from bench.domain.panel import Cell, Panel
from bench.domain.scenario import Scenario
from bench.planning.presets import Preset
from bench.planning.run_options import RunOptions

CellKey = tuple[Panel, str]
"""A cell as something to look up by: its panel and the name of its arm."""


@dataclass(frozen=True)
class Request:
    """What the options of the session ask for; ``None`` leaves it to the preset and scenario."""

    preset: Preset
    rounds: int | None
    budget_s: float | None
    layers: Sequence[int] | None
    architectures: Sequence[str] | None
    backend: str


class Planner:
    """Plans every scenario of a session in the same terms, so that they can be one experiment."""

    def __init__(self, request: Request) -> None:
        self._request = request
        self._options = RunOptions(
            seed=random.SystemRandom().getrandbits(32),
            rounds=request.rounds,
            budget_s=request.budget_s,
            evidence=False,
            backends=(request.backend,),
        )

    def plan(self, name: str, scenario: Scenario, folder: Path) -> Plan:
        """Everything that ``scenario``, of a file in ``folder``, offers within the request.

        Depths and architectures are asked of scenarios that have a depth; the others have neither
        to choose. Raises ``UnknownName`` or ``InvalidScenario``.
        """
        options = self._options
        if scenario.layers:
            options = replace(
                options, layers=self._request.layers, architectures=self._request.architectures
            )
        chosen = Chosen({name: scenario}, (str(folder.resolve()),))
        return plan_session(chosen, options, self._request.preset)


def together(plans: Sequence[Plan]) -> Plan:
    """One experiment of all ``plans``, which a ``Planner`` made."""
    return plans[0].model_copy(
        update={
            "scenarios": tuple(scenario for plan in plans for scenario in plan.scenarios),
            "panels": tuple(panel for plan in plans for panel in plan.panels),
            "folders": tuple(dict.fromkeys(each for plan in plans for each in plan.folders)),
            "architectures": {
                name: reference for plan in plans for name, reference in plan.architectures.items()
            },
            "architecture_arguments": {
                name: arguments
                for plan in plans
                for name, arguments in plan.architecture_arguments.items()
            },
        }
    )


def restricted(plan: Plan, selected: Collection[CellKey]) -> Plan:
    """``plan`` with the ``selected`` cells and what they are compared with.

    An arm that is selected in one panel of a scenario is measured in every selected panel of it.
    Where arms are compared, the baseline is measured too, and its placebo.
    """
    panels = {panel for panel, _ in selected}
    arms = {(panel.scenario, arm) for panel, arm in selected}
    scenarios = [
        _with_arms(scenario, {arm for name, arm in arms if name == scenario.name})
        for scenario in plan.scenarios
    ]
    chosen = tuple(panel for panel in plan.panels if panel in panels)
    used = {panel.architecture for panel in chosen}
    return plan.model_copy(
        update={
            "scenarios": tuple(scenario for scenario in scenarios if scenario.arms),
            "panels": chosen,
            "architectures": {
                name: reference for name, reference in plan.architectures.items() if name in used
            },
        }
    )


def references_of(cell: Cell, plan: Plan) -> list[str]:
    """The ``module:function`` of all that measuring ``cell`` and comparing it takes."""
    return [*plan.references(cell), *plan.references(plan.baseline_of(cell))]


def _with_arms(scenario: PlannedScenario, selected: Collection[str]) -> PlannedScenario:
    compares = bool(set(selected) - {scenario.baseline})
    arms = tuple(
        arm
        for arm in scenario.arms
        if arm.name in selected or (compares and (arm.placebo or arm.name == scenario.baseline))
    )
    return scenario.model_copy(update={"arms": arms})
