"""What is asked to end, at any moment, says how to go on, and leaves nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from bench.execution.listener import Listener
from bench.execution.rounds.run import execute_run
from tests.cli.command import ROOT, start
from tests.fakes.plan import fake_folder, fake_plan
from tests.uncovered import UNCOVERED


@pytest.mark.parametrize(
    ("moment", "numbers", "words"),
    [
        ("importing", (signal.SIGINT,), "interrupted before anything was measured"),
        ("importing", (signal.SIGHUP, signal.SIGINT), "interrupted before anything was measured"),
        ("a pilot of", (signal.SIGINT,), "interrupted before anything was measured"),
        ("round 1:", (signal.SIGINT, signal.SIGINT), "resume with: bench run --resume"),
        ("round 1:", (signal.SIGHUP,), "resume with: bench run --resume"),
    ],
)
def test_run_that_is_ended_says_how_to_go_on_and_leaves_nothing(
    tmp_path: Path, moment: str, numbers: tuple[signal.Signals, ...], words: str
) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    pilot = {"FAKE_PILOT": "300"} if moment == "a pilot of" else {}
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.cli.with_fakes", "run", "--out", "runs"],
        cwd=tmp_path,
        env={
            **os.environ,
            **UNCOVERED,
            **pilot,
            "PYTHONPATH": str(ROOT),
            "TMPDIR": str(temporary),
        },
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


@pytest.mark.parametrize(
    ("command", "moment"),
    [("profile", "profiling"), ("explain", "importing"), ("claims", "importing")],
)
def test_command_about_a_run_that_is_ended_says_how_it_is_called_again(
    tmp_path: Path, command: str, moment: str
) -> None:
    run = tmp_path / "run"
    plan = fake_plan("good", "unbuilt", rounds=1, layers=tuple(range(2, 30)))
    execute_run(fake_folder(run, plan), Listener())
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    environment = {**UNCOVERED, "TMPDIR": str(temporary)}
    with start([command, str(run)], tmp_path, environment) as process:
        assert process.stderr is not None
        for line in process.stderr:
            if line.startswith(moment):
                break
        process.send_signal(signal.SIGINT)
        *_, last = process.stderr.read().splitlines()
        assert process.wait(timeout=60) == 130
    assert last == f"bench: interrupted; run it again with: bench {command} {run}"
    assert not list(temporary.iterdir())
