"""What a scenario's own lifecycle shows beside its times, for a terminal and as Markdown."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from bench.domain.findings.costs import FactFinding, MemoryGrowthFinding
from bench.domain.findings.run import Findings
from bench.domain.metrics import RETAINED_BYTES
from bench.report.tables.layout import LabelledParagraph, header, plain_table
from bench.report.text.formatting import (
    at_layers,
    listing,
    memory,
    memory_interval,
    ratio,
    significant,
)
from bench.report.views import Sweep, place_of


def lifecycle_tables(sweep: Sweep, findings: Findings) -> Iterator[RenderableType]:
    """Notes, memory and series of ``sweep``, where its models live a life of their own."""
    if sweep.place.call_mode != sweep.place.scenario:
        return
    kept = _kept(sweep)
    if kept is not None:
        yield Text()
        yield kept
    for series in _series_of(sweep, findings):
        yield Text()
        yield _series(series)
    notes = _notes_of(sweep, findings)
    if notes:
        yield Text(f"\nWhat the arms do{at_layers(sweep.deepest)}", style="bold")
    for name, told in notes.items():
        yield LabelledParagraph(name, told, max(map(len, notes)))


def lifecycle_markdown(sweep: Sweep, findings: Findings) -> Iterator[str]:
    """The series and notes of ``sweep``, where there are any."""
    for series in _series_of(sweep, findings):
        lines = [
            f"{_series_title(series[0])}:",
            "",
            "| arm | memory | each keeps | time |",
            "| --- | --- | ---: | ---: |",
        ]
        for each in series:
            _, state, kept, kept_interval, time, time_interval = _series_row(each)
            lines.append(
                f"| `{each.arm}` | {state} | {kept} {kept_interval} | {time} {time_interval} |"
            )
        yield "\n".join(lines)
    notes = _notes_of(sweep, findings)
    if notes:
        lines = [f"- {name}: {told}" for name, told in notes.items()]
        yield "\n".join([f"What the arms do{at_layers(sweep.deepest)}:", "", *lines])


def _notes_of(sweep: Sweep, findings: Findings) -> dict[str, str]:
    """Each note at the deepest panel, in words that name the arms."""
    found = [
        each
        for each in findings.facts
        if place_of(each) == sweep.place and each.layers == sweep.deepest
    ]
    names = dict.fromkeys(each.name for each in found)
    arms = len(set(sweep.arms) - sweep.placebos)
    return {name: _told_by([each for each in found if each.name == name], arms) for name in names}


def _told_by(notes: list[FactFinding], everyone: int) -> str:
    """One note of several arms: each value with the arms that have it, once where all have it."""
    arms: dict[str, list[str]] = {}
    for note in notes:
        arms.setdefault(_value(note.value), []).append(note.arm)
    if len(arms) == 1 and len(notes) == everyone:
        return f"{next(iter(arms))} (every arm)"
    return "; ".join(f"{value} ({listing(names)})" for value, names in arms.items())


def _value(value: bool | int | float | str) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return significant(value) if isinstance(value, float) else str(value)


def _kept(sweep: Sweep) -> Table | None:
    """The memory that every phase keeps with every arm."""
    arms = [arm for arm in sweep.arms if arm not in sweep.placebos]
    table = plain_table(f"Memory kept by each phase{at_layers(sweep.deepest)}")
    table.add_column("phase")
    for arm in arms:
        table.add_column(header(arm), justify="right")
    for phase in sweep.measured_phases:
        cells = [sweep.cell(arm, sweep.deepest, phase, RETAINED_BYTES) for arm in arms]
        kept = [None if cell is None else cell.value for cell in cells]
        if any(each is not None for each in kept):
            table.add_row(phase, *("" if each is None else memory(each) for each in kept))
    return table if table.row_count else None


def _series_of(sweep: Sweep, findings: Findings) -> list[list[MemoryGrowthFinding]]:
    """The series of each phase and depth, the arms in their order."""
    mine = [each for each in findings.memory_growth if place_of(each) == sweep.place]
    mine.sort(key=lambda each: (each.layers or 0, sweep.arms.index(each.arm)))
    groups: dict[object, list[MemoryGrowthFinding]] = {}
    for each in mine:
        groups.setdefault((each.phase, each.layers), []).append(each)
    return list(groups.values())


def _series(found: list[MemoryGrowthFinding]) -> Table:
    table = plain_table(_series_title(found[0]))
    for name in ("arm", "memory", "each keeps", "", "time", ""):
        table.add_column(name, justify="left" if name in ("arm", "memory") else "right")
    for each in found:
        table.add_row(*_series_row(each))
    return table


def _series_title(first: MemoryGrowthFinding) -> str:
    calls = len(first.seconds)
    later = f"the later {calls - calls // 2} of {calls} beside the earlier"
    return f"{first.phase}{at_layers(first.layers)}, {later}"


def _series_row(each: MemoryGrowthFinding) -> tuple[str, ...]:
    return (
        each.arm,
        each.memory,
        memory(each.retained_bytes),
        memory_interval(each.retained_bytes_low, each.retained_bytes_high),
        ratio(each.slowdown),
        f"[{_end(each.slowdown_low, '0')}, {_end(each.slowdown_high, '∞')}]",
    )


def _end(bound: float | None, unknown: str) -> str:
    return unknown if bound is None else ratio(bound)
