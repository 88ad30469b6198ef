"""A run that is asked to end, at any moment: it says how to go on, and leaves nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.command import ROOT


@pytest.mark.parametrize(
    ("moment", "numbers", "words"),
    [
        ("importing", (signal.SIGINT,), "interrupted before anything was measured"),
        ("importing", (signal.SIGHUP, signal.SIGINT), "interrupted before anything was measured"),
        ("round 1:", (signal.SIGINT, signal.SIGINT), "resume with: bench run --resume"),
        ("round 1:", (signal.SIGHUP,), "resume with: bench run --resume"),
    ],
)
def test_run_that_is_ended_says_how_to_go_on_and_leaves_nothing(
    tmp_path: Path, moment: str, numbers: tuple[signal.Signals, ...], words: str
) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.cli.with_fakes", "run", "--out", "runs"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(temporary)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        # Below nohup the signal would be ignored, and bench leaves it so.
        preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_DFL),
    )
    assert process.stderr is not None
    for line in process.stderr:
        if line.startswith(moment):
            break
    for number in numbers:
        process.send_signal(number)
    errors = process.stderr.read()
    assert process.wait(timeout=60) == 130, errors
    assert words in errors
    assert "Traceback" not in errors
    assert not list(temporary.iterdir())
