"""A file system of temporary files that is full costs what it must, and a line says so."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from bench.execution.processes.worker_copy import copy_worker
from bench.store.run_folder import RunFolder
from tests.cli.command import ROOT

KIB = 1 << 10
PAGE = 4 * KIB

MOUNTED = """
mount -t tmpfs -o size="$1" tmpfs "$2" || exit 99
shift 2
exec "$@"
"""


@pytest.fixture(scope="module")
def copy_bytes(tmp_path_factory: pytest.TempPathFactory) -> int:
    """What the worker's copy takes of a file system in memory."""
    folder = tmp_path_factory.mktemp("copy")
    copy_worker(folder)
    sizes = (path.stat().st_size for path in folder.rglob("*") if path.is_file())
    return sum(-(-size // PAGE) * PAGE for size in sizes)


def ran(project: Path, size: int) -> subprocess.CompletedProcess[str]:
    """A run of the fake framework whose temporary files have ``size`` bytes of room."""
    temporary = project / "temporary"
    temporary.mkdir()
    done = subprocess.run(
        [
            *("unshare", "--user", "--map-root-user", "--mount", "sh", "-c", MOUNTED, "sh"),
            *(str(size), str(temporary)),
            *(sys.executable, "-m", "tests.cli.with_fakes", "run", "--out", "runs"),
        ],
        cwd=project,
        env={**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(temporary)},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode == 99 or "unshare" in done.stderr:
        pytest.skip(f"no small file system can be mounted here: {done.stderr}")
    assert "Traceback" not in done.stdout + done.stderr
    return done


def test_run_without_room_for_its_interpreter_is_refused_in_a_line(tmp_path: Path) -> None:
    done = ran(tmp_path, 2 * PAGE)
    assert done.returncode == 2
    said = done.stderr.splitlines()[-1]
    assert "No space left on device; make room there, or set TMPDIR to another folder" in said
    assert not list((tmp_path / "runs").iterdir())


def test_run_without_room_for_invocations_says_so_once(tmp_path: Path, copy_bytes: int) -> None:
    done = ran(tmp_path, copy_bytes + 4 * PAGE)
    assert done.returncode == 3, done.stderr
    lines = [line for line in done.stdout.splitlines() if line.startswith("failed: ")]
    assert len(lines) == 1
    assert "tried again on --resume" in " ".join(done.stdout.split())
    (folder,) = (tmp_path / "runs").iterdir()
    findings = RunFolder(folder).findings()
    assert findings is not None
    assert {each.kind for each in findings.failures} == {"environment"}
    (reason,) = {each.reason for each in findings.failures}
    assert reason == (
        "could not be prepared: No space left on device; make room for temporary files, or set "
        "TMPDIR to another folder"
    )
    assert RunFolder(folder).record.status == "interrupted"
    resumed = subprocess.run(
        [sys.executable, "-m", "tests.cli.with_fakes", "run", "--resume", str(folder), "--json"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert RunFolder(folder).record.status == "complete", resumed.stderr
    assert RunFolder(folder).rounds() == [0, 1]


def test_run_with_little_room_is_measured(tmp_path: Path, copy_bytes: int) -> None:
    assert ran(tmp_path, copy_bytes + (KIB << 10)).returncode == 0
