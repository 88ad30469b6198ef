"""Probes are real processes: what they read, and that none outlives its run."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import psutil
import pytest

from bench.domain.design.plan import Plan
from bench.execution.listener import Listener
from bench.execution.processes.core_speed import CoreSpeed, CoreSpeedMonitors, readings
from bench.execution.rounds.run import execute_run
from bench.worker.instruments.core_speed import PERIOD_S
from tests.fakes.plan import fake_folder, fake_plan
from tests.fakes.waiting import eventually

CORE = max(os.sched_getaffinity(0))


def probes_alive() -> list[int]:
    """Process ids of the probes that this process has started."""
    return [
        child.pid
        for child in psutil.Process().children(recursive=True)
        if "probe" in child.cmdline() and child.status() != psutil.STATUS_ZOMBIE
    ]


def recent(
    probes: CoreSpeedMonitors, core: int | None, span_ns: int = 200_000_000
) -> CoreSpeed | None:
    """The pace of the last fifth of a second."""
    now = time.perf_counter_ns()
    return probes.speed(core, now - span_ns, now)


def test_probe_reads_the_pace_of_its_core_until_it_is_ended() -> None:
    with CoreSpeedMonitors([CORE]) as probes:
        assert eventually(lambda: recent(probes, CORE))
        (pid,) = probes_alive()
        assert psutil.Process(pid).cpu_affinity() == [CORE]
        assert eventually(lambda: (pace := recent(probes, CORE)) and pace.readings >= 5)
        pace = recent(probes, CORE)
        assert pace is not None
        assert 0 < pace.probe_ns < PERIOD_S * 1e9
    assert probes_alive() == []


def test_probe_that_wakes_up_does_not_end_the_slice_of_what_is_measured() -> None:
    with CoreSpeedMonitors([CORE]) as probes:
        assert eventually(lambda: recent(probes, CORE))
        (pid,) = probes_alive()
        assert os.sched_getscheduler(pid) == os.SCHED_BATCH


def test_span_shorter_than_the_pause_has_the_nearest_readings() -> None:
    with CoreSpeedMonitors([CORE]) as probes:
        assert eventually(lambda: recent(probes, CORE))
        pace = recent(probes, CORE, span_ns=1000)
        assert pace is not None
        assert pace.readings == 4


def test_clock_that_stood_still_gives_no_reading() -> None:
    written = np.array([[100, 9], [200, 0], [300, 7]], dtype=np.int64)
    assert readings(written.tobytes()).tolist() == [[100, 9], [300, 7]]
    assert readings(b"").shape == (0, 2)


def test_where_no_probe_ran_the_pace_is_not_known() -> None:
    with CoreSpeedMonitors([CORE]) as probes:
        assert eventually(lambda: recent(probes, CORE))
        long_ago = time.perf_counter_ns() - 60_000_000_000
        assert probes.speed(CORE, long_ago, long_ago + 1_000_000) is None
        assert recent(probes, None) is None
        assert recent(probes, CORE + 1) is None


def test_killed_probe_leaves_the_pace_unknown() -> None:
    with CoreSpeedMonitors([CORE]) as probes:
        assert eventually(lambda: recent(probes, CORE))
        psutil.Process(probes_alive()[0]).kill()
        assert eventually(lambda: recent(probes, CORE) is None)


def test_probe_dies_with_its_controller(tmp_path: Path) -> None:
    told = tmp_path / "pid"
    script = (
        "import pathlib, sys, time\n"
        "from bench.execution.processes.core_speed import CoreSpeedMonitors\n"
        "import psutil\n"
        f"probes = CoreSpeedMonitors([{CORE}])\n"
        "(child,) = psutil.Process().children()\n"
        f"pathlib.Path({str(told)!r}).write_text(str(child.pid))\n"
        "time.sleep(60)\n"
    )
    controller = subprocess.Popen([sys.executable, "-c", script])
    try:
        assert eventually(lambda: told.exists() and told.read_text())
        probe = int(told.read_text())
    finally:
        controller.kill()
        controller.wait()
    assert eventually(lambda: not psutil.pid_exists(probe))


@pytest.mark.parametrize("pin", [True, False])
def test_pinned_runs_store_the_pace_of_every_phase(tmp_path: Path, pin: bool) -> None:
    plan = Plan.model_validate({**fake_plan(rounds=2).model_dump(), "pin": pin})
    folder = fake_folder(tmp_path / "run", plan)
    execute_run(folder, Listener())
    samples = folder.samples()
    of_arms = samples[samples["arm"].notna() & (samples["status"] == "ok")]
    phases = of_arms[of_arms["iteration"].isna() & (of_arms["phase"] != "invocation")]
    calls = of_arms[of_arms["iteration"].notna()]
    if pin:
        # The first invocations of so fast a run may come before their probe's first reading.
        assert phases["probe_ns"].notna().mean() > 0.5
        assert (phases["probe_readings"].dropna() >= 4).all()
    else:
        assert phases["probe_ns"].isna().all()
    assert calls["probe_ns"].isna().all()
    assert probes_alive() == []


def test_probe_that_was_killed_is_started_again() -> None:
    with CoreSpeedMonitors([CORE]) as probes:
        assert eventually(lambda: recent(probes, CORE))
        (pid,) = probes_alive()
        killed = psutil.Process(pid)
        killed.kill()
        assert eventually(lambda: killed.status() == psutil.STATUS_ZOMBIE)
        probes.revive()
        assert eventually(lambda: recent(probes, CORE))
        (other,) = probes_alive()
        assert other != pid
    assert probes_alive() == []
