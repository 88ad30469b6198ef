"""Explanations: which scenarios they are made of, and at which depths."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from bench.api.planning import Chosen, plan_session
from bench.api.session import check_references, started
from bench.domain.design.plan import Plan
from bench.domain.findings.explanation import Explanation
from bench.domain.scenario import Scenario
from bench.execution.passes.explain import explained
from bench.execution.processes.environment import environment
from bench.planning import registry
from bench.planning.build import RunOptions
from bench.planning.scenarios import scenario_from_plan
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
    if takes_depth and not options.layers and not is_swept:
        options = replace(options, layers=DEPTHS)
    return plan_session(replace(chosen, scenarios=scenarios), replace(options, seed=0), "quick")


def plan_explanation_of_run(folder: RunFolder, options: RunOptions) -> Plan:
    """The plan that explains the scenarios of a run, its inputs and its backend.

    Raises ``UnknownName`` or ``InvalidScenario``.
    """
    plan = folder.record.plan
    scenarios = {each.name: scenario_from_plan(each, plan.panels) for each in plan.scenarios}
    options = replace(options, inputs=plan.inputs, backend=plan.panels[0].backend)
    return plan_explanation(Chosen(scenarios, plan.folders), options)


def explain(
    plan: Plan, say: Callable[[str], None], done: Callable[[int, int], None]
) -> list[Explanation]:
    """Why the arms of ``plan`` cost what they cost, for each scenario and architecture.

    ``done`` is given how many passes have ended, and of how many. Raises ``CannotStart`` when a
    reference does not resolve, ``InterpreterFailed`` when the measured interpreter fails.
    """
    say("importing the framework ...")
    with started(plan) as ready:
        check_references(plan, ready.found.bad)
        return explained(plan, environment(ready.found, plan.threads), ready.interpreter, done)


def store_explanations(folder: RunFolder, explanations: Sequence[Explanation]) -> None:
    """Store ``explanations`` with a run, and conclude again where it has rounds.

    Arms with one compiled program are controls of the run from then on.
    """
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
