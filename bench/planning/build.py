"""Turns scenarios and wishes into a frozen plan, or says what is wrong with them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from bench.domain.errors import InvalidScenario
from bench.domain.names import check_name
from bench.domain.panel import Panel
from bench.domain.phases import TENSORFLOW, call_modes_of
from bench.domain.plan import Input, Isolation, Plan
from bench.domain.scenario import Arm, Scenario
from bench.planning import registry
from bench.planning.presets import Preset
from bench.planning.scenarios import plan_scenario

OWN_ARMS = "own_arms"
"""Name of the scenario that compares just the arms that were named in the request."""


@dataclass(frozen=True)
class RunOptions:
    """What a user asks for beyond a scenario and a preset; ``None`` leaves it to them.

    ``name`` is that of the scenario that compares just ``arms``. ``margin`` is relative,
    ``budget_s`` and ``timeout_s`` are seconds. ``memory_bytes`` is what one invocation may take;
    where it is not given, those under way share ``free_memory_bytes``, which like ``cores`` is the
    machine's.
    """

    seed: int | None = None
    free_memory_bytes: int = 1 << 30
    memory_bytes: int | None = None
    cores: int = 1
    name: str | None = None
    arms: Mapping[str, Arm] = field(default_factory=dict)
    baseline: str | None = None
    architectures: Sequence[str] | None = None
    layers: Sequence[int] | None = None
    batches: Sequence[int] | None = None
    call_modes: Sequence[str] | None = None
    devices: Sequence[str] = ("cpu",)
    rounds: int | None = None
    replicates: int | None = None
    budget_s: float | None = None
    margin: float = 0.05
    isolation: Isolation = "fork"
    timeout_s: float = 120.0
    threads: int | None = None
    pin: bool = True
    jobs: int | None = None
    backend: str = TENSORFLOW
    inputs: Sequence[Input] = ()
    folders: Sequence[str] = ()


def compose(
    scenarios: Mapping[str, Scenario], preset: Preset, wishes: RunOptions, python: str
) -> Plan:
    """The plan that measures ``scenarios`` with the interpreter at the path ``python``.

    Raises ``UnknownName`` or ``InvalidScenario`` when names or wishes do not fit.
    """
    if scenarios and wishes.name is not None:
        raise InvalidScenario("a name is for arms without a scenario: scenarios have names already")
    if scenarios:
        wanted = {name: _with_arms(scenario, wishes) for name, scenario in scenarios.items()}
    else:
        wanted = {wishes.name or OWN_ARMS: _own_arms(wishes)}
    for name in wanted:
        check_name(name, "scenario")
    panels = [
        panel
        for name, scenario in wanted.items()
        for panel in _panels(name, scenario, preset, wishes)
    ]
    if wishes.isolation == "none" and len({panel.device for panel in panels}) > 1:
        raise InvalidScenario("without isolation one process measures all: name a single device")
    named = dict.fromkeys(panel.architecture for panel in panels)
    architectures = {name: registry.architecture(name) for name in named if name is not None}
    budget_factor = max(scenario.budget_factor for scenario in wanted.values())
    jobs = min(wishes.jobs or preset.jobs, wishes.cores)
    pin = wishes.pin and wishes.isolation != "none"
    if not pin:
        # Side by side only on cores of their own; and in one process nothing is.
        jobs = 1
    return Plan(
        scenarios=tuple(plan_scenario(name, scenario) for name, scenario in wanted.items()),
        panels=tuple(panels),
        architectures={name: reference for name, (reference, _) in architectures.items()},
        architecture_arguments={
            name: arguments for name, (_, arguments) in architectures.items() if arguments
        },
        environments={"default": python},
        folders=tuple(wishes.folders),
        rounds=wishes.rounds or preset.rounds,
        replicates=wishes.replicates or preset.replicates,
        pilot_rounds=0 if wishes.replicates else preset.pilot_rounds,
        iterations=preset.iterations,
        inputs=tuple(wishes.inputs),
        **({"batch": _batch(wishes.inputs)} if wishes.inputs else {}),
        budget_s=wishes.budget_s or preset.budget_s * budget_factor,
        margin=wishes.margin,
        seed=wishes.seed or 0,
        isolation=wishes.isolation,
        timeout_s=wishes.timeout_s,
        memory_bytes=wishes.memory_bytes or wishes.free_memory_bytes // jobs,
        threads=wishes.threads,
        pin=pin,
        jobs=jobs,
    )


def _batch(inputs: Sequence[Input]) -> int:
    sizes = {each.shape[0] for each in inputs}
    if len(sizes) > 1:
        raise InvalidScenario(f"inputs have one batch size, not {sorted(sizes)}")
    return sizes.pop()


def _with_arms(scenario: Scenario, wishes: RunOptions) -> Scenario:
    arms = {**scenario.arms, **wishes.arms}
    baseline = wishes.baseline or scenario.baseline
    registry.known(baseline, "arm", arms)
    return replace(scenario, arms=arms, baseline=baseline)


def _own_arms(wishes: RunOptions) -> Scenario:
    if not wishes.arms:
        raise InvalidScenario("there is nothing to compare: name a scenario or some arms")
    baseline = wishes.baseline or next(iter(wishes.arms))
    registry.known(baseline, "arm", wishes.arms)
    names = " and ".join(wishes.arms)
    return Scenario(
        question=f"What do {names} cost?" if len(wishes.arms) > 1 else f"What does {names} cost?",
        arms=wishes.arms,
        baseline=baseline,
        architectures=tuple(wishes.architectures or ()),
        layers=tuple(wishes.layers or ()),
    )


def _panels(name: str, scenario: Scenario, preset: Preset, wishes: RunOptions) -> list[Panel]:
    chosen = wishes.architectures or scenario.architectures[: preset.architectures]
    layers = wishes.layers or scenario.layers
    if wishes.layers and not scenario.layers and not any(map(registry.takes_depth, chosen)):
        raise InvalidScenario(f"scenario {name!r} has no depth: it takes no layer counts")
    if wishes.batches and wishes.inputs:
        raise InvalidScenario("declared inputs say their batch size: it takes no other ones")
    call_modes = _call_modes(name, scenario, wishes)
    depths: dict[str | None, Sequence[int | None]] = {
        architecture: _depths(architecture, layers, wishes) for architecture in chosen
    }
    return [
        Panel(
            scenario=name,
            architecture=architecture,
            layers=depth,
            batch=batch,
            call_mode=call_mode,
            device=registry.known_device(device),
            backend=wishes.backend,
        )
        for device in wishes.devices
        for call_mode in call_modes
        for architecture, known in (depths or {None: layers or (None,)}).items()
        for depth in known
        for batch in wishes.batches or (None,)
    ]


def _depths(architecture: str, layers: Sequence[int], wishes: RunOptions) -> Sequence[int | None]:
    """The ``layers`` to sweep with ``architecture``, or no depth where it takes none."""
    takes_depth = registry.takes_depth(architecture)
    if takes_depth and not layers:
        raise InvalidScenario(f"architecture {architecture!r} takes a depth: give --layers")
    if takes_depth is False and wishes.layers:
        raise InvalidScenario(f"architecture {architecture!r} takes no depth: leave --layers out")
    return (None,) if takes_depth is False or not layers else layers


def _call_modes(name: str, scenario: Scenario, wishes: RunOptions) -> Sequence[str]:
    """How models are called; a life of their own goes by the scenario's name."""
    if scenario.lifecycle is None:
        return [
            registry.known_call_mode(call_mode, wishes.backend)
            for call_mode in wishes.call_modes or scenario.call_modes
        ]
    if wishes.call_modes:
        raise InvalidScenario(
            f"scenario {name!r} has a lifecycle of its own: it takes no call mode"
        )
    if name in call_modes_of(wishes.backend):
        raise InvalidScenario(f"a scenario with a lifecycle of its own cannot be called {name!r}")
    return [name]
