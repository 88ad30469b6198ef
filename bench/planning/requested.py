"""The scenarios that a request comes to: those it names, or just its arms, as it changes them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from bench.domain.errors import InvalidScenario
from bench.domain.names import LONGEST_NAME, check_name
from bench.domain.phases import call_modes_of
from bench.domain.scenario import Scenario
from bench.planning import registry
from bench.planning.panels import call_modes_for
from bench.planning.run_options import RunOptions

MOST_NAMED = 3
"""Arms that the name of a comparison of just the arms of a request has, at most."""


def requested_scenarios(
    scenarios: Mapping[str, Scenario], options: RunOptions
) -> dict[str, Scenario]:
    """The ``scenarios`` with the arms, baseline and headline of ``options``, by their names.

    Without any, the one that compares just the arms. Raises ``UnknownName`` or ``InvalidScenario``
    when names or options do not fit.
    """
    if scenarios and options.name is not None:
        raise InvalidScenario("a name is for arms without a scenario: scenarios have names already")
    if scenarios:
        wanted = {name: _with_arms(scenario, options) for name, scenario in scenarios.items()}
    else:
        wanted = {options.name or _own_name(options): _own_arms(options)}
    for name in wanted:
        check_name(name, "scenario")
    if options.headline:
        wanted = {
            name: _with_headline(name, scenario, options.headline, options)
            for name, scenario in wanted.items()
        }
    return wanted


def _with_arms(scenario: Scenario, options: RunOptions) -> Scenario:
    arms = {**scenario.arms, **options.arms}
    baseline = options.baseline or scenario.baseline
    registry.known(baseline, "arm", arms)
    return replace(scenario, arms=arms, baseline=baseline)


def _own_arms(options: RunOptions) -> Scenario:
    if not options.arms:
        raise InvalidScenario("there is nothing to compare: name a scenario or some arms")
    baseline = options.baseline or next(iter(options.arms))
    registry.known(baseline, "arm", options.arms)
    *others, last = options.arms
    who = f"do {', '.join(others)} and {last}" if others else f"does {last}"
    return Scenario(
        question=f"What {who} cost?",
        arms=options.arms,
        baseline=baseline,
        architectures=tuple(options.architectures or ()),
        layers=tuple(options.layers or ()),
        headline=_phases_of_calls(options) or Scenario.headline,
    )


def _own_name(options: RunOptions) -> str:
    """``old_vs_new``; no call mode, which a lifecycle that a scenario declares is named after."""
    first, more = list(options.arms)[:MOST_NAMED], len(options.arms) - MOST_NAMED
    name = "_vs_".join(first) + (f"_and_{more}_more" if more > 0 else "")
    if len(name) > LONGEST_NAME or not name:
        name = f"{len(options.arms)}_arms"
    return f"{name}_alone" if name in call_modes_of(*options.backends) else name


def _phases_of_calls(options: RunOptions) -> tuple[str, ...]:
    """What comparing the call modes that are named is about: their first calls and later ones."""
    known = call_modes_of(*options.backends)
    named = [known[mode] for mode in options.call_modes or () if mode in known]
    return tuple(dict.fromkeys(phase for mode in named for phase in (*mode.once, mode.repeats)))


def _with_headline(
    name: str, scenario: Scenario, headline: Sequence[str], options: RunOptions
) -> Scenario:
    if scenario.lifecycle is not None:
        phases: Sequence[str] = scenario.lifecycle.plan().compared
    else:
        plans = [
            call_modes_of(*options.backends)[mode].plan()
            for mode in call_modes_for(name, scenario, options)
        ]
        phases = tuple(dict.fromkeys(phase for plan in plans for phase in plan.compared))
    return replace(scenario, headline=[registry.known(each, "phase", phases) for each in headline])
