"""Meters read at the borders of a phase: clocks, memory, faults and context switches."""

from __future__ import annotations

import resource
from typing import Any, Callable, Optional, TypeVar

from bench.domain.findings.evidence import Failure
from bench.domain.findings.timing import Span, TimingOutcome
from bench.domain.status import NOTHING_TO_DO, OK
from bench.worker.hooks import ProcessHooks
from bench.worker.instruments.clocks import cpu_ns, wall_ns
from bench.worker.instruments.process_meters import (
    main_thread,
    memory_bytes,
    reset_peak,
    run_delay_ns,
)

T = TypeVar("T")

MOST_CALLS = 100
"""Calls of a block for each call that warms up, at most."""

FEWEST_CALLS, ENOUGH_NS = 3, 10 * 10**9
"""Calls that are timed one by one: no further one once so many have taken so long."""


class Recorder:
    """Runs the phases of one invocation in order and records a ``Span`` of each.

    The clocks are read last before and first after the measured code; the other meters lie outside
    them. Memory is resident.

    ``began_ns`` is when the first phase began, by ``time.perf_counter_ns``, a clock that all
    processes of a machine share. Before each phase, ``hooks`` announce it and align the core for
    it; after each, they keep its spans, so that these count however the process ends. The time that
    takes belongs to no span, and neither does that of the meters. ``wait``, which every timed span
    ends with, returns when the device has done its work; ``device`` returns what the device's own
    meters add to a span, and ``begin_device`` has them begin. With ``block_ns``, the calls of a
    phase that repeats are timed as one block of so much CPU time. A meter that ``Span`` does not
    declare raises ``TypeError``.
    """

    goes_on = False

    def __init__(
        self,
        hooks: ProcessHooks,
        wait: Callable[[], None],
        device: Callable[[], dict[str, Any]],
        block_ns: Optional[int] = None,
        begin_device: Callable[[], None] = lambda: None,
    ) -> None:
        self._hooks = hooks
        self._wait = wait
        self._device = device
        self._begin_device = begin_device
        self._block_ns = block_ns
        self._paused_ns = 0
        self._under_way_ns: Optional[int] = None
        self._kept = 0
        self.began_ns: Optional[int] = None
        self.spans: list[Span] = []

    def outcome(self) -> TimingOutcome:
        """What is recorded by now: phases that have ended."""
        return TimingOutcome(self.began_ns or 0, tuple(self.spans))

    def phase(self, name: str, action: Callable[[], T]) -> T:
        """Run ``action`` as phase ``name`` and return its result."""
        result = self._timed(name, action)
        self._keep()
        return result

    def _timed(self, name: str, action: Callable[[], T]) -> T:
        entered_ns = self._under_way_ns = wall_ns()
        self._hooks.announce(name)
        self._hooks.align(name)
        # The garbage of the phase before is gone by now.
        memory_before = memory_bytes()[0]
        knows_peak = reset_peak()
        self._begin_device()
        scheduled_before = main_thread()
        usage_before = resource.getrusage(resource.RUSAGE_SELF)
        cpu_before = cpu_ns()
        wall_before = wall_ns()
        result = action()
        self._wait()
        wall_after = wall_ns()
        cpu_after = cpu_ns()
        alone_ns = self._hooks.alone_ns()
        scheduled_after = main_thread()
        usage_after = resource.getrusage(resource.RUSAGE_SELF)
        memory_after, memory_peak = memory_bytes()
        self._under_way_ns = None
        if self.began_ns is None:
            self.began_ns = entered_ns = wall_before
        self.spans.append(
            Span(
                phase=name,
                status=OK,
                start_ns=wall_before - self.began_ns,
                wall_ns=wall_after - wall_before,
                cpu_ns=cpu_after - cpu_before,
                run_delay_ns=run_delay_ns(
                    scheduled_before,
                    scheduled_after,
                    cpu_ns=cpu_after - cpu_before,
                    wall_ns=wall_after - wall_before,
                ),
                alone_ns=None if alone_ns is None else min(alone_ns, cpu_after - cpu_before),
                memory_change_bytes=memory_after - memory_before,
                memory_peak_bytes=memory_peak if knows_peak else None,
                minor_faults=usage_after.ru_minflt - usage_before.ru_minflt,
                major_faults=usage_after.ru_majflt - usage_before.ru_majflt,
                voluntary_switches=usage_after.ru_nvcsw - usage_before.ru_nvcsw,
                involuntary_switches=usage_after.ru_nivcsw - usage_before.ru_nivcsw,
                **self._device(),
            )
        )
        self._paused_ns += wall_before - entered_ns + wall_ns() - wall_after
        return result

    def _keep(self) -> None:
        """Have the spans kept that are new, in a pause."""
        known, self._kept = self._kept, len(self.spans)
        self._pause(
            lambda: self._hooks.keep(TimingOutcome(self.began_ns or 0, tuple(self.spans[known:])))
        )

    def _pause(self, action: Callable[[], object]) -> None:
        before = wall_ns()
        action()
        if self.began_ns is not None:
            self._paused_ns += wall_ns() - before

    def series(self, name: str, action: Callable[[], object], count: int) -> None:
        """The same as ``iterations``, with the resident memory's change over each call."""
        resident: list[int] = []
        self._repeated(name, action, count, lambda: resident.append(memory_bytes()[0]))
        if count:
            self.spans[-count:] = [
                span._replace(memory_change_bytes=after - before)
                for span, before, after in zip(self.spans[-count:], resident, resident[1:])
            ]
        self._keep()

    def iterations(self, name: str, action: Callable[[], object], count: int) -> None:
        """Run ``action`` ``count`` times as phase ``name``: a span for the whole, one per call.

        Calls that take long are fewer (see ``ENOUGH_NS``). Where blocks are timed, there is one
        span, of a block that follows on ``count`` calls.
        """
        if self._block_ns is None:
            self._repeated(name, action, count, None)
            self._keep()
            return
        block_ns = self._block_ns
        self._hooks.announce(name)
        self._pause(lambda: _calls_within(block_ns, action, count))
        calls = self._timed(name, lambda: _calls_within(block_ns, action, MOST_CALLS * count))
        self.spans[-1] = self.spans[-1]._replace(calls=calls)
        self._keep()

    def _repeated(
        self,
        name: str,
        action: Callable[[], object],
        count: int,
        between: Optional[Callable[[], None]],
    ) -> None:
        readings: list[int] = []
        read_wall, read_cpu, note = wall_ns, cpu_ns, readings.extend

        def repeat() -> None:
            fewest = FEWEST_CALLS if between is None else count
            if between is not None:
                between()
            end_ns = read_wall() + ENOUGH_NS
            for made in range(count):
                if made >= fewest and read_wall() >= end_ns:
                    return
                cpu_before = read_cpu()
                wall_before = read_wall()
                action()
                wall_after = read_wall()
                note((wall_before, wall_after, cpu_before, read_cpu()))
                if between is not None:
                    between()

        self._timed(name, repeat)
        began_ns = self.began_ns or 0
        for iteration in range(len(readings) // 4):
            wall_before, wall_after, cpu_before, cpu_after = readings[
                4 * iteration : 4 * iteration + 4
            ]
            self.spans.append(
                Span(
                    phase=name,
                    status=OK,
                    iteration=iteration,
                    start_ns=wall_before - began_ns,
                    wall_ns=wall_after - wall_before,
                    cpu_ns=cpu_after - cpu_before,
                )
            )

    def nothing_to_do(self, name: str) -> None:
        """Record that phase ``name`` had no work left: not the same as taking no time."""
        self.spans.append(Span(name, NOTHING_TO_DO))
        self._keep()

    def failed(self, failure: Failure) -> None:
        """Record that a phase failed or was left out: its time, if any, belongs to no span."""
        if self._under_way_ns is not None and self.began_ns is not None:
            self._paused_ns += wall_ns() - self._under_way_ns
        self._under_way_ns = None
        self.spans.append(Span(failure.phase or "", failure.kind, reason=failure.reason))
        self._keep()

    def whole(self, name: str, note: Optional[str] = None) -> None:
        """Record the span from the beginning of the first phase until now, without the pauses.

        ``note`` is what is to be known next to the times.
        """
        if self.began_ns is not None:
            taken_ns = wall_ns() - self.began_ns - self._paused_ns
            self.spans.append(Span(name, OK, start_ns=0, wall_ns=taken_ns, note=note))


def _calls_within(span_ns: int, action: Callable[[], object], most: int) -> int:
    """Run ``action`` until that has taken ``span_ns`` of CPU time, ``most`` times at most."""
    end_ns = cpu_ns() + span_ns
    for calls in range(1, most + 1):
        action()
        if cpu_ns() >= end_ns:
            return calls
    return most
