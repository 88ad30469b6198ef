"""The environments of a run: every combination of the interpreters, backends and devices asked for.

What all have in common is no part of their names, and belongs to the panels.
"""

from __future__ import annotations

from itertools import product
from typing import NamedTuple

from bench.domain.design.plan import Plan
from bench.domain.panel import DEFAULT_ENVIRONMENT
from bench.planning import registry
from bench.planning.run_options import RunOptions


class Environments(NamedTuple):
    """Interpreters by name; and their backends and devices, where environments differ in these."""

    pythons: dict[str, str]
    backends: dict[str, str]
    devices: dict[str, str]


def environments(options: RunOptions, python: str) -> Environments:
    """The environments that ``options`` ask for; ``python`` where they name no interpreter.

    They are called ``keras2-jax-gpu``, or after those parts of it that vary. Raises ``UnknownName``
    for a device that is none.
    """
    interpreters = dict(options.interpreters) or {DEFAULT_ENVIRONMENT: python}
    devices = [registry.known_device(each) for each in options.devices]
    found = Environments({}, {}, {})
    for combined in product(interpreters, options.backends, devices):
        varying = zip(combined, (interpreters, options.backends, devices), strict=True)
        parts = [part for part, several in varying if len(several) > 1]
        interpreter, backend, device = combined
        name = "-".join(parts) or interpreter
        found.pythons[name] = interpreters[interpreter]
        if len(options.backends) > 1:
            found.backends[name] = backend
        if len(devices) > 1:
            found.devices[name] = device
    return found


def with_environments_of(plan: Plan, other: Plan) -> Plan:
    """``plan`` in the environments of ``other``, on their backends and devices."""
    own = {
        name: None if known else getattr(other.panels[0], name)
        for name, known in (("backend", other.backends), ("device", other.devices))
    }
    panels = dict.fromkeys(each.model_copy(update=own) for each in plan.panels)
    named = {name: getattr(other, name) for name in ("environments", "backends", "devices")}
    return Plan.model_validate({**dict(plan), **named, "panels": tuple(panels)})
