"""Clock and throttle reasons of an NVIDIA GPU, read through the driver's own library."""

from __future__ import annotations

import ctypes
from typing import Any, Optional

_CLOCK_SM = 1


class Gpu:
    """One GPU as NVML sees it. Built by ``first_gpu``."""

    def __init__(self, library: Any, handle: Any) -> None:
        self._library = library
        self._handle = handle

    def meters(self) -> dict[str, Any]:
        """``device_clock_mhz`` and ``device_throttle_reasons`` (NVML's bit mask), where told."""
        clock = ctypes.c_uint()
        reasons = ctypes.c_ulonglong()
        found: dict[str, Any] = {}
        if not self._library.nvmlDeviceGetClockInfo(self._handle, _CLOCK_SM, ctypes.byref(clock)):
            found["device_clock_mhz"] = clock.value
        if not self._library.nvmlDeviceGetCurrentClocksThrottleReasons(
            self._handle, ctypes.byref(reasons)
        ):
            found["device_throttle_reasons"] = reasons.value
        return found


def first_gpu(library_name: str = "libnvidia-ml.so.1") -> Optional[Gpu]:
    """The first GPU, or None where the driver's library is missing or refuses."""
    try:
        library = ctypes.CDLL(library_name)
    except OSError:
        return None
    handle = ctypes.c_void_p()
    if library.nvmlInit_v2() or library.nvmlDeviceGetHandleByIndex_v2(0, ctypes.byref(handle)):
        return None
    return Gpu(library, handle)
