"""The controller killed at random moments, for real: nothing stored is lost, nothing lives on."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil

from bench.store.run_folder import RunFolder
from tests.fakes.plan import fake_folder, fake_plan

KILLS = 20
ROUNDS = 30


def test_run_killed_twenty_times_and_resumed_has_every_round_once(tmp_path: Path) -> None:
    seed = random.SystemRandom().getrandbits(32)
    print(f"seed {seed}")  # noqa: T201
    generator = random.Random(seed)
    folder = fake_folder(tmp_path / "run", fake_plan(rounds=ROUNDS))
    kills = 0
    while kills < KILLS:
        if len(folder.rounds()) == ROUNDS:
            # Finished too soon: go on killing over a fresh folder, what was stored is checked here.
            _check(folder, complete=True)
            folder = fake_folder(tmp_path / f"run-{kills}", fake_plan(rounds=ROUNDS))
        before = set(folder.rounds())
        controller = _start(folder)
        time.sleep(generator.uniform(0.0, 1.5))
        family = _family(controller.pid)
        controller.kill()
        controller.wait()
        kills += 1
        _, alive = psutil.wait_procs(family, timeout=5)
        assert not alive, f"left behind: {alive}"
        assert before <= set(folder.rounds())
        _check(folder, complete=False)
    assert _start(folder).wait(timeout=300) == 0
    _check(folder, complete=True)


def test_stopped_side_by_side_run_leaves_no_process(tmp_path: Path) -> None:
    folder = fake_folder(tmp_path / "run", fake_plan("good", "loops_forever", jobs=2))
    controller = _start(folder)
    deadline = time.monotonic() + 20
    while len(_family(controller.pid)) < 4 and time.monotonic() < deadline:
        time.sleep(0.05)
    family = _family(controller.pid)
    assert len(family) >= 4, "controller, two zygotes and an invocation"
    controller.send_signal(signal.SIGKILL)
    controller.wait()
    _, alive = psutil.wait_procs(family, timeout=5)
    assert not alive, f"left behind: {alive}"


def _start(folder: RunFolder) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-m", "tests.execution.controller", str(folder.path)])


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
