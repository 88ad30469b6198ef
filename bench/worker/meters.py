"""Meters read at the borders of a phase: clocks, memory, faults and context switches."""

from __future__ import annotations

import os
import resource
import time
from typing import Any, Callable, Dict, List, Optional, TypeVar

from bench.worker.protocol import NOTHING_TO_DO, OK

_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")

Span = Dict[str, Any]
T = TypeVar("T")


class Recorder:
    """Runs the phases of one invocation in order and keeps a span for each.

    A span holds ``phase``, ``start_ns`` (since the first phase began), ``wall_ns``, ``cpu_ns``,
    ``memory_change_bytes`` and ``memory_peak_bytes`` (resident), ``minor_faults``,
    ``major_faults``, ``voluntary_switches`` and ``involuntary_switches``. The clocks are read last
    before and first after the measured code; the other meters lie outside them.

    ``announce`` is told the name of each phase before it begins; ``device`` returns what the
    device's own meters add to a span.
    """

    def __init__(
        self, announce: Callable[[str], None], device: Callable[[], Dict[str, Any]]
    ) -> None:
        self._announce = announce
        self._device = device
        self._began_ns: Optional[int] = None
        self.spans: List[Span] = []

    def phase(self, name: str, action: Callable[[], T]) -> T:
        """Run ``action`` as phase ``name`` and return its result."""
        self._announce(name)
        memory_before = _resident_bytes()
        _reset_peak()
        usage_before = resource.getrusage(resource.RUSAGE_SELF)
        cpu_before = time.process_time_ns()
        wall_before = time.perf_counter_ns()
        result = action()
        wall_after = time.perf_counter_ns()
        cpu_after = time.process_time_ns()
        usage_after = resource.getrusage(resource.RUSAGE_SELF)
        if self._began_ns is None:
            self._began_ns = wall_before
        self.spans.append(
            {
                "phase": name,
                "status": OK,
                "start_ns": wall_before - self._began_ns,
                "wall_ns": wall_after - wall_before,
                "cpu_ns": cpu_after - cpu_before,
                "memory_change_bytes": _resident_bytes() - memory_before,
                "memory_peak_bytes": _peak_bytes(),
                "minor_faults": usage_after.ru_minflt - usage_before.ru_minflt,
                "major_faults": usage_after.ru_majflt - usage_before.ru_majflt,
                "voluntary_switches": usage_after.ru_nvcsw - usage_before.ru_nvcsw,
                "involuntary_switches": usage_after.ru_nivcsw - usage_before.ru_nivcsw,
                **self._device(),
            }
        )
        return result

    def iterations(self, name: str, action: Callable[[], object], count: int) -> None:
        """Run ``action`` ``count`` times as phase ``name``: a span for the whole, one per call."""
        readings: List[int] = []
        read_wall, read_cpu, note = time.perf_counter_ns, time.process_time_ns, readings.extend

        def repeat() -> None:
            for _ in range(count):
                cpu_before = read_cpu()
                wall_before = read_wall()
                action()
                wall_after = read_wall()
                note((wall_before, wall_after, cpu_before, read_cpu()))

        self.phase(name, repeat)
        began_ns = self._began_ns or 0
        for iteration in range(count):
            wall_before, wall_after, cpu_before, cpu_after = readings[
                4 * iteration : 4 * iteration + 4
            ]
            self.spans.append(
                {
                    "phase": name,
                    "iteration": iteration,
                    "status": OK,
                    "start_ns": wall_before - began_ns,
                    "wall_ns": wall_after - wall_before,
                    "cpu_ns": cpu_after - cpu_before,
                }
            )

    def nothing_to_do(self, name: str) -> None:
        """Record that phase ``name`` had no work left: not the same as taking no time."""
        self.spans.append({"phase": name, "status": NOTHING_TO_DO})

    def whole(self, name: str) -> None:
        """Record the span from the beginning of the first phase until now."""
        if self._began_ns is not None:
            now = time.perf_counter_ns()
            span = {"phase": name, "status": OK, "start_ns": 0, "wall_ns": now - self._began_ns}
            self.spans.append(span)


def _resident_bytes() -> int:
    with open("/proc/self/statm", "rb") as file:
        return int(file.read().split()[1]) * _PAGE_BYTES


def _peak_bytes() -> int:
    with open("/proc/self/status", "rb") as file:
        for line in file:
            if line.startswith(b"VmHWM:"):
                return int(line.split()[1]) * 1024
    raise OSError("/proc/self/status has no VmHWM line")


def _reset_peak() -> None:
    with open("/proc/self/clear_refs", "wb") as file:
        file.write(b"5")
