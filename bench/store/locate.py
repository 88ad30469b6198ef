"""Finds run folders by what a user types: an id, the beginning of one, a path, or ``latest``."""

from __future__ import annotations

import secrets
from datetime import datetime, timezone
from pathlib import Path

from bench.domain.names import LONGEST_LOCATION, shortened, slug
from bench.store.files import InvalidRun, is_there
from bench.store.run_folder import RunFolder

RUNS = Path("results") / "runs"
"""Where runs are made and looked for, below the current directory."""


class NoSuchRun(InvalidRun):
    """A word that no run has, nor the beginning of its id."""


def new_run_id(*scenarios: str) -> str:
    """UTC time, scenarios and a short random suffix: sorts by time."""
    now = datetime.now(timezone.utc).strftime("%Y%m%dT%H%M%SZ")
    return f"{now}-{slug(*scenarios)}-{secrets.token_hex(2)}"


def locate(run: str, folder: Path = RUNS) -> RunFolder:
    """The run that ``run`` names: ``latest``, a path, an id in ``folder``, or its beginning.

    Raises ``NoSuchRun`` when there is none, and ``InvalidRun`` when there is more than one or it
    cannot be read.
    """
    path, named = Path(run), ascii(shortened(run))
    where = ascii(shortened(str(folder), LONGEST_LOCATION))[1:-1]
    if is_there(path / "run.json"):
        return RunFolder(path.resolve())
    known = sorted(entry.parent for entry in folder.glob("*/run.json"))
    if run == "latest":
        if not known:
            raise InvalidRun(f"there is no run in {where} yet: bench run --quick makes one")
        return RunFolder(known[-1])
    exact = [entry for entry in known if entry.name == run]
    matches = exact or [entry for entry in known if entry.name.startswith(run)]
    if len(matches) == 1:
        return RunFolder(matches[0])
    if matches:
        names = ", ".join(entry.name for entry in matches[:5])
        raise InvalidRun(f"{named} is a prefix of more than one run: {names}")
    if is_there(path):
        raise InvalidRun(f"{named[1:-1]} is no run folder: there is no run.json in it")
    raise NoSuchRun(f"there is no run {named} in {where} and no such path")
