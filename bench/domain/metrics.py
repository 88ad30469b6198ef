"""What is measured: each meter whose readings get cells, effects and verdicts, declared once.

A new meter needs a column of the table of samples and one line here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Metric:
    """One quantity of a phase.

    ``column`` of the table of samples holds the readings; times ``scale`` they are in ``unit``.
    The replicates of a round are reduced by ``of_replicates``; a composite is ``of_parts``, the sum
    or the highest of its phases. Less is better. ``corrected`` says how a reading changes with the
    speed of its core: as wall time, as CPU time, or not at all. ``grows`` marks a metric whose
    curve over depth is fitted. ``devices`` are those that have the meter, None for all. One that is
    not ``compared`` is too coarse for a verdict: its costs are shown.
    """

    name: str
    column: str
    unit: str
    scale: float = 1.0
    of_replicates: Literal["geometric_mean", "median"] = "median"
    of_parts: Literal["sum", "maximum"] = "sum"
    corrected: Literal["wall", "cpu"] | None = None
    grows: bool = False
    devices: frozenset[str] | None = None
    compared: bool = True

    def is_metered_on(self, device: str) -> bool:
        """Whether ``device``, such as ``cpu`` or ``gpu:1``, has the meter."""
        return self.devices is None or device.partition(":")[0] in self.devices


SECONDS = Metric("seconds", "wall_ns", "s", 1e-9, "geometric_mean", corrected="wall", grows=True)
"""Wall time: the metric of headlines, controls and the stopping rule."""

CPU_SECONDS = Metric(
    "cpu_seconds", "cpu_ns", "s", 1e-9, "geometric_mean", corrected="cpu", grows=True
)
"""CPU time of the process, all its threads."""

RETAINED_BYTES = Metric("retained_bytes", "memory_change_bytes", "bytes")
"""Resident memory at the end of a phase less that at its beginning.

It has no curve: a shallow model fits into memory that the interpreter has ready anyway, so that the
change bends upwards for every arm.
"""

PEAK_BYTES = Metric("peak_bytes", "memory_peak_bytes", "bytes", of_parts="maximum")
"""The highest resident memory of the process during a phase."""

_GPU = frozenset({"gpu"})

DEVICE_BYTES = Metric(
    "device_bytes", "device_memory_bytes", "bytes", of_parts="maximum", devices=_GPU
)
"""Memory of the device that the framework has in use at the end of a phase."""

DEVICE_PEAK_BYTES = Metric(
    "device_peak_bytes", "device_peak_bytes", "bytes", of_parts="maximum", devices=_GPU
)
"""The most memory of the device that the framework has in use during a phase."""

DEVICE_JOULES = Metric("device_joules", "device_energy_mj", "J", 1e-3, devices=_GPU, compared=False)
"""Energy that the device uses during a phase. Its driver counts on some ten times a second."""

METRICS: dict[str, Metric] = {
    each.name: each
    for each in (
        SECONDS,
        CPU_SECONDS,
        RETAINED_BYTES,
        PEAK_BYTES,
        DEVICE_BYTES,
        DEVICE_PEAK_BYTES,
        DEVICE_JOULES,
    )
}
"""Every metric by its name, the metric of headlines first."""
