"""Is this machine fit to measure: what could disturb timings, and what is missing."""

from __future__ import annotations

import importlib.util
import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Literal

import psutil

from bench.doctor.profile_viewer import viewer
from bench.domain.design.plan import CoScheduling
from bench.domain.words import pluralise
from bench.execution.resources import allowed_cores, free_memory, resources, takes_slices
from bench.planning.presets import PRESETS
from bench.planning.run_options import RunOptions
from bench.planning.side_by_side import side_by_side
from bench.worker.instruments import nvml
from bench.worker.linux import fork_memory
from bench.worker.linux.cgroup import ControlGroup

Level = Literal["ok", "note", "problem"]

_CALM_LOAD = 0.3
_STEAL_PERCENT = 1.0
_ENOUGH_MEMORY = 4 * 2**30
_ENOUGH_ROOM = 2**28
_PACKAGES = ("tensorflow", "keras", "numpy", "tensorboard", "pytest-benchmark")


@dataclass(frozen=True)
class Check:
    """One thing looked at: what was found, how good that is, and what to do about it."""

    name: str
    found: str
    level: Level = "ok"
    advice: str = ""


def checks() -> Iterator[Check]:
    """Look at the machine; takes seconds, to watch for stolen time and to load the viewer."""
    yield from limits(ControlGroup())
    yield _load()
    yield _steal()
    yield _governor()
    yield _peak()
    yield _room()
    yield _kernel()
    yield _bytecode()
    for package in _PACKAGES:
        yield _package(package)
    yield _gpu()
    yield _viewer()


def limits(group: ControlGroup) -> Iterator[Check]:
    """The cores and the memory that the control ``group`` allows, and what a run makes of them."""
    yield _cores(group)
    yield _memory(group)
    yield _run(group)


def _cores(group: ControlGroup) -> Check:
    allowed, all_of_them, quota = allowed_cores(), os.cpu_count() or 1, group.cpu_quota()
    found = str(allowed) if allowed == all_of_them else f"{allowed} allowed of {all_of_them}"
    if quota is not None:
        found += f", and the control group has a quota of {quota:g}"
    usable = resources(group).cores
    if usable < 2:
        return Check("cores", found, "note", "with one core the suite disturbs what it measures")
    if quota is not None and quota < allowed:
        advice = "what takes more is stopped for a while: leave --jobs below the quota"
        return Check("cores", found, "note", advice)
    return Check("cores", found)


def _load() -> Check:
    load = psutil.getloadavg()[0]
    found = f"{load:.2f} over the last minute"
    if load / (os.cpu_count() or 1) < _CALM_LOAD:
        return Check("load", found)
    return Check("load", found, "note", "other work is running: stop it, or expect wide intervals")


def _steal() -> Check:
    steal = getattr(psutil.cpu_times_percent(interval=1.0), "steal", 0.0)
    if steal < _STEAL_PERCENT:
        return Check("steal", f"{steal:.1f} %")
    return Check(
        "steal", f"{steal:.1f} %", "note", "the host takes time away: expect wide intervals"
    )


def _governor() -> Check:
    path = Path("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor")
    try:
        governor = path.read_text().strip()
    except OSError:
        return Check("governor", "not visible (usual on virtual machines)")
    if governor == "performance":
        return Check("governor", governor)
    return Check("governor", governor, "note", "clocks vary: cpupower frequency-set -g performance")


def _memory(group: ControlGroup) -> Check:
    available, memory = free_memory(group), group.memory()
    found = f"{_gib(available)} available"
    if memory is not None:
        found += f", and the control group has a limit of {_gib(memory.limit_bytes)}"
    if available >= _ENOUGH_MEMORY:
        return Check("memory", found)
    return Check("memory", found, "problem", "4 GiB are needed for TensorFlow side by side")


def _run(group: ControlGroup) -> Check:
    usable = resources(group)
    options = RunOptions(cores=usable.cores, free_memory_bytes=usable.memory_bytes)
    planned = side_by_side(PRESETS["standard"], options)
    arms = planned.co_scheduling.arms if planned.co_scheduling else 1
    shared = f", up to {arms} arms to a core" if arms > 1 else ", one arm to a core"
    return Check(
        "a run",
        f"{pluralise(planned.jobs, 'job')}{shared}, and an invocation may take "
        f"{_gib(planned.memory_bytes)} (--jobs, --memory)",
    )


def _gib(size: int) -> str:
    return f"{size / 2**30:.1f} GiB"


def _peak() -> Check:
    path = Path("/proc/self/clear_refs")
    try:
        path.write_text("5")
    except OSError as error:
        advice = "peak memory is not measured: make /proc writable to measure it"
        return Check("peak memory", f"{path}: {error.strerror}", "note", advice)
    return Check("peak memory", "can be measured")


def _room() -> Check:
    folder = tempfile.gettempdir()
    free = psutil.disk_usage(folder).free
    found = f"{free / 2**30:.1f} GiB free in {folder}"
    if free >= _ENOUGH_ROOM:
        return Check("temporary files", found)
    advice = "measured code and the suite write there: make room, or set TMPDIR to another folder"
    return Check("temporary files", found, "problem", advice)


def _kernel() -> Check:
    release = os.uname().release
    if fork_memory.populate_is_supported():
        found = f"{release}, can prepare forked processes"
        if takes_slices(CoScheduling()):
            return Check("kernel", found)
        advice = "arms share a core in slices of its own length; Linux 6.12 or newer takes any"
        return Check("kernel", found, "note", advice)
    return Check(
        "kernel",
        f"{release}, no MADV_POPULATE_WRITE",
        "note",
        "every invocation is started instead of forked, ten times slower; use Linux 5.14 or newer",
    )


def _bytecode() -> Check:
    specification = importlib.util.find_spec("tensorflow")
    origin = specification.origin if specification else None
    if origin is None or Path(importlib.util.cache_from_source(origin)).exists():
        return Check("bytecode", "compiled")
    return Check(
        "bytecode",
        "TensorFlow is compiled again at every import",
        "note",
        "makes each round seconds longer: python -m compileall on its site-packages",
    )


def _package(name: str) -> Check:
    try:
        return Check(name, version(name))
    except PackageNotFoundError:
        return Check(name, "not installed", "problem", f"pip install {name}")


def _gpu() -> Check:
    found = nvml.find_gpu()
    if found is None:
        return Check("gpu", "none: --device gpu is recorded as unavailable")
    return Check("gpu", f"{found.name() or 'NVIDIA'}, driver {found.driver() or 'unknown'}")


def _viewer() -> Check:
    found = viewer()
    if found.problem is None:
        return Check("profile viewer", f"{found.found}, loads")
    return Check("profile viewer", f"{found.found}: {found.problem}", "note", found.advice)
