"""The files of a run folder that a report in it leads to."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

HOLDS = {
    "run.json": "the plan, the environment and the status",
    "findings.json": "everything that this page shows, as one document",
    "rounds.parquet": "the samples of all rounds",
    "rounds": "the samples, a file for each round",
    "observations": "what passes without a clock returned",
    "explanations.json": "why arms differ",
    "explanations": "why arms differ, a file for each scenario and architecture",
    "claims.json": "verdicts on claims",
    "calibration.json": "the design of the calibration",
    "charts": "the charts of this page, as SVG and PNG",
    "logs": "what invocations printed that failed",
}
"""What a run folder may hold, by name."""


class FileBeside(NamedTuple):
    """A file or folder: its name, its address from the report, and what it holds."""

    name: str
    address: str
    holds: str


def files_beside(run: Path) -> list[FileBeside]:
    """What lies in the folder ``run``, for the page that ``write_report`` puts into it."""
    found = []
    for name, holds in HOLDS.items():
        path = run / name
        if path.exists():
            shown = f"{name}/" if path.is_dir() else name
            found.append(FileBeside(shown, f"../{shown}", holds))
    return found
