"""From the names of scenarios and a user's options to the plan of a session on this machine."""

from __future__ import annotations

import random
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from bench.domain.design.plan import Plan
from bench.domain.scenario import Scenario
from bench.execution.resources import resources
from bench.planning import registry
from bench.planning.build import compose
from bench.planning.presets import PRESETS, Preset
from bench.planning.run_options import RunOptions
from bench.planning.scenario_files import scenarios_of


@dataclass(frozen=True)
class Chosen:
    """Scenarios by name, and the folders that their code is imported from besides this one."""

    scenarios: Mapping[str, Scenario] = field(default_factory=dict)
    folders: tuple[str, ...] = ()


def choose(words: Iterable[str]) -> Chosen:
    """The scenarios that ``words`` name: scenarios of the suite, and files of the user's own.

    Raises ``UnknownName``, or ``InvalidScenario`` when a file cannot be read or declares none.
    """
    scenarios: dict[str, Scenario] = {}
    folders = []
    known = registry.scenarios()
    for word in words:
        if word.endswith(".py"):
            scenarios.update(scenarios_of(Path(word)))
            folders.append(str(Path(word).parent.resolve()))
        else:
            scenarios[word] = known[registry.known(word, "scenario", known)]
    return Chosen(scenarios, tuple(folders))


def choose_or_default(words: Iterable[str], options: RunOptions) -> Chosen:
    """``choose``, or where nothing is named and ``options`` have no arms, the suite's default."""
    named = list(words)
    return choose(named if named or options.arms else [registry.suite().default])


def plan_session(
    chosen: Chosen, options: RunOptions, preset: Preset | str, python: str = sys.executable
) -> Plan:
    """The plan that measures ``chosen`` on this machine with the interpreter at ``python``.

    Cores and free memory are asked of the machine here; a seed is drawn where ``options`` have
    none. ``preset`` is one, or the name of one. Raises ``UnknownName`` or ``InvalidScenario``.
    """
    if isinstance(preset, str):
        preset = PRESETS[registry.known(preset, "preset", PRESETS)]
    machine = resources()
    options = replace(
        options,
        seed=random.SystemRandom().getrandbits(32) if options.seed is None else options.seed,
        folders=(*options.folders, *chosen.folders),
        cores=machine.cores,
        free_memory_bytes=machine.memory_bytes,
    )
    return compose(chosen.scenarios, preset, options, python)
