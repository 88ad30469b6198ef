"""What a word names that may be a run or a scenario."""

from __future__ import annotations

from pathlib import Path

from bench.cli.errors import WrongRequest
from bench.domain.errors import UnknownName
from bench.planning import registry
from bench.store.locate import NoSuchRun, locate
from bench.store.run_folder import RunFolder


def resolve_run(target: str, runs: Path) -> RunFolder | None:
    """The run that ``target`` names; None where it names a scenario, or a file of them.

    Raises ``WrongRequest`` when it is neither, and ``InvalidRun`` when it is a run that cannot be
    read.
    """
    scenarios = registry.scenarios()
    if target in scenarios or target.endswith(".py"):
        return None
    try:
        return locate(target, runs)
    except NoSuchRun as error:
        try:
            registry.known(target, "scenario", scenarios)
        except UnknownName as unknown:
            raise WrongRequest(f"{unknown}; and as a run: {error}") from error
        raise
