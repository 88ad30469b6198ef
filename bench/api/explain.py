"""Explanations: which scenarios they are made of, and at which depths."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from bench.api.planning import Chosen, plan_session
from bench.api.session import check_references, started
from bench.domain.design.plan import Plan
from bench.domain.findings.explanation import Explanation
from bench.domain.panel import Panel
from bench.domain.scenario import Scenario
from bench.execution.passes.explain import explained
from bench.execution.processes.environment import environment, environments
from bench.planning import registry
from bench.planning.environments import with_environments_of
from bench.planning.run_options import RunOptions
from bench.planning.scenarios import scenario_from_plan
from bench.store.code import check_files
from bench.store.run_folder import RunFolder

DEPTHS = (8, 16, 32, 64)
"""Layer counts at which calls are counted, to find how they grow."""


def plan_explanation(chosen: Chosen, options: RunOptions) -> Plan:
    """The plan that explains the scenarios of ``chosen``, at depths that show growth.

    Raises ``UnknownName`` or ``InvalidScenario``.
    """
    scenarios = {
        name: replace(scenario, layers=_depths(scenario))
        for name, scenario in chosen.scenarios.items()
    }
    is_swept = bool(scenarios) and all(scenario.layers for scenario in scenarios.values())
    takes_depth = any(map(registry.takes_depth, options.architectures or ()))
    is_open = takes_depth or has_default_depths(chosen, options)
    if is_open and not options.layers and not is_swept:
        options = replace(options, layers=DEPTHS)
    return plan_session(replace(chosen, scenarios=scenarios), replace(options, seed=0), "quick")


def has_default_depths(chosen: Chosen, options: RunOptions) -> bool:
    """Whether arms of the user's own are explained at ``DEPTHS`` because nobody names depths.

    It is not known before they are imported whether they take a depth.
    """
    takes_none = [registry.takes_depth(each) is False for each in options.architectures or ()]
    return not chosen.scenarios and not options.layers and not any(takes_none)


def plan_explanation_of_run(folder: RunFolder, options: RunOptions) -> Plan:
    """The plan that explains the scenarios of a run, its environments and inputs.

    Raises ``UnknownName`` or ``InvalidScenario``.
    """
    plan = folder.record.plan
    scenarios = {each.name: scenario_from_plan(each, plan.panels) for each in plan.scenarios}
    backends = dict.fromkeys(map(plan.backend_in, plan.environments))
    options = replace(options, inputs=options.inputs or plan.inputs, backends=tuple(backends))
    explained = plan_explanation(Chosen(scenarios, plan.folders), options)
    return with_environments_of(explained, plan)


def explain(
    plan: Plan,
    say: Callable[[str], None],
    done: Callable[[int, int], None],
    *,
    depths_are_default: bool = False,
) -> list[Explanation]:
    """Why the arms of ``plan`` cost what they cost, for each scenario and architecture.

    With ``depths_are_default`` the depths of the plan are left out where no builder takes one.
    ``done`` is given how many passes have ended, and of how many. Raises ``CannotStart`` when a
    reference does not resolve, ``InterpreterFailed`` when the measured interpreter fails.
    """
    say("importing the framework ...")
    with started(plan) as ready:
        check_references(plan, ready.bad)
        if depths_are_default:
            plan = without_needless_depths(plan, ready.found.positional)
        base = environment(ready.found, plan)
        of_each = environments(ready.surveys, plan)
        known = {name: {**base, **of_each.get(name, {})} for name in plan.environments}
        return explained(plan, known, ready.interpreters, done)


def without_needless_depths(plan: Plan, positional: Mapping[str, tuple[str, ...]]) -> Plan:
    """``plan`` without the depths of panels in which nothing takes one.

    ``positional`` has the parameters of builders and architectures that are given by place.
    """

    def takes_one(reference: str, arguments: Mapping[str, Any]) -> bool:
        names = positional.get(reference)
        return names is None or any(name not in arguments for name in names)

    def without(panel: Panel) -> Panel:
        name = panel.architecture
        if name is not None:
            takers = [(plan.architectures[name], plan.architecture_arguments.get(name, {}))]
        else:
            arms = plan.scenario(panel.scenario).arms
            takers = [(arm.builder, arm.arguments) for arm in arms]
        if any(takes_one(*taker) for taker in takers):
            return panel
        return panel.model_copy(update={"layers": None})

    return plan.model_copy(update={"panels": tuple(dict.fromkeys(map(without, plan.panels)))})


def store_explanations(folder: RunFolder, explanations: Sequence[Explanation]) -> None:
    """Store ``explanations`` with a run, and conclude again where it has rounds.

    Arms with one compiled program are controls of the run from then on. Raises ``CodeChanged``, and
    stores nothing, where measured code has changed meanwhile.
    """
    check_files(folder.record.code)
    for explanation in explanations:
        folder.write_explanation(explanation)
    if folder.rounds():
        from bench.runs.conclude import conclude

        folder.write_findings(conclude(folder))


def _depths(scenario: Scenario) -> Sequence[int]:
    """Depths that show growth.

    A lifecycle of its own may make many models of each depth: it goes no deeper than its scenario.
    """
    if not scenario.layers:
        return scenario.layers
    if scenario.lifecycle is None:
        return DEPTHS
    part = min(max(scenario.layers) / max(DEPTHS), 1.0)
    return sorted({max(1, round(part * each)) for each in DEPTHS})
