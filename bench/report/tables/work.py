"""How much work arms do, as tables: counters, functions that grow, and what is retained."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bench.domain.findings.explanation import (
    CounterFinding,
    Explanation,
    FunctionFinding,
    GrowthFinding,
)
from bench.domain.phases import READY
from bench.domain.words import pluralise
from bench.report.tables.model import Column, Table, name, right, row
from bench.report.text.formatting import at_layers, memory

SHOWN_COUNTERS = {
    "symbolic_calls": "symbolic layer calls",
    "symbolic_operations": "other symbolic operations",
    "functional_graphs": "Functional graphs made",
    "retained_objects": "objects retained",
    "retained_bytes": "bytes retained",
}
READY_COUNTERS = {
    "symbolic_calls": "symbolic layer calls until ready",
    "symbolic_operations": "other symbolic operations until ready",
    "functional_graphs": "Functional graphs until ready",
    "retained_bytes": "bytes retained until ready",
}
MODEL_COUNTERS = {
    "operations": "layers and operations",
    "inbound_nodes": "inbound nodes",
    "traces": "traces in three calls",
    "graph_operations": "graph operations",
    "program_instructions": "instructions compiled",
}


def work_table(explanation: Explanation, arms: Sequence[str]) -> Table:
    """Counters of the main phase and of the finished model: law, and count at the deepest."""
    main = explanation.phases[0]
    deepest = max((each.depths[-1] for each in explanation.counters), default=0)
    title = f"Work of {main}, by layers n and{at_layers(deepest)}"
    rows = []
    for counted, label in ((main, "calls"), (READY, "calls until ready")):
        calls = [growth_of(explanation.growth, arm, counted) for arm in arms]
        if any(calls):
            most = max(each.depths[-1] for each in calls if each)
            rows.append(row((label, *(_counted(each, most) for each in calls))))
    for phase, counters in (
        (main, SHOWN_COUNTERS),
        (READY, READY_COUNTERS),
        (None, MODEL_COUNTERS),
    ):
        for counter, label in counters.items():
            found = [_counter(explanation.counters, arm, phase, counter) for arm in arms]
            if any(found):
                most = max(each.depths[-1] for each in found if each)
                rows.append(row((label, *(_counted(each, most) for each in found))))
    columns = (Column(""), *right(*arms))
    return Table(title if deepest else f"Work of {main}", columns, tuple(rows))


def _counted(finding: CounterFinding | GrowthFinding | None, most: int) -> str:
    """The law and the count at the deepest; at which depth, where others were counted deeper."""
    if finding is None:
        return "-"
    is_bytes = isinstance(finding, CounterFinding) and finding.counter.endswith("bytes")
    values = finding.values if isinstance(finding, CounterFinding) else finding.calls
    last = memory(values[-1]) if is_bytes else f"{values[-1]:,}"
    if finding.depths[-1] < most:
        last += at_layers(finding.depths[-1])
    law = finding.law
    if law is None or law.kind == "constant":
        return last
    exact = not isinstance(finding, CounterFinding) or finding.exact
    return f"{law.text if exact and not is_bytes else f'~n^{law.order:.1f}'}\n{last}"


def function_tables(explanation: Explanation, arms: Sequence[str]) -> Iterator[Table]:
    """Of each arm the functions whose calls grow faster than the layers."""
    for arm in arms:
        growth = growth_of(explanation.growth, arm, explanation.phases[0])
        if growth is None or not growth.functions:
            continue
        depths = (pluralise(depth, "layer") for depth in growth.depths)
        rows = (
            row(
                (
                    f"{each.function.name} ({place(each.function)})",
                    *(f"{count:,}" for count in each.calls),
                    each.law.text,
                    f"{100 * each.calls_share:.0f} %",
                    f"{100 * each.time_share:.0f} %",
                )
            )
            for each in growth.functions[:5]
        )
        yield Table(
            f"{arm}: what grows faster than the layers in {growth.phase}",
            (Column("function"), *right(*depths, "law", "of calls", "of time")),
            tuple(rows),
        )


def retained_table(explanation: Explanation) -> Table:
    """What stays alive after the main phase, by type and by line."""
    rows = []
    for each in explanation.retained:
        types = ", ".join(f"{count:,} {kind}" for kind, count in each.types[:4])
        lines = ", ".join(
            f"{memory(size)} {file.rpartition('/')[2]}:{line}"
            for file, line, size in each.lines[:2]
        )
        rows.append(row((name(each.arm), str(each.layers or ""), types, lines)))
    columns = (Column("arm"), *right("layers"), Column("objects"), Column("allocated at"))
    return Table(f"Retained after {explanation.phases[0]}", columns, tuple(rows))


def growth_of(growth: Sequence[GrowthFinding], arm: str, phase: str) -> GrowthFinding | None:
    """What was counted of ``arm`` in ``phase``, where it was."""
    return next((each for each in growth if (each.arm, each.phase) == (arm, phase)), None)


def _counter(
    counters: Sequence[CounterFinding], arm: str, phase: str | None, counter: str
) -> CounterFinding | None:
    wanted = (arm, phase, counter)
    return next((each for each in counters if (each.arm, each.phase, each.counter) == wanted), None)


def place(function: FunctionFinding) -> str:
    """``models.py:20``."""
    return f"{function.file.rpartition('/')[2]}:{function.line}"
