"""What a timed invocation returns: the spans of its phases.

The worker makes these values and sends them. The module needs the standard library of Python 3.9
only, since it runs in the measured interpreter.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple, Optional

from bench.domain.status import FAILURES


class Span(NamedTuple):
    """A phase, or one call of a phase that iterates; None where a meter was not read.

    ``start_ns`` counts from the beginning of the first phase. Memory is resident; ``iteration`` is
    None for a whole phase. ``run_delay_ns`` is for how long the process could have computed
    while others had its core, judged by its main thread. ``alone_ns`` is the CPU time at its end
    for which a phase had a shared core to itself, since all others had ended theirs. ``calls`` is
    how many calls a phase made that repeats and was timed as one block. The ``device`` meters are
    those of a GPU, read when the phase ends; the peak and the energy are those of the phase, and
    the processes all that compute on it, the measured one among them. ``reason`` is why a phase
    failed whose lifecycle went on. ``note`` says in words what the suite made up of the data, in
    the span of the whole invocation.
    """

    phase: str
    status: str
    iteration: Optional[int] = None
    calls: Optional[int] = None
    start_ns: Optional[int] = None
    wall_ns: Optional[int] = None
    cpu_ns: Optional[int] = None
    run_delay_ns: Optional[int] = None
    alone_ns: Optional[int] = None
    memory_change_bytes: Optional[int] = None
    memory_peak_bytes: Optional[int] = None
    minor_faults: Optional[int] = None
    major_faults: Optional[int] = None
    voluntary_switches: Optional[int] = None
    involuntary_switches: Optional[int] = None
    device_memory_bytes: Optional[int] = None
    device_peak_bytes: Optional[int] = None
    device_energy_mj: Optional[int] = None
    device_power_mw: Optional[int] = None
    device_temperature_c: Optional[int] = None
    device_clock_mhz: Optional[int] = None
    device_throttle_reasons: Optional[int] = None
    device_processes: Optional[int] = None
    reason: Optional[str] = None
    note: Optional[str] = None


@dataclass(frozen=True)
class TimingOutcome:
    """The spans of a timed lifecycle; ``began_ns`` is when the first phase began.

    That is read from ``time.perf_counter_ns``, a clock that all processes of a machine share.
    """

    began_ns: int
    spans: tuple[Span, ...]

    @property
    def has_failed_phase(self) -> bool:
        """Whether a phase failed whose lifecycle went on."""
        return any(span.status in FAILURES for span in self.spans)
