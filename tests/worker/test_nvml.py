"""The GPU's own meters, with a stand-in for the driver's library."""

from __future__ import annotations

import ctypes
from typing import Any

from bench.worker.instruments import nvml


class Library:
    """Answers as an old NVML does: 0 for success, values through pointers."""

    def __init__(self, throttle_status: int = 0) -> None:
        self._throttle_status = throttle_status

    def nvmlDeviceGetClockInfo(self, handle: Any, kind: int, clock: Any) -> int:  # noqa: N802
        ctypes.cast(clock, ctypes.POINTER(ctypes.c_uint))[0] = 1980 if kind == 1 else 0
        return 0

    def nvmlDeviceGetCurrentClocksThrottleReasons(  # noqa: N802
        self, handle: Any, reasons: Any
    ) -> int:
        ctypes.cast(reasons, ctypes.POINTER(ctypes.c_ulonglong))[0] = 0x20
        return self._throttle_status


class NewLibrary(Library):
    """Has every function: one that is given no room for a list says that it is too small."""

    energy_mj = 7_000

    def nvmlDeviceGetPowerUsage(self, handle: Any, power: Any) -> int:  # noqa: N802
        ctypes.cast(power, ctypes.POINTER(ctypes.c_uint))[0] = 350_000
        return 0

    def nvmlDeviceGetTemperature(self, handle: Any, sensor: int, found: Any) -> int:  # noqa: N802
        ctypes.cast(found, ctypes.POINTER(ctypes.c_uint))[0] = 41 if sensor == 0 else 0
        return 0

    def nvmlDeviceGetTotalEnergyConsumption(self, handle: Any, energy: Any) -> int:  # noqa: N802
        ctypes.cast(energy, ctypes.POINTER(ctypes.c_ulonglong))[0] = self.energy_mj
        return 0

    def nvmlDeviceGetComputeRunningProcesses_v3(  # noqa: N802
        self, handle: Any, count: Any, room: Any
    ) -> int:
        ctypes.cast(count, ctypes.POINTER(ctypes.c_uint))[0] = 2
        return 7 if room is None else 0

    def nvmlDeviceGetName(self, handle: Any, room: Any, size: int) -> int:  # noqa: N802
        room.value = b"NVIDIA Made Up"
        return 0

    def nvmlSystemGetDriverVersion(self, room: Any, size: int) -> int:  # noqa: N802
        room.value = b"580.1"
        return 0


def test_clock_and_throttle_reasons_are_read() -> None:
    assert nvml.Gpu(Library(), None).meters() == {
        "device_clock_mhz": 1980,
        "device_throttle_reasons": 0x20,
    }


def test_power_temperature_and_processes_are_read_where_the_driver_tells_them() -> None:
    assert nvml.Gpu(NewLibrary(), None).meters() == {
        "device_clock_mhz": 1980,
        "device_throttle_reasons": 0x20,
        "device_power_mw": 350_000,
        "device_temperature_c": 41,
        "device_processes": 2,
    }


def test_gpu_says_what_it_is() -> None:
    found = nvml.Gpu(NewLibrary(), None)
    assert (found.name(), found.driver()) == ("NVIDIA Made Up", "580.1")
    assert (nvml.Gpu(Library(), None).name(), nvml.Gpu(Library(), None).driver()) == (None, None)


def test_what_the_driver_does_not_tell_is_left_out() -> None:
    assert nvml.Gpu(Library(throttle_status=3), None).meters() == {"device_clock_mhz": 1980}


def test_missing_driver_means_no_gpu() -> None:
    assert nvml.find_gpu(library_name="libno-such-driver.so.1") is None
