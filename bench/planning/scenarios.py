"""Scenarios as they are declared, and as they are planned."""

from __future__ import annotations

from collections.abc import Sequence

from bench.domain.design.plan import PlannedArm, PlannedScenario
from bench.domain.names import PLACEBO
from bench.domain.panel import Panel
from bench.domain.scenario import Arm, Scenario, declared_inputs


def scenario_from_plan(scenario: PlannedScenario, panels: Sequence[Panel]) -> Scenario:
    """What ``scenario`` was planned from, to sweep what it swept in its ``panels``."""
    mine = [panel for panel in panels if panel.scenario == scenario.name]
    return Scenario(
        question=scenario.question,
        arms={
            arm.name: Arm(
                **arm.model_dump(exclude={"name", "placebo", "inputs"}),
                inputs=[str(each) for each in arm.inputs],
            )
            for arm in scenario.arms
            if not arm.placebo
        },
        baseline=scenario.baseline,
        architectures=[*dict.fromkeys(each.architecture for each in mine if each.architecture)],
        layers=[*dict.fromkeys(each.layers for each in mine if each.layers)],
        headline=scenario.headline,
        lifecycle=scenario.lifecycle,
    )


def plan_scenario(name: str, scenario: Scenario) -> PlannedScenario:
    """``scenario`` with its placebo: a second copy of the baseline, right after it."""
    arms: list[PlannedArm] = []
    for arm_name, arm in scenario.arms.items():
        arguments = dict(arm.architecture_arguments)
        arms.append(
            PlannedArm(
                name=arm_name,
                builder=arm.builder,
                arguments=dict(arm.arguments),
                architecture_arguments=arguments,
                lifecycle_arguments=dict(arm.lifecycle_arguments),
                deferred=arm.deferred,
                patch=arm.patch,
                environment=arm.environment,
                inputs=declared_inputs(arm.inputs or scenario.inputs),
            )
        )
        if arm_name == scenario.baseline:
            arms.append(arms[-1].model_copy(update={"name": PLACEBO, "placebo": True}))
    return PlannedScenario(
        name=name,
        question=scenario.question,
        baseline=scenario.baseline,
        arms=tuple(arms),
        headline=tuple(scenario.headline),
        lifecycle=scenario.lifecycle,
    )
