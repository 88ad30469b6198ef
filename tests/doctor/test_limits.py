"""The limits that apply here, and what a run makes of them."""

from __future__ import annotations

import os
from pathlib import Path

import psutil
import pytest

from bench.doctor.machine import Check, limits
from bench.worker.linux.cgroup import ControlGroup
from tests.fakes.control_group import group

GIB = 1 << 30


@pytest.fixture(autouse=True)
def machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Eight cores, four of them allowed, and 32 GiB of free memory."""
    monkeypatch.setattr(os, "cpu_count", lambda: 8)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1, 2, 3})
    memory = psutil.virtual_memory()._replace(available=32 * GIB)
    monkeypatch.setattr(psutil, "virtual_memory", lambda: memory)


def found(control: ControlGroup) -> dict[str, Check]:
    return {check.name: check for check in limits(control)}


def limited(folder: Path, memory: int | None = None, quota: float | None = None) -> ControlGroup:
    files = {} if memory is None else {"memory.max": str(memory), "memory.current": str(GIB)}
    files |= {} if quota is None else {"cpu.max": f"{int(quota * 100_000)} 100000"}
    return group(folder, "0::/\n", files)


def test_machine_without_limits_is_shared_by_the_jobs_of_a_run(tmp_path: Path) -> None:
    checks = found(limited(tmp_path))
    assert (checks["cores"].found, checks["cores"].level) == ("4 allowed of 8", "ok")
    assert (checks["memory"].found, checks["memory"].level) == ("32.0 GiB available", "ok")
    assert checks["a run"].found.startswith("2 jobs, up to 4 arms to a core, and an invocation may")
    assert "3.0 GiB" in checks["a run"].found


def test_limits_of_the_control_group_are_shown_with_what_follows(tmp_path: Path) -> None:
    checks = found(limited(tmp_path, memory=5 * GIB, quota=2.5))
    assert checks["cores"].found == "4 allowed of 8, and the control group has a quota of 2.5"
    assert checks["cores"].level == "note"
    assert "--jobs" in checks["cores"].advice
    assert checks["memory"].found == (
        "4.0 GiB available, and the control group has a limit of 5.0 GiB"
    )
    assert checks["a run"].found == (
        "2 jobs, one arm to a core, and an invocation may take 1.5 GiB (--jobs, --memory)"
    )


def test_quota_below_two_cores_and_little_memory_are_told(tmp_path: Path) -> None:
    checks = found(limited(tmp_path, memory=2 * GIB, quota=1.5))
    assert (checks["cores"].level, checks["memory"].level) == ("note", "problem")
    assert checks["a run"].found.startswith("1 job, one arm to a core")
    assert "0.8 GiB" in checks["a run"].found
