"""The probes of a run, one on each core that is measured on, and what they say about a span."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from bench.execution.processes.closeable import Closeable
from bench.execution.processes.scratch import new_folder
from bench.execution.processes.worker_copy import worker_command
from bench.worker.instruments.core_speed import PERIOD_S, READING_BYTES

_FEWEST = 4
_REACH_NS = int(10 * PERIOD_S * 1e9)
_KEPT = 1 << 17
"""Readings held in memory: eleven minutes, more than an invocation takes."""


class CoreSpeed(NamedTuple):
    """How fast a core ran during a span.

    ``probe_ns`` is what the probe's loop took, the harmonic mean of ``readings`` readings: the
    work a core does in a span is the sum of its speeds, not of its delays.
    """

    probe_ns: int
    readings: int


class CoreSpeedMonitors(Closeable):
    """Probes on ``cores``, each its own process.

    Start it from the main thread: the kernel ends a probe with the thread that started it.
    """

    def __init__(self, cores: Iterable[int]) -> None:
        self._folder = new_folder("probes")
        self._of_core: dict[int, _Probe] = {}
        self._started = 0
        for core in cores:
            self._of_core[core] = _Probe(core, self._folder / str(core))

    def speed(self, core: int | None, begin_ns: int, end_ns: int) -> CoreSpeed | None:
        """The speed of ``core`` from ``begin_ns`` to ``end_ns`` (``time.perf_counter_ns``).

        A span too short for four readings has the four nearest to its middle. ``None`` when the
        core has no probe, or its probe said nothing at that time.
        """
        probe = self._of_core.get(-1 if core is None else core)
        return None if probe is None else probe.speed(begin_ns, end_ns)

    def revive(self) -> None:
        """Start those again that have ended, as the kernel ends processes for want of memory."""
        for core, probe in list(self._of_core.items()):
            if probe.has_ended:
                self._started += 1
                self._of_core[core] = _Probe(core, self._folder / f"{core}-{self._started}")

    def close(self) -> None:
        """End all probes; safe to call again."""
        for probe in self._of_core.values():
            probe.end()
        shutil.rmtree(self._folder, ignore_errors=True)


class _Probe:
    def __init__(self, core: int, file: Path) -> None:
        self._file = file
        self._offset = 0
        self._readings: npt.NDArray[np.int64] = np.empty((0, 2), dtype=np.int64)
        configuration = {"core": core, "parent": os.getpid(), "file": str(file)}
        self._process = subprocess.Popen(
            worker_command(sys.executable, "probe", json.dumps(configuration)),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def speed(self, begin_ns: int, end_ns: int) -> CoreSpeed | None:
        self._read()
        began_ns, took_ns = self._readings.T
        first, last = np.searchsorted(began_ns, (begin_ns, end_ns))
        if last - first < _FEWEST:
            middle = (begin_ns + end_ns) // 2
            nearest = np.argsort(np.abs(began_ns - middle), kind="stable")[:_FEWEST]
            if len(nearest) < _FEWEST or np.abs(began_ns[nearest] - middle).max() > _REACH_NS:
                return None
            took_ns = took_ns[nearest]
        else:
            took_ns = took_ns[first:last]
        return CoreSpeed(probe_ns=round(1 / np.mean(1 / took_ns)), readings=len(took_ns))

    @property
    def has_ended(self) -> bool:
        return self._process.poll() is not None

    def end(self) -> None:
        self._process.kill()
        self._process.wait()

    def _read(self) -> None:
        """Take in what the probe has written since the last time, whole readings only."""
        if not self._file.exists():
            return
        with self._file.open("rb") as file:
            file.seek(self._offset)
            data = file.read()
        data = data[: len(data) // READING_BYTES * READING_BYTES]
        self._offset += len(data)
        self._readings = np.concatenate([self._readings, readings(data)])[-_KEPT:]


def readings(data: bytes) -> npt.NDArray[np.int64]:
    """What a probe has written, shape (readings, 2): when each began and what it took.

    The clock of CPU time of some virtual machines stands still now and then: no time is no reading.
    """
    found = np.frombuffer(data, dtype=np.int64).reshape(-1, 2)
    return found[found[:, 1] > 0]
