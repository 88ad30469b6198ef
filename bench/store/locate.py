"""Finds run folders by what a user types: an id, the beginning of one, a path, or ``latest``."""

from __future__ import annotations

import secrets
from datetime import datetime, timezone
from pathlib import Path

from bench.domain.names import slug
from bench.store.files import InvalidRun
from bench.store.run_folder import RunFolder

RUNS = Path("results") / "runs"
"""Where runs are made and looked for, below the current directory."""


def new_run_id(*scenarios: str) -> str:
    """UTC time, scenarios and a short random suffix: sorts by time."""
    now = datetime.now(timezone.utc).strftime("%Y%m%dT%H%M%SZ")
    return f"{now}-{slug(*scenarios)}-{secrets.token_hex(2)}"


def locate(run: str, folder: Path = RUNS) -> RunFolder:
    """The run that ``run`` names: ``latest``, a path, an id in ``folder``, or its beginning.

    Raises ``InvalidRun`` when there is none, or more than one.
    """
    path = Path(run)
    if path.is_dir() and (path / "run.json").exists():
        return RunFolder(path.resolve())
    known = sorted(entry.parent for entry in folder.glob("*/run.json"))
    if run == "latest":
        if not known:
            raise InvalidRun(f"there is no run in {folder} yet: bench run --quick makes one")
        return RunFolder(known[-1])
    matches = [entry for entry in known if entry.name.startswith(run)]
    if len(matches) == 1:
        return RunFolder(matches[0])
    if matches:
        names = ", ".join(entry.name for entry in matches[:5])
        raise InvalidRun(f"{run!r} is a prefix of more than one run: {names}")
    if path.exists():
        raise InvalidRun(f"{run} is no run folder: there is no run.json in it")
    raise InvalidRun(f"there is no run {run!r} in {folder} and no such path")
