"""The GPU's own meters, with a stand-in for the driver's library."""

from __future__ import annotations

import ctypes
from typing import Any

from bench.worker.instruments import nvml


class Library:
    """Answers as NVML does: 0 for success, values through pointers."""

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


def test_clock_and_throttle_reasons_are_read() -> None:
    assert nvml.Gpu(Library(), None).meters() == {
        "device_clock_mhz": 1980,
        "device_throttle_reasons": 0x20,
    }


def test_what_the_driver_does_not_tell_is_left_out() -> None:
    assert nvml.Gpu(Library(throttle_status=3), None).meters() == {"device_clock_mhz": 1980}


def test_missing_driver_means_no_gpu() -> None:
    assert nvml.first_gpu("libno-such-driver.so.1") is None
