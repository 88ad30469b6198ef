"""The meters of a span are those that the wire and the table of samples declare."""

from __future__ import annotations

import errno
import os

import pytest

from bench.domain.findings.evidence import Failure
from bench.worker.instruments.recorder import Recorder
from tests.fakes.hooks import HOOKS


def recorder(**device: int) -> Recorder:
    return Recorder(HOOKS, lambda: None, lambda: dict(device))


class _Memory:
    """What the process holds, of which garbage is collected whenever a core is aligned."""

    def __init__(self) -> None:
        self._kept = 1000
        self._garbage = 0

    def read(self) -> tuple[int, int]:
        resident = self._kept + self._garbage
        return resident, resident

    def allocate(self, kept: int, garbage: int = 0) -> None:
        self._kept += kept
        self._garbage += garbage

    def recorder(self) -> Recorder:
        def collect(name: str) -> None:
            self._garbage = 0

        return Recorder(HOOKS._replace(align=collect), lambda: None, dict)


@pytest.fixture
def memory(monkeypatch: pytest.MonkeyPatch) -> _Memory:
    """Takes the place of the meter of memory."""
    memory = _Memory()
    monkeypatch.setattr("bench.worker.instruments.recorder.memory_bytes", memory.read)
    return memory


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


def test_garbage_that_is_collected_before_a_phase_is_not_credited_to_it(memory: _Memory) -> None:
    recording = memory.recorder()
    recording.phase("before", lambda: memory.allocate(kept=3, garbage=100))
    recording.phase("after", lambda: memory.allocate(kept=5, garbage=20))
    recording.phase("last", lambda: None)
    changes = {span.phase: span.memory_change_bytes for span in recording.spans}
    assert changes == {"before": 103, "after": 25, "last": 0}


def test_garbage_that_is_collected_before_a_series_is_not_credited_to_its_first_call(
    memory: _Memory,
) -> None:
    recording = memory.recorder()
    recording.phase("before", lambda: memory.allocate(kept=3, garbage=100))
    recording.series("calls", lambda: memory.allocate(kept=2), 3)
    changes = [span.memory_change_bytes for span in recording.spans if span.phase == "calls"]
    assert changes == [6, 2, 2, 2]


@pytest.mark.parametrize(("call_s", "calls"), [(0.1, 20), (1.0, 10), (4.0, 3), (60.0, 3)])
def test_calls_that_take_long_are_fewer(
    call_s: float, calls: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = _Clock()
    monkeypatch.setattr("bench.worker.instruments.recorder.wall_ns", clock.read)
    recording = recorder()
    recording.iterations("step", lambda: clock.advance(int(call_s * 1e9)), 20)
    whole, *each = recording.spans
    assert [span.iteration for span in each] == list(range(calls))
    assert {span.wall_ns for span in each} == {int(call_s * 1e9)}
    assert whole.wall_ns == calls * int(call_s * 1e9)


def test_series_has_all_of_its_calls_however_long_they_take(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock = _Clock()
    monkeypatch.setattr("bench.worker.instruments.recorder.wall_ns", clock.read)
    recording = recorder()
    recording.series("calls", lambda: clock.advance(60 * 10**9), 5)
    assert len(recording.spans) == 6


def test_time_of_a_phase_that_failed_belongs_to_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = _Clock()
    monkeypatch.setattr("bench.worker.instruments.recorder.wall_ns", clock.read)
    recording = recorder()

    def fails() -> None:
        clock.now_ns += 1_000_000
        raise ValueError("no such luck")

    recording.phase("before", lambda: clock.advance(1_000))
    with pytest.raises(ValueError, match="luck"):
        recording.phase("fails", fails)
    recording.failed(Failure("unavailable", "refused", "fails"))
    # One that is left out has taken no time to leave out.
    clock.now_ns += 500
    recording.failed(Failure("unavailable", "needs fails, which failed", "needs it"))
    recording.phase("after", lambda: clock.advance(2_000))
    recording.whole("invocation")
    spans = {span.phase: span for span in recording.spans}
    assert (spans["fails"].status, spans["fails"].reason) == ("unavailable", "refused")
    assert spans["fails"].wall_ns is None
    assert spans["after"].memory_change_bytes is not None
    whole_ns = spans["invocation"].wall_ns
    assert whole_ns is not None
    assert whole_ns == 1_000 + 2_000 + 500


def test_time_that_meters_take_belongs_to_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = _Clock()
    monkeypatch.setattr("bench.worker.instruments.recorder.wall_ns", clock.read)

    def slow_meter() -> dict[str, int]:
        clock.now_ns += 1_000_000
        return {}

    recording = Recorder(HOOKS, lambda: None, slow_meter)
    recording.phase("before", lambda: clock.advance(1_000))
    clock.now_ns += 500
    recording.phase("after", lambda: clock.advance(2_000))
    recording.whole("invocation")
    assert recording.spans[-1].wall_ns == 1_000 + 2_000 + 500


class _Clock:
    """A clock that goes on when it is told to."""

    def __init__(self) -> None:
        self.now_ns = 0

    def read(self) -> int:
        return self.now_ns

    def advance(self, by_ns: int) -> None:
        self.now_ns += by_ns


def test_peak_is_unknown_where_it_cannot_begin_again(monkeypatch: pytest.MonkeyPatch) -> None:
    def opened(path: str, flags: int) -> int:
        if path == "/proc/self/clear_refs":
            raise PermissionError(errno.EROFS, "Read-only file system")
        return real(path, flags)

    real = os.open
    monkeypatch.setattr(os, "open", opened)
    recording = recorder()
    recording.phase("construct", lambda: None)
    (span,) = recording.spans
    assert span.memory_peak_bytes is None
    assert span.wall_ns is not None
