"""What a word names that may be a run or a scenario."""

from __future__ import annotations

from pathlib import Path

from bench.cli.errors import WrongRequest, mendable
from bench.plan import catalogue
from bench.plan.scenario import InvalidScenario
from bench.store.folder import NotARun, RunFolder
from bench.store.locate import RUNS, locate


def finished_run(target: str, runs: Path | None) -> RunFolder | None:
    """The run that ``target`` names; None where it names a scenario, or a file of them.

    Raises ``WrongRequest`` when it is neither, and when a scenario file cannot be read.
    """
    with mendable(InvalidScenario):
        scenarios = catalogue.scenarios()
    if target in scenarios or target.endswith(".py"):
        return None
    try:
        return locate(target, runs or RUNS)
    except NotARun as error:
        try:
            catalogue.known(target, "scenario", scenarios)
        except catalogue.UnknownName as unknown:
            raise WrongRequest(f"{unknown}; and as a run: {error}") from error
        raise
