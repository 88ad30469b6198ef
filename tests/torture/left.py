"""What a run that was disturbed has left: its rounds, each once and as it was, and nothing else."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from bench.domain import status
from bench.execution.processes.scratch import remove_abandoned
from bench.store.run_folder import RunFolder
from tests.torture.campaign import Wrong


class SeenRounds:
    """The rounds of the folder ``run`` as they were when they were first seen."""

    def __init__(self, run: Path) -> None:
        self._run = run
        self._seen: dict[Path, str] = {}

    def check(self) -> None:
        """Raise ``Wrong`` unless every round that was seen is there, as it was, once and whole."""
        for path in sorted((self._run / "rounds").glob("round-*.parquet")):
            digest = hashlib.sha256(path.read_bytes()).hexdigest()
            if self._seen.setdefault(path, digest) != digest:
                raise Wrong(f"{path.name} has changed")
        lost = [path.name for path in self._seen if not path.exists()]
        if lost:
            raise Wrong(f"{lost} are lost")
        samples = RunFolder(self._run).samples()
        good = samples[(samples["phase"] == "invocation") & (samples["status"] == status.OK)]
        cells = good.groupby(["round", "order"], observed=True).size()
        if (cells > 1).any():
            raise Wrong(f"an invocation is there twice: {cells[cells > 1]}")

    def check_complete(self, rounds: int) -> None:
        """Raise ``Wrong`` unless there are so many rounds, too, and no unfinished file."""
        self.check()
        found = RunFolder(self._run).rounds()
        if found != list(range(rounds)):
            raise Wrong(f"the rounds of a completed run are {found}")
        hidden = [path.name for path in self._run.rglob(".*")]
        if hidden:
            raise Wrong(f"files are left behind: {hidden}")


def check_swept(temporary: Path) -> None:
    """Raise ``Wrong`` where the next start leaves anything of others in ``temporary``."""
    for folder in temporary.iterdir():
        os.utime(folder, (0, 0))
    remove_abandoned(temporary)
    left = [path.name for path in temporary.iterdir()]
    if left:
        raise Wrong(f"temporary files are left behind: {left}")
