"""The panels of a scenario: every combination of the factors that it, or the user, sweeps."""

from __future__ import annotations

from collections.abc import Sequence

from bench.domain.errors import InvalidScenario
from bench.domain.panel import Panel
from bench.domain.phases import call_modes_of
from bench.domain.scenario import Scenario
from bench.planning import registry
from bench.planning.call_modes import measured_call_modes
from bench.planning.presets import Preset
from bench.planning.run_options import RunOptions


def panels_of(name: str, scenario: Scenario, preset: Preset, options: RunOptions) -> list[Panel]:
    """The panels of the scenario ``name``: every combination of its factors.

    Raises ``UnknownName`` or ``InvalidScenario`` when names or options do not fit.
    """
    chosen = options.architectures or scenario.architectures[: preset.architectures]
    layers = options.layers or scenario.layers
    if options.layers and not scenario.layers and not any(map(registry.takes_depth, chosen)):
        raise InvalidScenario(f"scenario {name!r} has no depth: it takes no layer counts")
    call_modes = call_modes_for(name, scenario, options)
    device = options.devices[0] if len(options.devices) == 1 else None
    backend = options.backends[0] if len(options.backends) == 1 else None
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
            device=device,
            backend=backend,
        )
        for call_mode in call_modes
        for architecture, known in (depths or {None: layers or (None,)}).items()
        for depth in known
        for batch in options.batches or (None,)
    ]


def call_modes_for(name: str, scenario: Scenario, options: RunOptions) -> Sequence[str]:
    """How models are called; a life of their own goes by the scenario's name."""
    if scenario.lifecycle is None:
        return measured_call_modes(scenario, options.call_modes, options.backends)
    if options.call_modes:
        raise InvalidScenario(
            f"scenario {name!r} has a lifecycle of its own: it takes no call mode"
        )
    if name in call_modes_of(*options.backends):
        raise InvalidScenario(f"a scenario with a lifecycle of its own cannot be called {name!r}")
    return [name]


def _depths(architecture: str, layers: Sequence[int], options: RunOptions) -> Sequence[int | None]:
    """The ``layers`` to sweep with ``architecture``, or no depth where it takes none."""
    takes_depth = registry.takes_depth(architecture)
    if takes_depth and not layers:
        raise InvalidScenario(f"architecture {architecture!r} takes a depth: give --layers")
    if takes_depth is False and options.layers:
        raise InvalidScenario(f"architecture {architecture!r} takes no depth: leave --layers out")
    return (None,) if takes_depth is False or not layers else layers
