"""What a scenario's own lifecycle shows beside its times, for a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from bench.analysis.findings import Findings, NoteFinding, SeriesFinding
from bench.publish.layout import Sentence, header, plain_table
from bench.publish.sweeps import Sweep, setting_of
from bench.publish.words import at_layers, listing, memory, memory_interval, ratio, significant


def lifecycle_tables(sweep: Sweep, findings: Findings) -> Iterator[RenderableType]:
    """Notes, memory and series of ``sweep``, where its models live a life of their own."""
    if sweep.setting.entry != sweep.setting.scenario:
        return
    kept = _kept(sweep)
    if kept is not None:
        yield Text()
        yield kept
    mine = [each for each in findings.series if setting_of(each) == sweep.setting]
    mine.sort(key=lambda each: (each.layers or 0, sweep.arms.index(each.arm)))
    for series in _by_depth(mine):
        yield Text()
        yield _series(series)
    notes = [each for each in findings.notes if setting_of(each) == sweep.setting]
    deepest = [each for each in notes if each.layers == sweep.deepest]
    names = list(dict.fromkeys(each.name for each in deepest))
    if names:
        yield Text(f"\nWhat the arms do{at_layers(sweep.deepest)}", style="bold")
    for name in names:
        told = told_by([each for each in deepest if each.name == name])
        yield Sentence(name, told, max(map(len, names)))


def told_by(notes: list[NoteFinding]) -> str:
    """One note of several arms: each value with the arms that have it, once where all have it."""
    arms: dict[str, list[str]] = {}
    for note in notes:
        arms.setdefault(_value(note.value), []).append(note.arm)
    if len(arms) == 1:
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
        cells = [sweep.cell(arm, sweep.deepest, phase) for arm in arms]
        kept = [None if cell is None else cell.memory_change_bytes for cell in cells]
        if any(each is not None for each in kept):
            table.add_row(phase, *("" if each is None else memory(each) for each in kept))
    return table if table.row_count else None


def _by_depth(found: list[SeriesFinding]) -> list[list[SeriesFinding]]:
    groups: dict[object, list[SeriesFinding]] = {}
    for each in found:
        groups.setdefault((each.phase, each.layers), []).append(each)
    return list(groups.values())


def _series(found: list[SeriesFinding]) -> Table:
    first = found[0]
    calls = len(first.seconds)
    later = f"the later {calls - calls // 2} of {calls} beside the earlier"
    table = plain_table(f"{first.phase}{at_layers(first.layers)}, {later}")
    for name in ("arm", "memory", "each keeps", "", "time", ""):
        table.add_column(name, justify="left" if name in ("arm", "memory") else "right")
    for each in found:
        table.add_row(
            each.arm,
            each.memory,
            memory(each.kept_bytes),
            memory_interval(each.kept_bytes_low, each.kept_bytes_high),
            ratio(each.slowdown),
            f"[{_end(each.slowdown_low, '0')}, {_end(each.slowdown_high, '∞')}]",
        )
    return table


def _end(bound: float | None, unknown: str) -> str:
    return unknown if bound is None else ratio(bound)
