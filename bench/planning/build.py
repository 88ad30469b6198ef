"""Turns scenarios and options into a frozen plan, or says what is wrong with them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from pydantic import ValidationError

from bench.domain.design.plan import Plan, PlannedScenario
from bench.domain.errors import InvalidScenario
from bench.domain.inputs import checked
from bench.domain.scenario import Scenario
from bench.domain.values import first_problem
from bench.planning import registry
from bench.planning.environments import environments
from bench.planning.panels import panels_of
from bench.planning.presets import Preset
from bench.planning.requested import requested_scenarios
from bench.planning.run_options import RunOptions
from bench.planning.scenarios import plan_scenario
from bench.planning.side_by_side import side_by_side

T = TypeVar("T")


def compose(
    scenarios: Mapping[str, Scenario], preset: Preset, options: RunOptions, python: str
) -> Plan:
    """The plan that measures ``scenarios`` with the interpreter at the path ``python``.

    Where ``options`` name interpreters, those are measured instead. Raises ``UnknownName`` or
    ``InvalidScenario`` when names or options do not fit.
    """
    try:
        return _composed(scenarios, preset, options, python)
    except ValidationError as error:
        raise InvalidScenario(f"this cannot be planned: {first_problem(error)}") from error


def _composed(
    scenarios: Mapping[str, Scenario], preset: Preset, options: RunOptions, python: str
) -> Plan:
    wanted = requested_scenarios(scenarios, options)
    panels = [
        panel
        for name, scenario in wanted.items()
        for panel in panels_of(name, scenario, preset, options)
    ]
    if options.isolation == "none" and len(options.devices) > 1:
        raise InvalidScenario("without isolation one process measures all: name a single device")
    found = environments(options, python)
    named = dict.fromkeys(panel.architecture for panel in panels)
    architectures = {name: registry.architecture(name) for name in named if name is not None}
    budget_factor = max(scenario.budget_factor for scenario in wanted.values())
    budget_s, evidence_s = _time(preset, options, budget_factor)
    at_once = side_by_side(preset, options)
    inputs = checked(options.inputs)
    planned = tuple(plan_scenario(name, scenario) for name, scenario in wanted.items())
    for each in planned:
        _check_batches(each, options)
    return Plan(
        scenarios=planned,
        panels=tuple(panels),
        architectures={name: reference for name, (reference, _) in architectures.items()},
        architecture_arguments={
            name: arguments for name, (_, arguments) in architectures.items() if arguments
        },
        environments=found.pythons,
        backends=found.backends,
        devices=found.devices,
        folders=tuple(options.folders),
        rounds=_given(options.rounds, preset.rounds),
        replicates=_given(options.replicates, preset.replicates),
        pilot_rounds=preset.pilot_rounds if options.replicates is None else 0,
        iterations=preset.iterations,
        inputs=inputs,
        **({"batch": options.inputs[0].shape[0]} if options.inputs else {}),
        budget_s=budget_s,
        evidence_s=evidence_s,
        margin=_given(options.margin, preset.margin),
        seed=options.seed or 0,
        isolation=options.isolation,
        timeout_s=options.timeout_s,
        memory_bytes=at_once.memory_bytes,
        threads=options.threads,
        pin=at_once.pin,
        jobs=at_once.jobs,
        co_scheduling=at_once.co_scheduling,
    )


def _time(preset: Preset, options: RunOptions, factor: float) -> tuple[float, float]:
    """Seconds for the rounds and for the evidence; without evidence the rounds have its time too.

    What is asked to be quick is not examined for longer than it is measured.
    """
    measuring_s, evidence_s = preset.budget_s * factor, preset.evidence_s * factor
    if not options.evidence:
        return _given(options.budget_s, measuring_s + evidence_s), 0.0
    budget_s = _given(options.budget_s, measuring_s)
    return budget_s, min(evidence_s, budget_s)


def _given(wanted: T | None, usual: T) -> T:
    """What is ``wanted``, also where that is 0, which the plan refuses."""
    return usual if wanted is None else wanted


def _check_batches(scenario: PlannedScenario, options: RunOptions) -> None:
    """Raises ``InvalidScenario`` where arms would be compared in batches of several sizes."""
    declared = options.inputs or [each for arm in scenario.arms for each in arm.inputs]
    sizes = sorted({each.shape[0] for each in declared})
    if len(sizes) > 1:
        raise InvalidScenario(
            f"the inputs of scenario {scenario.name!r} have batches of {sizes}: all arms are "
            "measured in batches of one size"
        )
    if sizes and options.batches:
        raise InvalidScenario("declared inputs say their batch size: it takes no other ones")
