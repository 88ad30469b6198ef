"""What a timed invocation returns: the spans of its phases.

The worker makes these values and sends them. The module needs the standard library of Python 3.9
only, since it runs in the measured interpreter.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple


class Span(NamedTuple):
    """A phase, or one call of a phase that iterates; None where a meter was not read.

    ``start_ns`` counts from the beginning of the first phase. Memory is resident; ``iteration`` is
    None for a whole phase. ``run_delay_ns`` is for how long the main thread could have computed
    while others had its core. ``alone_ns`` is the CPU time at its end for which a phase had a
    shared core to itself, since all others had ended theirs. ``calls`` is how many calls a phase
    made that repeats and was timed as one block. The ``device`` meters are those of a GPU, read
    when the phase ends.
    """

    phase: str
    status: str
    iteration: int | None = None
    calls: int | None = None
    start_ns: int | None = None
    wall_ns: int | None = None
    cpu_ns: int | None = None
    run_delay_ns: int | None = None
    alone_ns: int | None = None
    memory_change_bytes: int | None = None
    memory_peak_bytes: int | None = None
    minor_faults: int | None = None
    major_faults: int | None = None
    voluntary_switches: int | None = None
    involuntary_switches: int | None = None
    device_memory_bytes: int | None = None
    device_clock_mhz: int | None = None
    device_throttle_reasons: int | None = None


@dataclass(frozen=True)
class TimingOutcome:
    """The spans of a timed lifecycle; ``began_ns`` is when the first phase began.

    That is read from ``time.perf_counter_ns``, a clock that all processes of a machine share.
    """

    began_ns: int
    spans: tuple[Span, ...]
