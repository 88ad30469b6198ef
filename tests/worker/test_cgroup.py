"""Limits of control groups, as both versions of them tell."""

from __future__ import annotations

import os
from pathlib import Path

import psutil
import pytest

from bench.execution.resources import resources
from bench.worker.linux.cgroup import ControlGroup, Memory
from tests.fakes.control_group import group

MIB = 1 << 20


def test_version_2_tells_limits_of_the_tightest_group_above(tmp_path: Path) -> None:
    found = group(
        tmp_path,
        "0::/outer/inner\n",
        {
            "outer/inner/memory.max": "max",
            "outer/inner/cpu.max": "max 100000",
            "outer/inner/memory.events": "low 0\noom 2\noom_kill 3",
            "outer/memory.max": str(512 * MIB),
            "outer/memory.current": str(200 * MIB),
            "outer/memory.stat": f"anon 1\ninactive_file {50 * MIB}",
            "outer/cpu.max": "150000 100000",
        },
    )
    assert found.memory() == Memory(512 * MIB, 150 * MIB)
    assert found.cpu_quota() == 1.5
    assert found.oom_kills() == 3


def test_container_is_told_at_its_root_whatever_its_path_is(tmp_path: Path) -> None:
    found = group(
        tmp_path,
        "0::/docker/0123abcd\n",
        {"memory.max": str(64 * MIB), "memory.current": "0", "cpu.max": "50000 100000"},
    )
    assert found.memory() == Memory(64 * MIB, 0)
    assert found.cpu_quota() == 0.5


def test_version_1_has_a_folder_for_each_controller(tmp_path: Path) -> None:
    found = group(
        tmp_path,
        "4:memory:/mine\n3:cpu,cpuacct:/mine\n1:name=systemd:/mine\n",
        {
            "memory/mine/memory.limit_in_bytes": str(256 * MIB),
            "memory/mine/memory.usage_in_bytes": str(6 * MIB),
            "memory/mine/memory.oom_control": "oom_kill_disable 0\nunder_oom 0\noom_kill 7",
            "memory/memory.limit_in_bytes": "9223372036854771712",
            "cpu,cpuacct/mine/cpu.cfs_quota_us": "-1",
            "cpu,cpuacct/mine/cpu.cfs_period_us": "100000",
            "cpu,cpuacct/cpu.cfs_quota_us": "300000",
            "cpu,cpuacct/cpu.cfs_period_us": "100000",
        },
    )
    assert found.memory() == Memory(256 * MIB, 6 * MIB)
    assert found.cpu_quota() == 3.0
    assert found.oom_kills() == 7


@pytest.mark.parametrize("membership", ["", "0::/\n", "nonsense"])
def test_what_is_not_told_is_no_limit(tmp_path: Path, membership: str) -> None:
    found = group(tmp_path, membership, {})
    assert (found.memory(), found.cpu_quota(), found.oom_kills()) == (None, None, 0)
    assert ControlGroup("/nowhere", "/nowhere").memory() is None


@pytest.mark.parametrize(("quota", "cores"), [("50000", 1), ("150000", 1), ("9900000", None)])
def test_quota_bounds_the_cores_of_a_run(tmp_path: Path, quota: str, cores: int | None) -> None:
    found = resources(group(tmp_path, "0::/\n", {"cpu.max": f"{quota} 100000"}))
    assert found.cores == (cores or len(os.sched_getaffinity(0)))


def test_limit_of_memory_bounds_what_a_run_may_use(tmp_path: Path) -> None:
    limits = {"memory.max": str(100 * MIB), "memory.current": str(20 * MIB)}
    assert resources(group(tmp_path, "0::/\n", limits)).memory_bytes == 60 * MIB
    free = resources(ControlGroup("/nowhere", "/nowhere"))
    assert free.memory_bytes == pytest.approx(0.75 * psutil.virtual_memory().available, rel=0.2)
