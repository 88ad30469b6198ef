"""Event files, the form that TensorBoard reads; written with its own summaries and records."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timezone
from pathlib import Path

import numpy as np
from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.compat.proto.summary_pb2 import Summary
from tensorboard.plugins.scalar.summary_v2 import scalar_pb
from tensorboard.summary.writer.record_writer import RecordWriter
from tensorboard.util import tensor_util

from bench.domain.findings.run import Findings
from bench.report.replaced import replaced


class EventFile:
    """The events of one run of TensorBoard, all with the moment ``wall_time`` (Unix seconds)."""

    def __init__(self, writer: RecordWriter, wall_time: float) -> None:
        self._writer = writer
        self._wall_time = wall_time
        self._write(Event(wall_time=wall_time, file_version="brain.Event:2"))

    def scalar(self, tag: str, step: int, value: float) -> None:
        """One point of a curve."""
        self.summary(scalar_pb(tag, np.float64(value)), step)

    def summary(self, summary: Summary, step: int = 0) -> None:
        """Anything that one of TensorBoard's plugins makes."""
        self._write(Event(wall_time=self._wall_time, step=step, summary=summary))

    def _write(self, event: Event) -> None:
        self._writer.write(event.SerializeToString())


@contextmanager
def event_file(directory: Path, findings: Findings) -> Iterator[EventFile]:
    """A new event file in ``directory``, which is the run's name in TensorBoard."""
    directory.mkdir(parents=True, exist_ok=True)
    with replaced(directory / _name(findings)) as path, path.open("wb") as file:
        yield EventFile(RecordWriter(file), began(findings.run))


def remove_events(directory: Path, findings: Findings) -> None:
    """Remove the event files of this run below ``directory``, and folders that this leaves empty.

    Those of others stay, and no link is followed: the folder may be a place for many runs.
    """
    own = _name(findings)
    for folder, _, files in os.walk(directory, topdown=False):
        if own in files:
            (Path(folder) / own).unlink()
            _remove_empty(Path(folder), directory)


def _remove_empty(folder: Path, top: Path) -> None:
    """Remove ``folder`` and those around it, up to ``top``, as far as they are empty."""
    while folder != top:
        try:
            folder.rmdir()
        except OSError:
            return
        folder = folder.parent


def _name(findings: Findings) -> str:
    return f"events.out.tfevents.{began(findings.run):.0f}.bench"


def began(run: str) -> float:
    """When a run began, by its id, in Unix seconds; 0 for a folder that was given another name."""
    stamp = re.match(r"\d{8}T\d{6}Z", run)
    if stamp is None:
        return 0.0
    moment = datetime.strptime(stamp.group(), "%Y%m%dT%H%M%SZ")
    return moment.replace(tzinfo=timezone.utc).timestamp()


def strings(*values: str | bytes) -> object:
    """A tensor of strings, the form in which several plugins store their data."""
    return tensor_util.make_tensor_proto(
        [each.encode() if isinstance(each, str) else each for each in values]
    )
