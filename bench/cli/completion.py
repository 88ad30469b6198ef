"""What a shell offers when a name is begun: ``eval "$(_BENCH_COMPLETE=bash_source bench)"``."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import click

from bench.domain.errors import InvalidScenario
from bench.domain.phases import CALL_MODES, call_modes_of
from bench.planning import registry
from bench.store.locate import RUNS

Complete = Callable[[click.Context, click.Parameter, str], list[str]]


def _completing(names: Callable[[], Iterable[str]]) -> Complete:
    """Completes the last of the names that are written with commas between them."""

    def complete(context: click.Context, parameter: click.Parameter, begun: str) -> list[str]:
        before, comma, last = begun.rpartition(",")
        return [f"{before}{comma}{name}" for name in names() if name.startswith(last)]

    return complete


def _runs() -> list[str]:
    """The newest first, after the word that means it."""
    return ["latest", *sorted((each.parent.name for each in RUNS.glob("*/run.json")), reverse=True)]


def _scenarios() -> list[str]:
    """None where a file of theirs is broken, which whatever is called then will say."""
    try:
        return list(registry.scenarios())
    except InvalidScenario:
        return []


SCENARIOS = _completing(_scenarios)
RUN = _completing(_runs)
RUN_OR_SCENARIO = _completing(lambda: [*_scenarios(), *_runs()])
ARCHITECTURES = _completing(lambda: registry.architectures())
PHASES = _completing(
    lambda: dict.fromkeys(
        phase for mode in call_modes_of().values() for phase in mode.plan().compared
    )
)
CALL_MODE_NAMES = _completing(call_modes_of)
DEVICES = _completing(lambda: registry.DEVICES)
BACKENDS = _completing(lambda: CALL_MODES)
