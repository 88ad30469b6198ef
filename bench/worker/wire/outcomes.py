"""What comes of an invocation: one type for each pass, and the failure that any may end in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple, Optional, Union

from bench.domain.findings.evidence import (
    ClaimOutcome,
    FactsOutcome,
    Failure,
    GrowthOutcome,
    OutputsOutcome,
    ProfileOutcome,
    StructureOutcome,
    WorkOutcome,
)


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
    device_clock_mhz: Optional[int] = None
    device_throttle_reasons: Optional[int] = None


@dataclass(frozen=True)
class TimingOutcome:
    """The spans of a timed lifecycle; ``began_ns`` is when the first phase began.

    That is read from ``time.perf_counter_ns``, a clock that all processes of a machine share.
    """

    began_ns: int
    spans: tuple[Span, ...]


@dataclass(frozen=True)
class SequentialOutcome:
    """Times of each builder, in the order asked for."""

    wall_ns: tuple[tuple[int, ...], ...]


@dataclass(frozen=True)
class EnvironmentOutcome:
    """Versions of what is measured, and for each ``bad`` reference why it does not resolve.

    ``populate`` says whether the kernel can prepare forked processes. ``changed`` is what the
    import of the references has changed of the settings of the whole process, in words.
    """

    versions: dict[str, str]
    populate: bool
    bad: dict[str, str]
    changed: str = ""


Result = Union[
    TimingOutcome,
    StructureOutcome,
    WorkOutcome,
    GrowthOutcome,
    FactsOutcome,
    OutputsOutcome,
    ProfileOutcome,
    ClaimOutcome,
    SequentialOutcome,
    EnvironmentOutcome,
]
"""What a pass returns when it succeeds."""

Outcome = Union[Result, Failure]
