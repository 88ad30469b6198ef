"""What a captured profile holds: its planes of events, and the sums that a pass returns of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from typing import Any, Optional

from bench.domain.findings.evidence import OperationTime, Timeline
from bench.worker.profiling.planes import Event, Plane

Span = tuple[float, float]


def summary(
    planes: Iterable[Plane], phases: Collection[str], steps: str, graph_building: Optional[str]
) -> Timeline:
    """Sums over the events of a profile.

    ``phases`` are looked for among the outermost events of each thread, and so are ``steps``.
    Events called ``graph_building`` are the work of ``trace``, where a framework has them. An
    operation belongs to the step that it begins in, and is cut off where that ends.
    """
    found = list(planes)
    host = [line for plane in found if not plane.is_device for line in plane.lines]
    device = [line for plane in found if plane.is_device for line in plane.lines]
    outermost = [event for line in host for event in _outermost(line)]
    windows = sorted((each.begin_ns, each.end_ns) for each in outermost if each.name == steps)
    traces = [each for each in outermost if each.name == "trace"]
    operations: dict[tuple[str, str], list[float]] = defaultdict(lambda: [0, 0.0])
    busy = {}
    for place, lines in (("host", host), ("device", device)):
        spans: list[Span] = []
        for line in lines:
            for event, own_ns in _own_times(_within(line, windows)):
                count = operations[event.operation or event.name, place]
                count[0] += 1
                count[1] += own_ns
                spans.append((event.begin_ns, event.end_ns))
        busy[place] = round(_covered(spans))
    return Timeline(
        planes=tuple((plane.name, sum(map(len, plane.lines))) for plane in found),
        phases_ns={
            name: round(sum(event.length_ns for event in outermost if event.name == name))
            for name in phases
            if any(event.name == name for event in outermost)
        },
        steps_ns=tuple(round(end - begin) for begin, end in windows),
        graph_building_ns=None
        if graph_building is None
        else round(
            _covered(
                (each.begin_ns, each.end_ns)
                for line in host
                for each in line
                if each.name == graph_building
                and any(
                    outer.begin_ns <= each.begin_ns and each.end_ns <= outer.end_ns
                    for outer in traces
                )
            )
        ),
        operations=tuple(
            OperationTime(kind, place, count=int(count), own_ns=round(own_ns))
            for (kind, place), (count, own_ns) in sorted(operations.items())
        ),
        busy_ns=busy,
    )


def _outermost(line: list[Event]) -> Iterator[Event]:
    end_ns = float("-inf")
    for event in sorted(line, key=lambda each: (each.begin_ns, -each.length_ns)):
        if event.begin_ns >= end_ns:
            end_ns = event.end_ns
            yield event


def _within(line: list[Event], windows: list[Span]) -> list[Event]:
    """The operations of ``line`` that begin in one of ``windows``, which do not overlap."""
    waiting = iter(windows)
    window = next(waiting, None)
    kept = []
    for event in sorted(line, key=lambda each: (each.begin_ns, -each.length_ns)):
        while window is not None and event.begin_ns >= window[1]:
            window = next(waiting, None)
        if window is None:
            break
        if event.operation is not None and event.begin_ns >= window[0]:
            length_ns = min(event.length_ns, window[1] - event.begin_ns)
            kept.append(event._replace(length_ns=length_ns))
    return kept


def _own_times(events: list[Event]) -> Iterator[tuple[Event, float]]:
    """Each event and the part of its time that no event nested in it took."""
    open_events: list[list[Any]] = []
    for event in events:
        while open_events and event.begin_ns >= open_events[-1][0].end_ns:
            done, own_ns = open_events.pop()
            yield done, own_ns
        if open_events:
            # Of events that overlap and are not nested, what they share belongs to the later one.
            shared_ns = min(event.end_ns, open_events[-1][0].end_ns) - event.begin_ns
            open_events[-1][1] -= shared_ns
        open_events.append([event, event.length_ns])
    for done, own_ns in open_events:
        yield done, own_ns


def _covered(spans: Iterable[Span]) -> float:
    """The length of the union of ``spans``."""
    total, reached = 0.0, float("-inf")
    for begin, end in sorted(spans):
        total += max(0.0, end - max(begin, reached))
        reached = max(reached, end)
    return total
