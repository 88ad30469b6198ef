"""Reads event files back with TensorBoard's own reader."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from tensorboard.backend.event_processing.event_accumulator import TENSORS, EventAccumulator
from tensorboard.util import tensor_util


class Point(NamedTuple):
    """One scalar, wherever it stands."""

    run: str
    tag: str
    step: int
    value: float


class Events:
    """Everything below a log directory; runs are named by their folder."""

    def __init__(self, directory: Path) -> None:
        self.runs: Mapping[str, EventAccumulator] = {
            str(path.parent.relative_to(directory)): EventAccumulator(
                str(path.parent), size_guidance={TENSORS: 0}
            ).Reload()
            for path in sorted(directory.rglob("events.out.tfevents.*"))
        }

    def scalars(self) -> Iterator[Point]:
        """Every scalar of every run."""
        for run, tag in self.tagged("scalars"):
            for event in self.runs[run].Tensors(tag):
                value = tensor_util.make_ndarray(event.tensor_proto).item()
                yield Point(run, tag, event.step, value)

    def tagged(self, plugin: str) -> list[tuple[str, str]]:
        """Run and tag of everything that belongs to one of TensorBoard's plugins."""
        return [
            (run, tag)
            for run, accumulator in self.runs.items()
            for tag in accumulator.Tags()["tensors"]
            if accumulator.SummaryMetadata(tag).plugin_data.plugin_name == plugin
        ]

    def text(self, run: str, tag: str) -> str:
        """The last text, image or other string of a tag."""
        event = self.runs[run].Tensors(tag)[-1]
        value: bytes = tensor_util.make_ndarray(event.tensor_proto).ravel()[-1]
        return value.decode(errors="replace")

    def plugin_data(self, run: str, tag: str) -> bytes:
        """What a plugin keeps of a tag beside its values."""
        content: bytes = self.runs[run].SummaryMetadata(tag).plugin_data.content
        return content
