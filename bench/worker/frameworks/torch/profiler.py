"""PyTorch's own profiler, whose events become a profile that TensorBoard shows."""

from __future__ import annotations

import json
import os
import socket
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from typing import Any, Optional

import torch
from torch.profiler import ProfilerActivity, record_function

from bench.worker.frameworks.base import Unavailable
from bench.worker.frameworks.gpu import first_line
from bench.worker.profiling.planes import Event, Plane
from bench.worker.profiling.profiler import Capture
from bench.worker.profiling.xplane import write_planes

_HOST = ("cpu_op", "user_annotation", "cuda_runtime", "cuda_driver")
_DEVICE = ("kernel", "gpu_memcpy", "gpu_memset")
_OPERATION = "cpu_op"


class TorchProfiler:
    """Captures what happens while it is open; every phase and step is marked by the caller."""

    graph_building: Optional[str] = None

    def __init__(self, on_gpu: bool) -> None:
        self._on_gpu = on_gpu
        self._planes: list[Plane] = []

    @contextmanager
    def capture(self, folder: str) -> Iterator[Capture]:
        captured = Capture()
        activities = [ProfilerActivity.CPU, *([ProfilerActivity.CUDA] if self._on_gpu else [])]
        profile = torch.profiler.profile(activities=activities)
        try:
            profile.start()
        except RuntimeError as error:
            raise Unavailable(f"the profiler does not start: {first_line(error)}") from error
        try:
            yield captured
        finally:
            profile.stop()
        self._planes = _planes(profile)
        try:
            captured.paths = [_written(folder, self._planes)]
        except OSError as error:
            raise Unavailable(f"the profile cannot be written: {error.strerror}") from error

    def mark(self, label: str) -> AbstractContextManager[Any]:
        mark: AbstractContextManager[Any] = record_function(label)
        return mark

    def label(self, name: str, where: str) -> str:
        return f"{name} at {where}"

    def step(self, name: str, number: int) -> AbstractContextManager[Any]:
        step: AbstractContextManager[Any] = record_function(name, str(number))
        return step

    def read(self, captured: Capture) -> list[Plane]:
        return self._planes


def _written(folder: str, planes: list[Plane]) -> str:
    """Write ``planes`` where TensorBoard looks for profiles; returns the path of the file."""
    place = os.path.join(folder, "plugins", "profile", time.strftime("%Y_%m_%d_%H_%M_%S"))
    os.makedirs(place, exist_ok=True)
    path = os.path.join(place, f"{socket.gethostname()}.xplane.pb")
    with open(path, "wb") as file:
        file.write(write_planes(planes))
    return path


def _planes(profile: Any) -> list[Plane]:
    """The events of ``profile``: those of the host by thread, those of a device by stream."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "trace.json")
        profile.export_chrome_trace(path)
        with open(path, encoding="utf-8") as file:
            events = json.load(file)["traceEvents"]
    lines: dict[str, dict[Any, list[Event]]] = {"/host:CPU": {}}
    for each in events:
        place = _place(each)
        if place is not None:
            lines.setdefault(place, {}).setdefault(each.get("tid"), []).append(_event(each))
    return [Plane(name, list(threads.values())) for name, threads in lines.items()]


def _place(event: Mapping[str, Any]) -> Optional[str]:
    """The plane that an event belongs to; None for what is no event of the host or a device."""
    if event.get("ph") != "X":
        return None
    category = event.get("cat")
    if category in _DEVICE:
        return f"/device:GPU:{event.get('args', {}).get('device', 0)}"
    return "/host:CPU" if category in _HOST else None


def _event(event: Mapping[str, Any]) -> Event:
    """The same event; its times are microseconds in a chrome trace."""
    name, category = str(event["name"]), event["cat"]
    operation = name if category == _OPERATION or category in _DEVICE else None
    return Event(name, 1000 * float(event["ts"]), 1000 * float(event["dur"]), operation)
