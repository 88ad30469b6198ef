"""Places that cannot be written cost what they must, and a line says so."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.command import ROOT

PUBLISHED = ROOT / "results" / "published" / "seed_example"
READ_ONLY = 'mount --bind "$1" "$1" && mount -o remount,bind,ro "$1" || exit 99; shift; exec "$@"'


def beside_read_only(
    place: Path, *words: str, folder: Path = ROOT
) -> subprocess.CompletedProcess[str]:
    """``python -m`` with ``words`` in ``folder`` where nothing can be written to ``place``."""
    return subprocess.run(
        [
            *("unshare", "--user", "--map-root-user", "--mount", "sh", "-c", READ_ONLY, "sh"),
            *(str(place), sys.executable, "-m", *words),
        ],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """A finished run that has no findings."""
    shutil.copytree(PUBLISHED, tmp_path / "run")
    (tmp_path / "run" / "findings.json").unlink(missing_ok=True)
    return tmp_path / "run"


def test_run_on_a_read_only_disk_is_shown(copied: Path) -> None:
    shown = beside_read_only(copied, "bench", "show", str(copied), "--json")
    assert shown.returncode == 0, shown.stderr
    assert json.loads(shown.stdout)["comparisons"]
    assert not (copied / "findings.json").exists()


@pytest.mark.parametrize("command", ["charts", "report"])
def test_what_is_drawn_into_a_read_only_run_is_one_line(copied: Path, command: str) -> None:
    refused = beside_read_only(copied, "bench", command, str(copied))
    assert refused.returncode == 2
    (line,) = refused.stderr.splitlines()
    assert line.startswith("bench: Read-only file system: ")
    assert str(copied) in line


def test_doctor_says_that_peak_memory_cannot_be_measured() -> None:
    found = beside_read_only(Path("/proc"), "bench", "doctor", "--json")
    (check,) = (
        each for each in json.loads(found.stdout)["checks"] if each["name"] == "peak memory"
    )
    assert check["level"] == "note"
    assert check["found"] == "/proc/self/clear_refs: Read-only file system"
    assert "make /proc writable" in check["advice"]


def test_run_beside_a_read_only_proc_is_measured_without_peaks(tmp_path: Path) -> None:
    words = ("tests.cli.with_fakes", "run", "--out", "runs", "--json")
    ran = beside_read_only(Path("/proc"), *words, folder=tmp_path)
    assert ran.returncode == 0, ran.stderr
    cells = json.loads(ran.stdout)["cells"]
    metrics = {each["metric"] for each in cells}
    assert "seconds" in metrics
    assert not {metric for metric in metrics if "peak" in metric}
