"""From the words of a request to a plan: the options that say what is measured."""

from __future__ import annotations

import random
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from bench.cli import completion, option_types
from bench.domain.scenario import Scenario
from bench.planning import registry
from bench.planning.presets import PRESETS
from bench.planning.scenario_files import scenarios_of

if TYPE_CHECKING:
    from bench.domain.plan import Plan

Command = TypeVar("Command", bound=Callable[..., Any])

_WHAT = (
    click.option(
        "--layers", type=option_types.LAYERS, help="Depths to sweep. [default: the scenario's]"
    ),
    click.option(
        "--architecture",
        "architectures",
        type=option_types.NAMES,
        shell_complete=completion.ARCHITECTURES,
        help="Architectures, by name or MODULE:FUNCTION; add (name=value, ...) to change the "
        "size of the input. [default: the scenario's first ones]",
    ),
    click.option(
        "--arm",
        "arms",
        type=option_types.ARM,
        multiple=True,
        metavar="NAME=MODULE:FUNCTION",
        help="Add or replace an arm; without a SCENARIO, compare only these. Repeatable.",
    ),
    click.option(
        "--input",
        "inputs",
        type=option_types.INPUT,
        multiple=True,
        metavar="DTYPE[BATCH,...]",
        help="Declare a model input that cannot be inferred; repeat for each.",
    ),
    click.option(
        "--batch",
        "batches",
        type=option_types.BATCHES,
        help="Batch sizes to sweep. [default: 32, or that of --input]",
    ),
    click.option(
        "--baseline", help="The arm that others are compared with. [default: the scenario's]"
    ),
    click.option(
        "--call-mode",
        "call_modes",
        type=option_types.NAMES,
        shell_complete=completion.ENTRY_NAMES,
        help="How models are called. [default: the scenario's, usually function]",
    ),
    click.option(
        "--device",
        "devices",
        type=option_types.NAMES,
        shell_complete=completion.DEVICES,
        default=("cpu",),
        help="Devices: cpu, gpu. [default: cpu]",
    ),
)


def scenario_options(command: Command) -> Command:
    """Give ``command`` the options that say what is measured."""
    for option in reversed(_WHAT):
        command = option(command)
    return command


def plan(
    *,
    seed: int | None,
    scenarios: tuple[str, ...],
    preset: str,
    arms: tuple[Any, ...],
    memory_bytes: float | None = None,
    **wishes: Any,
) -> Plan:
    """The plan that measures ``scenarios``, or the default one, as the options wish.

    Without a ``seed`` it draws one.

    Raises ``UnknownName`` or ``InvalidScenario`` when names or wishes do not fit.
    """
    from bench.doctor.machine import resources
    from bench.planning.build import RunOptions, compose

    if not scenarios and not arms:
        scenarios = (registry.suite().default,)
    known = registry.scenarios()
    chosen: dict[str, Scenario] = {}
    folders = []
    for name in scenarios:
        if name.endswith(".py"):
            chosen.update(scenarios_of(Path(name)))
            folders.append(str(Path(name).parent.resolve()))
        else:
            chosen[name] = known[registry.known(name, "scenario", known)]
    machine = resources()
    return compose(
        chosen,
        PRESETS[preset],
        RunOptions(
            seed=random.SystemRandom().getrandbits(32) if seed is None else seed,
            arms=dict(arms),
            folders=folders,
            cores=machine.cores,
            free_memory_bytes=machine.memory_bytes,
            memory_bytes=None if memory_bytes is None else int(memory_bytes),
            **wishes,
        ),
        python=sys.executable,
    )
