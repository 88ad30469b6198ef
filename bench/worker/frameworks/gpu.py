"""The GPU that is measured: which one it is, whose caches it has, and its meters."""

from __future__ import annotations

import os
import tempfile
from typing import Callable, NamedTuple, Optional

from bench.worker.frameworks.base import Unavailable
from bench.worker.instruments import nvml

_VISIBLE = "CUDA_VISIBLE_DEVICES"
_GIVEN = os.environ.get(_VISIBLE)
"""The GPUs that the user lets this interpreter see; None for all."""


class DeviceMemory(NamedTuple):
    """Bytes of the device that the framework has in use, and the most that it has had."""

    in_use: int
    peak: int


class GpuMeters:
    """The meters of a GPU, read at both ends of a phase.

    ``memory`` asks the framework; None where it does not know. ``begin_peak`` has it begin the peak
    again, and returns whether it can. Until the first phase has ended, which starts the device,
    neither is called.
    """

    def __init__(
        self,
        memory: Callable[[], Optional[DeviceMemory]],
        begin_peak: Callable[[], bool],
        gpu: Optional[nvml.Gpu],
    ) -> None:
        self._memory = memory
        self._begin_peak = begin_peak
        self._gpu = gpu
        self._is_started = False
        self._peak_is_own = True
        self._peak_before = 0
        self._energy_before: Optional[int] = None

    def begin(self) -> None:
        """A phase begins."""
        if self._is_started:
            self._peak_is_own = self._begin_peak()
            before = self._memory()
            self._peak_before = before.peak if before else 0
        self._is_started = True
        self._energy_before = self._gpu.energy_mj() if self._gpu else None

    def read(self) -> dict[str, int]:
        """What to add to the span of the phase that ends; what is not known is left out.

        Where the peak cannot begin again, a phase that does not raise it has none.
        """
        found: dict[str, int] = {}
        memory = self._memory()
        if memory is not None:
            found["device_memory_bytes"] = memory.in_use
            if self._peak_is_own or memory.peak > self._peak_before:
                found["device_peak_bytes"] = memory.peak
        if self._gpu is None:
            return found
        energy = self._gpu.energy_mj()
        if energy is not None and self._energy_before is not None:
            found["device_energy_mj"] = energy - self._energy_before
        return {**found, **self._gpu.meters()}


def number_of(device: str) -> int:
    """The number in ``gpu:1``; that of ``gpu`` is 0."""
    return int(device.partition(":")[2] or 0)


def name_of(device: str) -> str:
    """What the driver calls ``device``: its number or its UUID.

    Numbers of devices count the GPUs that the user lets be seen. Raises ``Unavailable`` where
    there are not so many.
    """
    number = number_of(device)
    if _GIVEN is None:
        return str(number)
    seen = [each.strip() for each in _GIVEN.split(",")]
    if number >= len(seen):
        raise Unavailable(f"{_VISIBLE} is {_GIVEN}: there is no {device}")
    return seen[number]


def use_only(device: str) -> Optional[nvml.Gpu]:
    """Hide every GPU but ``device`` from this process, in which CUDA must not have begun.

    What the driver compiles is kept with the process, so that no other one finds it. Raises
    ``Unavailable`` where there is no such GPU among those that the user lets be seen.
    """
    chosen = name_of(device)
    # So numbers are those of the driver's own library.
    os.environ.setdefault("CUDA_DEVICE_ORDER", "PCI_BUS_ID")
    os.environ.setdefault("CUDA_CACHE_PATH", os.path.join(tempfile.gettempdir(), "cuda"))
    os.environ[_VISIBLE] = chosen
    return nvml.find_gpu(chosen)


def use_none() -> None:
    """Hide every GPU from this process."""
    os.environ[_VISIBLE] = "-1"


def first_line(error: BaseException) -> str:
    """The first line of the message of ``error``."""
    return next(iter(str(error).splitlines()), type(error).__name__)
