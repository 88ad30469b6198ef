"""Turns scenarios and options into a frozen plan, or says what is wrong with them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal, NamedTuple

from pydantic import ValidationError

from bench.domain.design.plan import CoScheduling, Isolation, Plan, PlannedScenario
from bench.domain.errors import InvalidScenario
from bench.domain.inputs import Input, checked
from bench.domain.names import LONGEST_NAME, check_name
from bench.domain.panel import Panel
from bench.domain.phases import TENSORFLOW, call_modes_of
from bench.domain.scenario import Arm, Scenario
from bench.domain.values import first_problem
from bench.planning import registry
from bench.planning.presets import Preset
from bench.planning.scenarios import plan_scenario

MOST_NAMED = 3
"""Arms that the name of a comparison of just the arms of a request has, at most."""

LEAST_MEMORY_BYTES = 1 << 30
"""What an invocation is given at least, before arms share a core."""

Schedule = Literal["auto", "solo"]


@dataclass(frozen=True)
class RunOptions:
    """What a user asks for beyond a scenario and a preset; ``None`` leaves it to them.

    ``name`` is that of the scenario that compares just ``arms``, by default theirs. ``headline``
    are the phases that the scenarios are about; a comparison of just ``arms`` whose ``call_modes``
    are given is about the calls. ``margin`` is relative,
    ``budget_s`` and ``timeout_s`` are seconds. Without ``evidence`` nothing is examined after the
    rounds. ``memory_bytes`` is what one invocation may take;
    where it is not given, those under way share ``free_memory_bytes``, which like ``cores`` is the
    machine's. ``schedule`` says whether arms share cores where they can, or never do.
    """

    seed: int | None = None
    free_memory_bytes: int = 1 << 30
    memory_bytes: int | None = None
    cores: int = 1
    name: str | None = None
    arms: Mapping[str, Arm] = field(default_factory=dict)
    baseline: str | None = None
    headline: Sequence[str] | None = None
    architectures: Sequence[str] | None = None
    layers: Sequence[int] | None = None
    batches: Sequence[int] | None = None
    call_modes: Sequence[str] | None = None
    devices: Sequence[str] = ("cpu",)
    rounds: int | None = None
    replicates: int | None = None
    budget_s: float | None = None
    evidence: bool = True
    margin: float | None = None
    isolation: Isolation = "fork"
    timeout_s: float = 120.0
    threads: int | None = None
    pin: bool = True
    jobs: int | None = None
    schedule: Schedule = "auto"
    backend: str = TENSORFLOW
    inputs: Sequence[Input] = ()
    folders: Sequence[str] = ()


def compose(
    scenarios: Mapping[str, Scenario], preset: Preset, options: RunOptions, python: str
) -> Plan:
    """The plan that measures ``scenarios`` with the interpreter at the path ``python``.

    Raises ``UnknownName`` or ``InvalidScenario`` when names or options do not fit.
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
    panels = [
        panel
        for name, scenario in wanted.items()
        for panel in _panels(name, scenario, preset, options)
    ]
    if options.isolation == "none" and len({panel.device for panel in panels}) > 1:
        raise InvalidScenario("without isolation one process measures all: name a single device")
    named = dict.fromkeys(panel.architecture for panel in panels)
    architectures = {name: registry.architecture(name) for name in named if name is not None}
    budget_factor = max(scenario.budget_factor for scenario in wanted.values())
    budget_s, evidence_s = _time(preset, options, budget_factor)
    at_once = side_by_side(preset, options)
    inputs = checked(options.inputs)
    planned = tuple(plan_scenario(name, scenario) for name, scenario in wanted.items())
    for each in planned:
        _check_batches(each, options)
    return _plan(
        scenarios=planned,
        panels=tuple(panels),
        architectures={name: reference for name, (reference, _) in architectures.items()},
        architecture_arguments={
            name: arguments for name, (_, arguments) in architectures.items() if arguments
        },
        environments={"default": python},
        folders=tuple(options.folders),
        rounds=options.rounds or preset.rounds,
        replicates=options.replicates or preset.replicates,
        pilot_rounds=0 if options.replicates else preset.pilot_rounds,
        iterations=preset.iterations,
        inputs=inputs,
        **({"batch": options.inputs[0].shape[0]} if options.inputs else {}),
        budget_s=budget_s,
        evidence_s=evidence_s,
        margin=options.margin or preset.margin,
        seed=options.seed or 0,
        isolation=options.isolation,
        timeout_s=options.timeout_s,
        memory_bytes=at_once.memory_bytes,
        threads=options.threads,
        pin=at_once.pin,
        jobs=at_once.jobs,
        co_scheduling=at_once.co_scheduling,
    )


class SideBySide(NamedTuple):
    """What runs at once: ``jobs`` groups, each on a core of its own where they are pinned.

    ``memory_bytes`` is what one invocation may take.
    """

    jobs: int
    pin: bool
    co_scheduling: CoScheduling | None
    memory_bytes: int


def side_by_side(preset: Preset, options: RunOptions) -> SideBySide:
    """What runs at once under ``preset`` with the cores and the memory that ``options`` have."""
    jobs = min(options.jobs or preset.jobs, options.cores)
    pin = options.pin and options.isolation != "none"
    if not pin:
        # Side by side only on cores of their own; and in one process nothing is.
        jobs = 1
    co_scheduling = _co_scheduling(options, jobs, is_pinned=pin)
    at_once = jobs * (co_scheduling.arms if co_scheduling else 1)
    memory_bytes = options.memory_bytes or options.free_memory_bytes // at_once
    return SideBySide(jobs, pin, co_scheduling, memory_bytes)


def _plan(**fields: Any) -> Plan:
    try:
        return Plan(**fields)
    except ValidationError as error:
        raise InvalidScenario(f"this cannot be planned: {first_problem(error)}") from error


def _time(preset: Preset, options: RunOptions, factor: float) -> tuple[float, float]:
    """Seconds for the rounds and for the evidence; without evidence the rounds have its time too.

    What is asked to be quick is not examined for longer than it is measured.
    """
    measuring_s, evidence_s = preset.budget_s * factor, preset.evidence_s * factor
    if not options.evidence:
        return options.budget_s or measuring_s + evidence_s, 0.0
    budget_s = options.budget_s or measuring_s
    return budget_s, min(evidence_s, budget_s)


def _co_scheduling(options: RunOptions, jobs: int, *, is_pinned: bool) -> CoScheduling | None:
    """How arms share cores, as many as there is memory for; None where they do not.

    They can only where forks are pinned to a core.
    """
    if options.schedule == "solo" or options.isolation != "fork" or not is_pinned:
        return None
    each = options.memory_bytes or LEAST_MEMORY_BYTES
    usual = CoScheduling()
    arms = min(usual.arms, options.free_memory_bytes // (jobs * each))
    return usual.model_copy(update={"arms": arms}) if arms > 1 else None


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
    return f"{name}_alone" if name in call_modes_of(options.backend) else name


def _phases_of_calls(options: RunOptions) -> tuple[str, ...]:
    """What comparing the call modes that are named is about: their first calls and later ones."""
    known = call_modes_of(options.backend)
    named = [known[mode] for mode in options.call_modes or () if mode in known]
    return tuple(dict.fromkeys(phase for mode in named for phase in (*mode.once, mode.repeats)))


def _with_headline(
    name: str, scenario: Scenario, headline: Sequence[str], options: RunOptions
) -> Scenario:
    if scenario.lifecycle is not None:
        phases: Sequence[str] = scenario.lifecycle.plan().compared
    else:
        plans = [
            call_modes_of(options.backend)[mode].plan()
            for mode in _call_modes(name, scenario, options)
        ]
        phases = tuple(dict.fromkeys(phase for plan in plans for phase in plan.compared))
    return replace(scenario, headline=[registry.known(each, "phase", phases) for each in headline])


def _panels(name: str, scenario: Scenario, preset: Preset, options: RunOptions) -> list[Panel]:
    chosen = options.architectures or scenario.architectures[: preset.architectures]
    layers = options.layers or scenario.layers
    if options.layers and not scenario.layers and not any(map(registry.takes_depth, chosen)):
        raise InvalidScenario(f"scenario {name!r} has no depth: it takes no layer counts")
    call_modes = _call_modes(name, scenario, options)
    depths: dict[str | None, Sequence[int | None]] = {
        architecture: _depths(architecture, layers, options) for architecture in chosen
    }
    return [
        Panel(
            scenario=name,
            architecture=architecture,
            layers=depth,
            batch=batch,
            call_mode=call_mode,
            device=registry.known_device(device),
            backend=options.backend,
        )
        for device in options.devices
        for call_mode in call_modes
        for architecture, known in (depths or {None: layers or (None,)}).items()
        for depth in known
        for batch in options.batches or (None,)
    ]


def _depths(architecture: str, layers: Sequence[int], options: RunOptions) -> Sequence[int | None]:
    """The ``layers`` to sweep with ``architecture``, or no depth where it takes none."""
    takes_depth = registry.takes_depth(architecture)
    if takes_depth and not layers:
        raise InvalidScenario(f"architecture {architecture!r} takes a depth: give --layers")
    if takes_depth is False and options.layers:
        raise InvalidScenario(f"architecture {architecture!r} takes no depth: leave --layers out")
    return (None,) if takes_depth is False or not layers else layers


def _call_modes(name: str, scenario: Scenario, options: RunOptions) -> Sequence[str]:
    """How models are called; a life of their own goes by the scenario's name."""
    if scenario.lifecycle is None:
        return [
            registry.known_call_mode(call_mode, options.backend)
            for call_mode in options.call_modes or scenario.call_modes
        ]
    if options.call_modes:
        raise InvalidScenario(
            f"scenario {name!r} has a lifecycle of its own: it takes no call mode"
        )
    if name in call_modes_of(options.backend):
        raise InvalidScenario(f"a scenario with a lifecycle of its own cannot be called {name!r}")
    return [name]
