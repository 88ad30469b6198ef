"""What profiles say: operations of a steady call, the overhead of the profiler, and problems."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import geometric_mean, median

from bench.domain.findings.comparisons import ResultWarning
from bench.domain.findings.costs import CellFinding
from bench.domain.findings.evidence import Failure, ProfileOutcome
from bench.domain.findings.profiling import (
    OperationFinding,
    OverheadFinding,
    ProfiledPhase,
    ProfileFinding,
    ProfilesFinding,
    Protocol,
)
from bench.domain.metrics import SECONDS
from bench.domain.panel import Cell

LARGEST_BYTES = 20_000_000
_MOST_OPERATIONS = 12
_TRACE_AGREES = 0.1
"""Part of ``trace`` by which building the graph may differ from it."""


@dataclass(frozen=True)
class CapturedProfile:
    """One invocation of the profile pass: ``session`` is its name in TensorBoard.

    ``device`` is what the cell computed on, and ``outcome`` what the pass returned, or how it
    failed.
    """

    cell: Cell
    device: str
    protocol: Protocol
    session: str
    steps: int
    outcome: ProfileOutcome | Failure


def profile_findings(
    captures: Sequence[CapturedProfile], cells: Sequence[CellFinding]
) -> tuple[ProfileFinding, ...]:
    """A finding for each capture that succeeded; ``cells`` are what the run's rounds cost."""
    clean = {(cell.cell, cell.phase): cell.value for cell in cells if cell.metric == SECONDS.name}
    return tuple(
        _finding(each, each.outcome, clean)
        for each in captures
        if not isinstance(each.outcome, Failure)
    )


def _finding(
    capture: CapturedProfile, outcome: ProfileOutcome, clean: Mapping[tuple[Cell, str], float]
) -> ProfileFinding:
    timeline = outcome.timeline
    steps = len(timeline.steps_ns)

    def per_step(total_ns: float) -> float:
        return float(total_ns) / steps / 1e9

    operations = [
        OperationFinding(
            kind=each.kind,
            place=each.place,
            seconds=per_step(each.own_ns),
            count=each.count / steps,
        )
        for each in timeline.operations
    ]
    costs = {name: ns / 1e9 for name, ns in outcome.phases_ns.items()}
    if outcome.steps_ns:
        costs[outcome.steps] = median(outcome.steps_ns) / 1e9
    return ProfileFinding(
        **capture.cell.fields(),
        protocol=capture.protocol,
        session=capture.session,
        bytes=outcome.bytes,
        profiler_seconds=outcome.profiler_ns / 1e9,
        phases=tuple(
            ProfiledPhase(
                phase=phase,
                seconds=seconds,
                clean_seconds=clean.get((capture.cell, phase)),
            )
            for phase, seconds in costs.items()
        ),
        steps=steps,
        step_seconds=per_step(sum(timeline.steps_ns)) if steps else None,
        host_seconds=per_step(timeline.busy_ns["host"]) if steps else None,
        device_seconds=per_step(timeline.busy_ns["device"]) if steps else None,
        operations=tuple(
            sorted(operations, key=lambda each: (-each.seconds, each.kind))[:_MOST_OPERATIONS]
        ),
        calls_marked=outcome.marked,
        calls_left_out=outcome.left_out,
    )


def all_profiles_finding(profiles: Sequence[ProfileFinding]) -> ProfilesFinding | None:
    """The profiles of a run together; None where it has none."""
    if not profiles:
        return None
    return ProfilesFinding(
        profiles=len(profiles),
        bytes=sum(each.bytes for each in profiles),
        most_profiler_seconds=max(each.profiler_seconds for each in profiles),
    )


def overhead_findings(profiles: Sequence[ProfileFinding]) -> tuple[OverheadFinding, ...]:
    """The price of profiling, by protocol and phase, over the cells that were measured without."""
    ratios: dict[tuple[Protocol, str], list[float]] = {}
    for profile in profiles:
        for phase in profile.phases:
            if phase.clean_seconds and phase.seconds:
                ratio = phase.seconds / phase.clean_seconds
                ratios.setdefault((profile.protocol, phase.phase), []).append(ratio)
    return tuple(
        OverheadFinding(
            protocol=protocol,
            phase=phase,
            cells=len(found),
            ratio=geometric_mean(found),
            ratio_lowest=min(found),
            ratio_highest=max(found),
        )
        for (protocol, phase), found in ratios.items()
    )


def profile_warnings(captures: Sequence[CapturedProfile]) -> tuple[ResultWarning, ...]:
    """The problems of ``captures``, each once with the sessions that have it."""
    sessions: dict[str, list[str]] = {}
    for capture in captures:
        for text in _amiss(capture):
            sessions.setdefault(text, []).append(capture.session)
    return tuple(
        ResultWarning(kind="profile", text=f"{text} ({_named(names, len(captures))})")
        for text, names in sessions.items()
    )


def _amiss(capture: CapturedProfile) -> Iterator[str]:
    outcome = capture.outcome
    if isinstance(outcome, Failure):
        yield f"no profile was captured: {outcome.kind}: {outcome.reason}"
        return
    timeline = outcome.timeline
    planes = {name for name, events in timeline.planes if events}
    if "/host:CPU" not in planes:
        yield "the profile has no plane /host:CPU"
    if capture.device.startswith("gpu") and not any(each.startswith("/device:") for each in planes):
        yield (
            "the profile has no plane of the GPU: CUPTI needs the privilege to read its counters "
            "(CAP_SYS_ADMIN, or the driver's option NVreg_RestrictProfilingToAdminUsers=0)"
        )
    missing = [phase for phase in outcome.phases_ns if phase not in timeline.phases_ns]
    if missing:
        yield f"the profile lacks {', '.join(missing)}"
    steps = len(outcome.steps_ns)
    if len(timeline.steps_ns) != steps:
        yield f"the profile has {len(timeline.steps_ns)} of {steps} steps"
    yield from _trace_amiss(outcome)
    if outcome.bytes > LARGEST_BYTES:
        yield f"the profile is larger than {LARGEST_BYTES / 1e6:.0f} MB: fewer calls, or less deep"
    if outcome.left_out:
        yield f"only the first {outcome.marked:,} Python calls are marked"
    for problem in outcome.problems:
        yield f"the profiler says: {problem}"


def _trace_amiss(outcome: ProfileOutcome) -> Iterator[str]:
    building_ns = outcome.timeline.graph_building_ns
    trace_ns = outcome.phases_ns.get("trace")
    if building_ns is None or not trace_ns:
        return
    if abs(building_ns - trace_ns) > _TRACE_AGREES * trace_ns:
        yield (
            f"the profile's graph building and the measured trace differ by more than "
            f"{100 * _TRACE_AGREES:.0f} %"
        )


def _named(sessions: Sequence[str], total: int) -> str:
    if len(sessions) == 1:
        return sessions[0]
    return f"{len(sessions)} of {total} profiles, the first {sessions[0]}"
