"""TensorFlow's own profiler, and how to read the files that it writes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any, Optional

import tensorflow as tf

from bench.worker.frameworks.base import Unavailable
from bench.worker.frameworks.profile_files import written_files
from bench.worker.profiling.planes import Event, Plane, operation_of
from bench.worker.profiling.profiler import Capture


class TensorFlowProfiler:
    """Captures what happens while it is open; every phase and step is marked by the caller."""

    graph_building: Optional[str] = "tf.function-graph_building"

    @contextmanager
    def capture(self, folder: str) -> Iterator[Capture]:
        captured = Capture()
        options = tf.profiler.experimental.ProfilerOptions(host_tracer_level=2)
        try:
            tf.profiler.experimental.start(folder, options)
        except tf.errors.OpError as error:
            raise Unavailable(f"the profiler does not start: {error.message}") from error
        try:
            yield captured
        except BaseException:
            _stop(save=False)
            raise
        _stop(save=True)
        captured.paths = written_files(folder)

    def mark(self, label: str) -> AbstractContextManager[Any]:
        mark: AbstractContextManager[Any] = tf.profiler.experimental.Trace(label)
        return mark

    def label(self, name: str, where: str) -> str:
        # So the profiler encodes what it is told by keyword, which takes longer at each mark.
        return f"{name}#at={where}#"

    def step(self, name: str, number: int) -> AbstractContextManager[Any]:
        # The viewer takes an event for a step by the mark ``_r``.
        step: AbstractContextManager[Any] = tf.profiler.experimental.Trace(
            name, step_num=number, _r=1
        )
        return step

    def read(self, captured: Capture) -> list[Plane]:
        from tensorflow.tsl.profiler.protobuf import xplane_pb2

        planes = []
        for path in captured.paths:
            if path.endswith(".xplane.pb"):
                space = xplane_pb2.XSpace()
                with open(path, "rb") as file:
                    space.ParseFromString(file.read())
                captured.problems += [*space.errors, *space.warnings]
                planes += [_plane(plane) for plane in space.planes]
        return planes


def _stop(save: bool) -> None:
    try:
        tf.profiler.experimental.stop(save=save)
    except tf.errors.UnavailableError as error:
        raise Unavailable("the profiler was stopped by the measured code") from error
    except tf.errors.OpError as error:
        raise Unavailable(f"the profile cannot be written: {error.message}") from error


def _plane(plane: Any) -> Plane:
    names = {number: each.name for number, each in plane.event_metadata.items()}
    stats = {number: each.name for number, each in plane.stat_metadata.items()}
    of_host = {number: operation_of(name) for number, name in names.items()}
    on_device = plane.name.startswith("/device:")
    return Plane(
        plane.name,
        [
            [
                Event(
                    names[event.metadata_id],
                    line.timestamp_ns + event.offset_ps / 1000,
                    event.duration_ps / 1000,
                    _of_device(event, stats, names) if on_device else of_host[event.metadata_id],
                )
                for event in line.events
            ]
            for line in plane.lines
        ],
    )


def _of_device(event: Any, stats: Any, names: Any) -> Optional[str]:
    """The kind of operation that a device's event belongs to; its own name where none is told."""
    for stat in event.stats:
        if stats.get(stat.metadata_id) == "tf_op":
            told = stat.str_value or stats.get(stat.ref_value, "")
            return operation_of(told) or told
    return str(names[event.metadata_id])
