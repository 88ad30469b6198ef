"""What profiles say: a steady call by operation, and the price of profiling."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bench.domain.findings.profiling import ProfileFinding
from bench.domain.findings.run import Findings
from bench.domain.panel import FACTORS
from bench.domain.words import pluralise
from bench.report.places import place_of
from bench.report.tables.model import (
    BLANK,
    Block,
    Column,
    ResponsiveTable,
    Table,
    paragraph,
    right,
    row,
)
from bench.report.text.formatting import at_layers, duration, memory

_MOST_KINDS = 6
_NONE = "-"


def profile_tables(findings: Findings) -> Iterator[Block]:
    """For each sweep the operations of one call at its deepest depth; then the overhead."""
    if findings.all_profiles is None:
        return
    sweeps: dict[tuple[object, ...], list[ProfileFinding]] = {}
    for profile in findings.profiles:
        if profile.protocol == "profiled" and profile.steps:
            place = tuple(getattr(profile, name) for name in FACTORS if name != "layers")
            sweeps.setdefault(place, []).append(profile)
    for profiles in sweeps.values():
        deepest = max(profile.layers or 0 for profile in profiles)
        first = profiles[0]
        where = f"{place_of(first).text()}{at_layers(deepest or None)}"
        yield BLANK
        yield paragraph(f"one profiled call by kind of operation: {where}", "strong")
        yield _operations([each for each in profiles if (each.layers or 0) == deepest])
    if findings.profiling:
        yield BLANK
        yield _overhead(findings)
    every = findings.all_profiles
    if not every.profiles:
        return
    yield paragraph(
        f"{pluralise(every.profiles, 'profile')}, {memory(every.bytes)}; the profiler adds at most "
        f"{duration(every.most_profiler_seconds)} to a process. To look at them: "
        "bench tensorboard RUN"
    )


def _operations(profiles: Sequence[ProfileFinding]) -> ResponsiveTable:
    """One table of all arms, or one for every three where they do not fit side by side."""
    parts = [_of_arms(profiles[first : first + 3]) for first in range(0, len(profiles), 3)]
    return ResponsiveTable(((_of_arms(profiles),), tuple(parts)))


def _of_arms(profiles: Sequence[ProfileFinding]) -> Table:
    on_device = any(profile.device_seconds for profile in profiles)
    on_host = any(profile.host_seconds for profile in profiles)
    rows = []
    for kind, place in _kinds(profiles):
        label = f"{kind} ({place})" if on_device else kind
        rows.append(row((label, *(_operation(profile, kind, place) for profile in profiles))))
    totals = {
        # Nothing is busy where no operation was found.
        **(
            {"host busy with operations": [each.host_seconds or None for each in profiles]}
            if on_host
            else {}
        ),
        **(
            {"device busy": [each.device_seconds or None for each in profiles]} if on_device else {}
        ),
        "whole call": [each.step_seconds for each in profiles],
    }
    rows += [row((label, *map(_seconds, each))) for label, each in totals.items()]
    arms = (profile.arm for profile in profiles)
    return Table("", (Column("operation"), *right(*arms)), tuple(rows))


def _kinds(profiles: Sequence[ProfileFinding]) -> list[tuple[str, str]]:
    """The kinds of operation that take most, over all arms."""
    taken: dict[tuple[str, str], float] = {}
    for profile in profiles:
        for each in profile.operations:
            key = (each.kind, each.place)
            taken[key] = taken.get(key, 0.0) + each.seconds
    return sorted(taken, key=lambda key: -taken[key])[:_MOST_KINDS]


def _operation(profile: ProfileFinding, kind: str, place: str) -> str:
    for each in profile.operations:
        if (each.kind, each.place) == (kind, place):
            return f"{duration(each.seconds)} in {each.count:g}"
    return _NONE


def _seconds(seconds: float | None) -> str:
    return _NONE if seconds is None else duration(seconds)


def _overhead(findings: Findings) -> Table:
    protocols = list(dict.fromkeys(each.protocol for each in findings.profiling))
    found = {(each.phase, each.protocol): each for each in findings.profiling}
    rows = []
    for phase in dict.fromkeys(each.phase for each in findings.profiling):
        cells = (found.get((phase, protocol)) for protocol in protocols)
        ratios = (
            f"{each.ratio:.2f} ({each.ratio_lowest:.2f} to {each.ratio_highest:.2f})"
            if each
            else _NONE
            for each in cells
        )
        rows.append(row((phase, *ratios)))
    return Table(
        "price of profiling: times as long as in the rounds, one process a cell, "
        "mean over cells (least to most)",
        (Column("phase"), *right(*protocols)),
        tuple(rows),
    )
