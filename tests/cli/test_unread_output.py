"""A run whose output nobody reads, or has room for, is measured, drawn and stored all the same."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from bench.cli.errors import CLOSED_PIPE, WRONG_REQUEST
from bench.store.run_folder import RunFolder
from tests.cli.command import ROOT


class Ran(NamedTuple):
    """The exit code of a run, what it said on standard error, and where it is stored."""

    code: int
    errors: str
    folder: RunFolder


def ran(output: int, project: Path, *words: str, errors: int = subprocess.PIPE) -> Ran:
    """A run of the fake framework whose standard output is the descriptor ``output``."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.cli.with_fakes", "run", "--out", "runs", *words],
        cwd=project,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=output,
        stderr=errors,
        text=True,
        check=False,
    )
    (path,) = (project / "runs").iterdir()
    return Ran(done.returncode, done.stderr or "", RunFolder(path))


def check_complete(found: Ran) -> None:
    assert found.folder.record.status == "complete"
    assert found.folder.rounds() == [0, 1]
    assert list((found.folder.path / "charts").glob("*.png"))
    assert list((found.folder.path / "tensorboard").rglob("events.out.tfevents.*"))
    assert "Traceback" not in found.errors
    assert "resume" not in found.errors


@pytest.mark.parametrize("words", [(), ("--json",)])
def test_reader_that_has_left_costs_the_output_alone(tmp_path: Path, words: tuple[str]) -> None:
    ours, theirs = os.pipe()
    os.close(ours)
    try:
        found = ran(theirs, tmp_path, *words)
    finally:
        os.close(theirs)
    check_complete(found)
    assert found.code == CLOSED_PIPE


@pytest.mark.parametrize("words", [(), ("--json",)])
def test_output_without_room_costs_the_output_alone(tmp_path: Path, words: tuple[str]) -> None:
    full = os.open("/dev/full", os.O_WRONLY)
    try:
        found = ran(full, tmp_path, *words)
    finally:
        os.close(full)
    check_complete(found)
    assert found.code == WRONG_REQUEST
    assert "No space left on device" in found.errors.splitlines()[-1]


def test_reader_of_errors_that_has_left_costs_nothing(tmp_path: Path) -> None:
    ours, theirs = os.pipe()
    os.close(ours)
    try:
        found = ran(subprocess.DEVNULL, tmp_path, errors=theirs)
    finally:
        os.close(theirs)
    check_complete(found)
    assert found.code == 0
