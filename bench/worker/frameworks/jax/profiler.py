"""JAX's own profiler, and how to read the files that it writes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from typing import Any, Optional

import jax

from bench.worker.frameworks.base import Unavailable
from bench.worker.frameworks.gpu import first_line
from bench.worker.frameworks.profile_files import written_files
from bench.worker.profiling.planes import Event, Plane
from bench.worker.profiling.profiler import Capture

_OPERATION = "hlo_op"
"""What XLA notes with an event of an instruction: its name in the program."""

_NUMBER = re.compile(r"(\.\d+)+$")


class JaxProfiler:
    """Captures what happens while it is open; every phase and step is marked by the caller."""

    graph_building: Optional[str] = None

    @contextmanager
    def capture(self, folder: str) -> Iterator[Capture]:
        captured = Capture()
        options = jax.profiler.ProfileOptions()
        options.host_tracer_level = 2
        # It would record every call of Python, and most of the time would be its own.
        options.python_tracer_level = 0
        try:
            jax.profiler.start_trace(folder, profiler_options=options)
        except RuntimeError as error:
            raise Unavailable(f"the profiler does not start: {first_line(error)}") from error
        try:
            yield captured
        except BaseException:
            with suppress(Exception):
                jax.profiler.stop_trace()
            raise
        try:
            jax.profiler.stop_trace()
        except RuntimeError as error:
            raise Unavailable("the profiler was stopped by the measured code") from error
        except Exception as error:
            raise Unavailable(f"the profile cannot be written: {first_line(error)}") from error
        captured.paths = written_files(folder)

    def mark(self, label: str) -> AbstractContextManager[Any]:
        mark: AbstractContextManager[Any] = jax.profiler.TraceAnnotation(label)
        return mark

    def label(self, name: str, where: str) -> str:
        # So the profiler encodes what it is told by keyword, which takes longer at each mark.
        return f"{name}#at={where}#"

    def step(self, name: str, number: int) -> AbstractContextManager[Any]:
        step: AbstractContextManager[Any] = jax.profiler.StepTraceAnnotation(name, step_num=number)
        return step

    def read(self, captured: Capture) -> list[Plane]:
        return [
            _plane(plane)
            for path in captured.paths
            if path.endswith(".xplane.pb")
            for plane in jax.profiler.ProfileData.from_file(path).planes
        ]


def _plane(plane: Any) -> Plane:
    on_device = plane.name.startswith("/device:")
    return Plane(
        plane.name,
        [
            [
                Event(
                    event.name,
                    event.start_ns,
                    event.duration_ns,
                    _operation(event, on_device),
                )
                for event in line.events
            ]
            for line in plane.lines
        ],
    )


def _operation(event: Any, on_device: bool) -> Optional[str]:
    """The kind of XLA's instruction that ``event`` is: ``dot`` of ``dot.12``.

    On a device that is its own name where no instruction is told.
    """
    told = next((value for name, value in event.stats if name == _OPERATION), None)
    if told is None:
        return event.name if on_device else None
    return _NUMBER.sub("", str(told))
