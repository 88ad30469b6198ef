"""The meters of a span are those that the wire and the table of samples declare."""

from __future__ import annotations

import pytest

from bench.worker.instruments.recorder import Recorder
from tests.fakes.hooks import HOOKS


def recorder(**device: int) -> Recorder:
    return Recorder(HOOKS, lambda: None, lambda: dict(device))


def test_meters_of_the_device_are_part_of_the_span() -> None:
    recording = recorder(device_clock_mhz=1980)
    assert recording.phase("construct", lambda: "made") == "made"
    (span,) = recording.spans
    assert (span.phase, span.start_ns, span.device_clock_mhz) == ("construct", 0, 1980)


def test_meter_that_is_not_declared_is_an_error() -> None:
    with pytest.raises(TypeError, match="joules"):
        recorder(joules=5).phase("construct", lambda: None)


def test_series_has_the_memory_change_of_each_call_and_iterations_have_not() -> None:
    recording = recorder()
    recording.series("calls", lambda: None, 2)
    recording.iterations("inference", lambda: None, 2)
    known = [
        (span.phase, span.iteration, span.memory_change_bytes is not None)
        for span in recording.spans
    ]
    assert known == [
        ("calls", None, True),
        ("calls", 0, True),
        ("calls", 1, True),
        ("inference", None, True),
        ("inference", 0, False),
        ("inference", 1, False),
    ]
