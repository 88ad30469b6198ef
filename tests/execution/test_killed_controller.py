"""The controller killed at random moments, for real: nothing stored is lost, nothing lives on."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
from pathlib import Path

import psutil

from bench.store.run_folder import RunFolder
from tests.fakes.plan import fake_folder, fake_plan
from tests.fakes.waiting import eventually

SEED = 17
KILLS = 20
ROUNDS = 30
MOMENTS = 24
"""A controller is killed before it announces so many: those of about two rounds."""


def test_run_killed_twenty_times_and_resumed_has_every_round_once(tmp_path: Path) -> None:
    generator = random.Random(SEED)
    folder = fake_folder(tmp_path / "run", fake_plan(rounds=ROUNDS))
    kills = 0
    while kills < KILLS:
        if len(folder.rounds()) == ROUNDS:
            # Finished too soon: go on killing over a fresh folder, what was stored is checked here.
            _check(folder, complete=True)
            folder = fake_folder(tmp_path / f"run-{kills}", fake_plan(rounds=ROUNDS))
        before = set(folder.rounds())
        controller = _start(folder)
        _wait_for_moments(controller, generator.randrange(MOMENTS))
        family = _family(controller.pid)
        controller.kill()
        controller.communicate()
        kills += 1
        _, alive = psutil.wait_procs(family, timeout=5)
        assert not alive, f"left behind: {alive}"
        assert before <= set(folder.rounds())
        _check(folder, complete=False)
    controller = _start(folder)
    controller.communicate(timeout=300)
    assert controller.returncode == 0
    _check(folder, complete=True)


def test_run_that_is_quit_keeps_its_rounds_and_leaves_no_process(tmp_path: Path) -> None:
    """As by ``Ctrl-\\`` on a terminal, which Python does not handle."""
    folder = fake_folder(tmp_path / "run", fake_plan(rounds=100 * ROUNDS))
    controller = _start(folder)
    assert eventually(lambda: len(folder.rounds()) >= 2)
    family = _family(controller.pid)
    controller.send_signal(signal.SIGQUIT)
    controller.communicate()
    assert controller.returncode == -signal.SIGQUIT
    _, alive = psutil.wait_procs(family, timeout=5)
    assert not alive, f"left behind: {alive}"
    _check(folder, complete=False)
    before = len(folder.rounds())
    controller = _start(folder)
    assert eventually(lambda: len(folder.rounds()) > before)
    controller.kill()
    controller.communicate()
    _check(folder, complete=False)


def test_stopped_side_by_side_run_leaves_no_process(tmp_path: Path) -> None:
    folder = fake_folder(tmp_path / "run", fake_plan("good", "loops_forever", jobs=2))
    controller = _start(folder)
    assert eventually(lambda: len(_family(controller.pid)) >= 4), (
        "controller, two zygotes, an invocation"
    )
    family = _family(controller.pid)
    controller.kill()
    controller.communicate()
    _, alive = psutil.wait_procs(family, timeout=5)
    assert not alive, f"left behind: {alive}"


def _start(folder: RunFolder) -> subprocess.Popen[bytes]:
    """A controller that SIGQUIT ends, also where the tests run in the background, without it."""
    command = [sys.executable, "-m", "tests.execution.controller", str(folder.path)]
    return subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        bufsize=0,
        preexec_fn=lambda: signal.signal(signal.SIGQUIT, signal.SIG_DFL),
    )


def _wait_for_moments(controller: subprocess.Popen[bytes], count: int) -> None:
    """Until it has announced ``count`` moments, or has ended."""
    assert controller.stdout is not None
    for _ in range(count):
        if not controller.stdout.read(1):
            return


def _family(pid: int) -> list[psutil.Process]:
    try:
        process = psutil.Process(pid)
        return [process, *process.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def _check(folder: RunFolder, complete: bool) -> None:
    rounds = folder.rounds()
    assert len(rounds) == len(set(rounds))
    samples = folder.samples()
    assert set(samples["round"]) == set(rounds)
    invocations = samples[samples["phase"] == "invocation"].groupby("round").size()
    assert (invocations == len(folder.record.plan.cells())).all()
    assert RunFolder(folder.path).record.plan == folder.record.plan
    if complete:
        assert rounds == list(range(ROUNDS))
