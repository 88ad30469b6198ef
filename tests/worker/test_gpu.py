"""Which GPU is measured, and what its meters say of a phase."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from bench.worker.frameworks import gpu
from bench.worker.frameworks.base import Unavailable
from bench.worker.instruments import nvml
from tests.worker.test_nvml import NewLibrary

VARIABLES = ("CUDA_VISIBLE_DEVICES", "CUDA_DEVICE_ORDER", "CUDA_CACHE_PATH")


@pytest.fixture
def _own_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a test sets is as it was before, after it."""
    for name in VARIABLES:
        monkeypatch.setenv(name, "set")
        monkeypatch.delenv(name)


class Memory:
    """A framework's allocator: what is in use, and the peak, which ``begin`` may lower to that."""

    def __init__(self, can_begin: bool) -> None:
        self.in_use = self.peak = 0
        self.can_begin = can_begin

    def use(self, most: int, rest: int) -> None:
        self.peak, self.in_use = max(self.peak, most), rest

    def begin(self) -> bool:
        self.peak = self.in_use if self.can_begin else self.peak
        return self.can_begin

    def read(self) -> gpu.DeviceMemory:
        return gpu.DeviceMemory(self.in_use, self.peak)


def phase(meters: gpu.GpuMeters, memory: Memory, most: int, rest: int) -> dict[str, int]:
    meters.begin()
    memory.use(most, rest)
    return meters.read()


def test_peak_is_that_of_the_phase() -> None:
    memory = Memory(can_begin=True)
    meters = gpu.GpuMeters(memory.read, memory.begin, None)
    assert phase(meters, memory, 10, 4) == {"device_memory_bytes": 4, "device_peak_bytes": 10}
    assert phase(meters, memory, 6, 5) == {"device_memory_bytes": 5, "device_peak_bytes": 6}


def test_peak_that_cannot_begin_again_is_known_where_it_rises() -> None:
    memory = Memory(can_begin=False)
    meters = gpu.GpuMeters(memory.read, memory.begin, None)
    assert phase(meters, memory, 10, 4) == {"device_memory_bytes": 4, "device_peak_bytes": 10}
    assert phase(meters, memory, 6, 5) == {"device_memory_bytes": 5}
    assert phase(meters, memory, 12, 5) == {"device_memory_bytes": 5, "device_peak_bytes": 12}


def test_device_is_not_asked_before_the_phase_that_starts_it_has_ended() -> None:
    asked: list[str] = []

    def memory() -> None:
        asked.append("memory")

    def begin_peak() -> bool:
        asked.append("begin")
        return True

    meters = gpu.GpuMeters(memory, begin_peak, None)
    meters.begin()
    assert asked == []
    meters.read()
    meters.begin()
    assert asked == ["memory", "begin", "memory"]


def test_energy_is_that_of_the_phase() -> None:
    library, memory = NewLibrary(), Memory(can_begin=True)
    meters = gpu.GpuMeters(memory.read, memory.begin, nvml.Gpu(library, None))
    meters.begin()
    library.energy_mj += 250
    found = meters.read()
    assert found["device_energy_mj"] == 250
    assert found["device_power_mw"] == 350_000


@pytest.mark.usefixtures("_own_variables")
@pytest.mark.parametrize(
    ("given", "device", "visible"),
    [
        (None, "gpu", "0"),
        (None, "gpu:1", "1"),
        ("2, 5", "gpu", "2"),
        ("2, 5", "gpu:1", "5"),
        ("GPU-1a2b", "gpu:0", "GPU-1a2b"),
        ("", "gpu", ""),
    ],
)
def test_one_gpu_is_seen_of_those_that_the_user_lets_be_seen(
    given: str | None, device: str, visible: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gpu, "_GIVEN", given)
    asked: list[str] = []
    monkeypatch.setattr(nvml, "find_gpu", asked.append)
    gpu.use_only(device)
    assert os.environ["CUDA_VISIBLE_DEVICES"] == visible
    assert asked == [visible]


@pytest.mark.usefixtures("_own_variables")
def test_gpu_that_the_user_hides_is_unavailable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gpu, "_GIVEN", "3")
    with pytest.raises(Unavailable, match="there is no gpu:1"):
        gpu.use_only("gpu:1")


@pytest.mark.usefixtures("_own_variables")
def test_processes_share_no_compiled_code(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    gpu.use_only("gpu")
    assert os.environ["CUDA_CACHE_PATH"].startswith(str(tmp_path))


@pytest.mark.usefixtures("_own_variables")
def test_cards_are_numbered_in_the_order_of_their_buses_unless_the_user_has_another(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(nvml, "find_gpu", lambda which: None)
    gpu.use_only("gpu")
    assert os.environ["CUDA_DEVICE_ORDER"] == "PCI_BUS_ID"
    monkeypatch.setenv("CUDA_DEVICE_ORDER", "FASTEST_FIRST")
    gpu.use_only("gpu")
    assert os.environ["CUDA_DEVICE_ORDER"] == "FASTEST_FIRST"
