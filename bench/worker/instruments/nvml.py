"""The meters of an NVIDIA GPU, read through the driver's own library."""

from __future__ import annotations

import ctypes
from typing import Any, Optional

LIBRARY = "libnvidia-ml.so.1"

_CLOCK_SM, _TEMPERATURE_OF_CHIP = 1, 0
_LONGEST_TEXT = 96
_TOO_SMALL = 7
"""What NVML answers where the room that it is given does not hold the list."""


class Gpu:
    """One GPU as NVML sees it. Built by ``find_gpu``."""

    def __init__(self, library: Any, handle: Any) -> None:
        self._library = library
        self._handle = handle

    def meters(self) -> dict[str, int]:
        """What it tells of itself now, by the names of the fields of a ``Span``.

        These are the clock in MHz, the throttle reasons as NVML's bit mask, the power in
        milliwatts, the temperature in °C, and how many processes compute on it.
        """
        found = {
            "device_clock_mhz": self._number("nvmlDeviceGetClockInfo", ctypes.c_uint, _CLOCK_SM),
            "device_throttle_reasons": self._number(
                "nvmlDeviceGetCurrentClocksThrottleReasons", ctypes.c_ulonglong
            ),
            "device_power_mw": self._number("nvmlDeviceGetPowerUsage", ctypes.c_uint),
            "device_temperature_c": self._number(
                "nvmlDeviceGetTemperature", ctypes.c_uint, _TEMPERATURE_OF_CHIP
            ),
            "device_processes": self._processes(),
        }
        return {name: value for name, value in found.items() if value is not None}

    def energy_mj(self) -> Optional[int]:
        """The energy that it has used since its driver was loaded, in millijoules.

        The driver counts on some ten times a second.
        """
        return self._number("nvmlDeviceGetTotalEnergyConsumption", ctypes.c_ulonglong)

    def name(self) -> Optional[str]:
        """Its name: ``NVIDIA H100 80GB HBM3``."""
        return _text(self._library, "nvmlDeviceGetName", self._handle)

    def driver(self) -> Optional[str]:
        """The version of its driver."""
        return _text(self._library, "nvmlSystemGetDriverVersion")

    def _number(self, function: str, kind: Any, *arguments: int) -> Optional[int]:
        """What ``function`` of the library tells; None where this GPU or driver has no such."""
        value = kind()
        ask = getattr(self._library, function, None)
        if ask is None or ask(self._handle, *arguments, ctypes.byref(value)):
            return None
        return int(value.value)

    def _processes(self) -> Optional[int]:
        ask = getattr(self._library, "nvmlDeviceGetComputeRunningProcesses_v3", None)
        count = ctypes.c_uint(0)
        if ask is None or ask(self._handle, ctypes.byref(count), None) not in (0, _TOO_SMALL):
            return None
        return int(count.value)


def find_gpu(which: str = "0", library_name: str = LIBRARY) -> Optional[Gpu]:
    """The GPU of the number or UUID ``which``.

    None where there is none, or the driver's library is missing or refuses.
    """
    try:
        library = ctypes.CDLL(library_name)
    except OSError:
        return None
    handle = ctypes.c_void_p()
    if library.nvmlInit_v2():
        return None
    if which.isdigit():
        refused = library.nvmlDeviceGetHandleByIndex_v2(int(which), ctypes.byref(handle))
    else:
        refused = library.nvmlDeviceGetHandleByUUID(which.encode(), ctypes.byref(handle))
    return None if refused else Gpu(library, handle)


def _text(library: Any, function: str, *arguments: Any) -> Optional[str]:
    room = ctypes.create_string_buffer(_LONGEST_TEXT)
    ask = getattr(library, function, None)
    if ask is None or ask(*arguments, room, _LONGEST_TEXT):
        return None
    return room.value.decode(errors="replace")
