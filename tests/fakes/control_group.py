"""Control groups as the files of a folder say."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from bench.worker.linux.cgroup import ControlGroup


def group(folder: Path, membership: str, files: Mapping[str, str]) -> ControlGroup:
    """The control groups of ``membership``, whose ``files`` are written below ``folder``."""
    (folder / "membership").write_text(membership)
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(f"{text}\n")
    return ControlGroup(str(folder), str(folder / "membership"))
