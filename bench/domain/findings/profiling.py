"""What is found in profiles: types only."""

from __future__ import annotations

from typing import Literal

from bench.domain.panel import OfCell
from bench.domain.values import Rounded

Protocol = Literal["profiled", "annotated"]
"""``annotated`` profiles have Python calls marked as well."""


class ProfiledPhase(Rounded):
    """A phase under the profiler, and the same phase as the rounds of the run have it."""

    phase: str
    seconds: float
    clean_seconds: float | None


class OperationFinding(Rounded):
    """One kind of operation in a steady call: its own time, and how many ran; means over steps."""

    kind: str
    place: Literal["host", "device"]
    seconds: float
    count: float


class ProfileFinding(OfCell):
    """One profile: a session of TensorBoard's profile viewer.

    Per steady call, means over ``steps``: ``step_seconds``; how much of it the host and the devices
    spent in at least one operation, ``host_seconds`` and ``device_seconds``; and the ``operations``
    that took most. ``profiler_seconds`` is what profiling adds to the process in addition to the
    phases. ``calls_marked`` Python calls are in an annotated profile, ``calls_left_out`` are not,
    for its bound.
    """

    protocol: Protocol
    session: str
    bytes: int
    profiler_seconds: float
    phases: tuple[ProfiledPhase, ...]
    steps: int
    step_seconds: float | None
    host_seconds: float | None
    device_seconds: float | None
    operations: tuple[OperationFinding, ...]
    calls_marked: int
    calls_left_out: int


class ProfilesFinding(Rounded):
    """All profiles of a run: their number, their size, and the most a profiler adds to one."""

    profiles: int
    bytes: int
    most_profiler_seconds: float


class OverheadFinding(Rounded):
    """How many times as long a phase takes under the profiler: geometric mean over cells, range."""

    protocol: Protocol
    phase: str
    cells: int
    ratio: float
    ratio_lowest: float
    ratio_highest: float
