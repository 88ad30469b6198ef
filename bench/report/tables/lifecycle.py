"""What a scenario's own lifecycle shows in addition to times: facts, memory and series."""

from __future__ import annotations

from collections.abc import Iterator

from bench.domain.findings.costs import FactFinding, MemoryGrowthFinding
from bench.domain.findings.run import Findings
from bench.domain.metrics import RETAINED_BYTES
from bench.domain.words import listing
from bench.report.places import place_of
from bench.report.tables.model import (
    BLANK,
    Block,
    Column,
    LabelledList,
    Row,
    Table,
    name,
    right,
    row,
)
from bench.report.text.formatting import at_layers, memory, memory_interval, ratio, significant
from bench.report.views import Sweep


def lifecycle_tables(sweep: Sweep, findings: Findings) -> Iterator[Block]:
    """The memory, series and facts of ``sweep``, each after a blank line."""
    if sweep.place.call_mode != sweep.place.scenario:
        return
    retained = _retained(sweep)
    if retained.rows:
        yield from (BLANK, retained)
    for block in series_and_facts(sweep, findings):
        yield from (BLANK, block)


def series_and_facts(sweep: Sweep, findings: Findings) -> Iterator[Block]:
    """A table of each series of calls, then the facts about the arms, where there are any."""
    if sweep.place.call_mode != sweep.place.scenario:
        return
    for series in _series_of(sweep, findings):
        yield _series(series)
    mine = [each for each in findings.facts if place_of(each) == sweep.place]
    if mine:
        deepest = max((each.layers for each in mine), key=lambda layers: layers or 0)
        facts = _in_words([each for each in mine if each.layers == deepest], sweep)
        yield LabelledList(tuple(facts.items()), f"What the arms do{at_layers(deepest)}")


def _in_words(found: list[FactFinding], sweep: Sweep) -> dict[str, str]:
    """Each fact of one panel, in words that name the arms."""
    names = dict.fromkeys(each.name for each in found)
    arms = len(set(sweep.arms) - sweep.placebos)
    return {fact: _by_value([each for each in found if each.name == fact], arms) for fact in names}


def _by_value(facts: list[FactFinding], everyone: int) -> str:
    """One fact of several arms: each value with the arms that have it, once where all have it."""
    arms: dict[str, list[str]] = {}
    for fact in facts:
        arms.setdefault(_value(fact.value), []).append(fact.arm)
    if len(arms) == 1 and len(facts) == everyone:
        return f"{next(iter(arms))} (every arm)"
    return "; ".join(f"{value} ({listing(names)})" for value, names in arms.items())


def _value(value: bool | int | float | str) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return significant(value) if isinstance(value, float) else str(value)


def _retained(sweep: Sweep) -> Table:
    """The memory that every phase retains with every arm."""
    arms = [arm for arm in sweep.arms if arm not in sweep.placebos]
    rows = []
    for phase in sweep.measured_phases:
        cells = [sweep.cell(arm, sweep.deepest, phase, RETAINED_BYTES) for arm in arms]
        if any(cells):
            amounts = ("" if cell is None else memory(cell.value) for cell in cells)
            rows.append(row((phase, *amounts)))
    title = f"Memory retained by each phase{at_layers(sweep.deepest)}"
    return Table(title, (Column("phase"), *right(*arms)), tuple(rows))


def _series_of(sweep: Sweep, findings: Findings) -> list[list[MemoryGrowthFinding]]:
    """The series of each phase and depth, the arms in their order."""
    mine = [each for each in findings.memory_growth if place_of(each) == sweep.place]
    mine.sort(key=lambda each: (each.layers or 0, sweep.arms.index(each.arm)))
    groups: dict[object, list[MemoryGrowthFinding]] = {}
    for each in mine:
        groups.setdefault((each.phase, each.layers), []).append(each)
    return list(groups.values())


def _series(found: list[MemoryGrowthFinding]) -> Table:
    interval = Column("", "right", joins_previous=True)
    retained, time = right("each retains", "time")
    columns = (Column("arm"), Column("memory"), retained, interval, time, interval)
    return Table(_series_title(found[0]), columns, tuple(map(_series_row, found)))


def _series_title(first: MemoryGrowthFinding) -> str:
    calls = len(first.seconds)
    later = f"the later {calls - calls // 2} of {calls} compared with the earlier"
    return f"{first.phase}{at_layers(first.layers)}, {later}"


def _series_row(each: MemoryGrowthFinding) -> Row:
    return row(
        (
            name(each.arm),
            each.memory,
            memory(each.retained_bytes),
            memory_interval(each.retained_bytes_low, each.retained_bytes_high),
            ratio(each.slowdown),
            f"[{_end(each.slowdown_low, '0')}, {_end(each.slowdown_high, '∞')}]",
        )
    )


def _end(bound: float | None, unknown: str) -> str:
    return unknown if bound is None else ratio(bound)
