"""Damages run folders: the table stays that of the whole run, or a line names the file."""

from __future__ import annotations

import hashlib
import random
import shutil
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pandas as pd

from bench.domain.design.plan import Plan
from bench.domain.findings.run import Findings
from bench.execution.listener import Listener
from bench.execution.rounds.run import execute_run
from bench.runs import conclude as concluding
from bench.runs.conclude import conclude
from bench.runs.findings import current_findings
from bench.store.files import InvalidRun
from bench.store.run_folder import RunFolder
from bench.store.soundness import check_samples
from tests.fakes.plan import fake_folder, fake_plan
from tests.torture.campaign import Wrong, limited
from tests.torture.ways import BYTE_WAYS, WAYS

IGNORED = ("run.lock",)
"""Files whose content means nothing."""


class Damage:
    """Trials on copies of a few runs of the fake framework, which are measured here once."""

    def __init__(self, scratch: Path) -> None:
        self._runs = [_measure(scratch / "parts", seed=1), _measure(scratch / "others", seed=2)]
        compacted = scratch / "compacted"
        shutil.copytree(self._runs[0], compacted)
        RunFolder(compacted).compact()
        self._runs.append(compacted)
        self._tables = {run: _table(run) for run in self._runs}
        self._copies = {run: _Copy(run, scratch / "copies" / run.name) for run in self._runs}

    def trial(self, generator: random.Random) -> str:
        """Damage one file of a copy of a run in one way, and read the run.

        Half of the runs have no findings: all that is stored must be read again.
        """
        run = generator.choice(self._runs)
        copy = self._copies[run]
        path = generator.choice(copy.files())
        change = generator.choice(WAYS if path.suffix == ".json" else BYTE_WAYS)
        others = [other / path.relative_to(copy.path) for other in self._runs if other != run]
        done = change(path, generator, [each for each in others if each.exists()])
        if path != copy.findings and generator.random() < 0.5:
            copy.findings.unlink()
            done = f"{done}, and the findings removed"
        what = f"{path.relative_to(copy.path)} of {run.name}: {done}"
        try:
            return self._read(run, path, what)
        finally:
            copy.restore(path, what)

    def _read(self, run: Path, path: Path, what: str) -> str:
        try:
            with limited(what), _whole_files_read_once():
                table = _table(self._copies[run].path)
        except InvalidRun as error:
            message = str(error)
            if "\n" in message or path.name not in message:
                raise Wrong(f"{what}: the line does not name the file: {message!r}") from error
            return "named"
        except Exception as error:
            raise Wrong(f"{what}: {error!r}") from error
        if table != self._tables[run]:
            raise Wrong(f"{what}: another table, and nothing is said")
        return "as it was"


_KNOWN: dict[tuple[str, bytes], Any] = {}


@contextmanager
def _whole_files_read_once() -> Iterator[None]:
    """Within, what takes long of the same content is done once; what raises is done each time."""

    def conclude_once(folder: RunFolder) -> Findings:
        findings: Findings = _once("conclude", folder.path, "*", lambda: conclude(folder))
        return findings

    def samples_once(folder: RunFolder) -> pd.DataFrame:
        table: pd.DataFrame = _once("samples", folder.path, "r*", lambda: samples(folder))
        return table

    def check_once(table: pd.DataFrame, plan: Plan, run: Path) -> None:
        _once("check", run, "r*", lambda: check_samples(table, plan, run))

    samples = RunFolder.samples
    with (
        patch.object(concluding, "conclude", conclude_once),
        patch.object(concluding, "check_samples", check_once),
        patch.object(RunFolder, "samples", samples_once),
    ):
        yield


def _once(what: str, run: Path, among: str, action: Callable[[], object]) -> Any:
    """What ``action`` returns of the files ``among`` those of the folder ``run``."""
    content = hashlib.sha256()
    paths = [each for top in run.glob(among) for each in (top, *top.rglob("*"))]
    for path in sorted(paths):
        if path.name not in ("findings.json", *IGNORED):
            kind = stat.S_IFMT(path.lstat().st_mode)
            content.update(f"{path.relative_to(run)} {kind}\n".encode())
            content.update(path.read_bytes() if kind == stat.S_IFREG else b"")
    key = what, content.digest()
    if key not in _KNOWN:
        _KNOWN[key] = action()
    return _KNOWN[key]


class _Copy:
    """A copy of ``run`` at ``path``, of which one file at a time is damaged."""

    def __init__(self, run: Path, path: Path) -> None:
        shutil.copytree(run, path)
        self.path = path
        self.findings = path / "findings.json"
        self._whole = {each: each.read_bytes() for each in path.rglob("*") if each.is_file()}

    def files(self) -> list[Path]:
        """Those whose content means something."""
        return sorted(each for each in self._whole if each.name not in IGNORED)

    def restore(self, damaged: Path, what: str) -> None:
        """Make it whole again. Raises ``Wrong`` where reading has left other files."""
        for path in {damaged, self.findings}:
            if path.is_dir() and not path.is_symlink():
                path.rmdir()
            path.unlink(missing_ok=True)
            path.write_bytes(self._whole[path])
        found = {each for each in self.path.rglob("*") if not each.is_dir()}
        if found != self._whole.keys():
            raise Wrong(f"{what}: it has left other files: {found ^ self._whole.keys()}")


def _measure(path: Path, seed: int) -> Path:
    plan = fake_plan(
        "straight",
        "copies_the_list",
        module="tests.fakes.injected_causes",
        rounds=3,
        layers=(2, 4),
        evidence_s=60,
        seed=seed,
    )
    folder = fake_folder(path, plan)
    execute_run(folder, Listener())
    return path


def _table(run: Path) -> dict[str, Any]:
    """What ``bench show --json`` prints, but for where the run is."""
    return current_findings(RunFolder(run)).model_dump(mode="json", exclude={"sources"})
