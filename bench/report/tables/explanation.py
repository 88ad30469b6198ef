"""Why one arm costs more than another, on one screen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from bench.domain.findings.explanation import (
    CounterFinding,
    Explanation,
    FunctionFinding,
    GrowthFinding,
    StructureFinding,
)
from bench.domain.phases import READY
from bench.report.tables.layout import LabelledParagraph, plain_table
from bench.report.text.formatting import listing, memory

SHOWN_COUNTERS = {
    "symbolic_calls": "symbolic layer calls",
    "functional_graphs": "Functional graphs made",
    "retained_objects": "objects kept",
    "retained_bytes": "bytes kept",
}
READY_COUNTERS = {
    "symbolic_calls": "symbolic layer calls until ready",
    "functional_graphs": "Functional graphs until ready",
    "retained_bytes": "bytes kept until ready",
}
MODEL_COUNTERS = {
    "inbound_nodes": "inbound nodes",
    "traces": "traces in three calls",
    "graph_operations": "graph operations",
    "program_instructions": "instructions compiled",
}
LABELS = ("structure", "cause", "work")


def explanation_tables(explanation: Explanation) -> RenderableType:
    """Everything that ``bench explain`` prints about one scenario and architecture."""
    return Group(*_parts(explanation))


def explanation_summary(explanation: Explanation) -> RenderableType:
    """The sentences alone, for the end of what ``bench show`` prints of a run."""
    return Group(*_head(explanation))


def cause(growth: Sequence[GrowthFinding], arm: str, phase: str) -> str | None:
    """In one sentence: where the calls of ``phase`` of ``arm`` begin to grow faster."""
    finding = _of(growth, arm, phase)
    if finding is None or not finding.edges:
        return None
    edge, deepest = finding.edges[0], finding.depths[-1]
    told = (
        f"{arm}: {edge.caller.name}, called {_times(edge.caller_law.text)}, calls "
        f"{edge.callee.name} {_times(edge.law.text)}; within them {100 * edge.calls_share:.0f} % "
        f"of all calls of {phase} at {deepest} layers are made "
        f"({_place(edge.caller)} → {_place(edge.callee)})"
    )
    if finding.takes_over:
        told += f"; from {finding.takes_over} layers on, growth is more than half of all calls"
    return told


def structure_sentence(finding: StructureFinding) -> str:
    """In one sentence: whether an arm is the same program as the baseline."""
    if not finding.different:
        return f"{finding.arm}: the same as {finding.baseline} in {listing(finding.same)}"
    same = f"; the same {listing(finding.same)}" if finding.same else ""
    return f"{finding.arm}: differs from {finding.baseline} in {listing(finding.different)}{same}"


def _parts(explanation: Explanation) -> Iterator[RenderableType]:
    yield from _head(explanation)
    arms = list(dict.fromkeys(counter.arm for counter in explanation.counters))
    yield Text()
    yield _work(explanation, arms)
    for table in _functions(explanation, arms):
        yield Text()
        yield table
    if explanation.kept:
        yield Text()
        yield _kept(explanation)
    inexact = dict.fromkeys(each.counter for each in explanation.counters if not each.exact)
    if inexact:
        yield Text(f"not reproducible, unfit for gates: {listing(inexact)}", style="dim")
    for failure in explanation.failures:
        depth = "" if failure.layers is None else f" at {failure.layers} layers"
        yield Text.assemble(
            ("failed: ", "bold red"),
            f"{failure.what} of {failure.arm}{depth}: {failure.kind}: {failure.reason}",
        )


def _head(explanation: Explanation) -> Iterator[RenderableType]:
    setting = " · ".join(part for part in (explanation.scenario, explanation.architecture) if part)
    yield Text(f"{setting}: why", style="bold underline")
    width = max(len(label) for label in LABELS)
    for finding in explanation.structure:
        yield LabelledParagraph("structure", structure_sentence(finding), width)
        for line in finding.difference if finding.first != "configuration" else ():
            yield Text(f"{'':{width + 2}}{line}", style="dim", no_wrap=True, overflow="ellipsis")
    arms = dict.fromkeys(counter.arm for counter in explanation.counters)
    for phase in explanation.phases:
        for arm in arms:
            told = cause(explanation.growth, arm, phase)
            if told:
                yield LabelledParagraph("cause", told, width)
    for arm, phases in explanation.same_work.items():
        if phases:
            yield LabelledParagraph(
                "work",
                f"{arm}: as many calls as {explanation.baseline} in {listing(phases)}",
                width,
            )


def _work(explanation: Explanation, arms: Sequence[str]) -> Table:
    """Counters of the main phase and of the finished model: law, and count at the deepest."""
    main = explanation.phases[0]
    deepest = max((each.depths[-1] for each in explanation.counters), default=0)
    title = f"Work of {main}, by layers n and at {deepest} layers"
    table = plain_table(title if deepest else f"Work of {main}")
    table.add_column("")
    for arm in arms:
        table.add_column(arm, justify="right")
    for counted, name in ((main, "calls"), (READY, "calls until ready")):
        calls = [_of(explanation.growth, arm, counted) for arm in arms]
        if any(calls):
            table.add_row(name, *(_counted(each) for each in calls))
    for phase, counters in (
        (main, SHOWN_COUNTERS),
        (READY, READY_COUNTERS),
        (None, MODEL_COUNTERS),
    ):
        for counter, name in counters.items():
            found = [_counter(explanation.counters, arm, phase, counter) for arm in arms]
            if any(found):
                table.add_row(name, *(_counted(each) for each in found))
    return table


def _counted(finding: CounterFinding | GrowthFinding | None) -> str:
    if finding is None:
        return "-"
    is_bytes = isinstance(finding, CounterFinding) and finding.counter.endswith("bytes")
    values = finding.values if isinstance(finding, CounterFinding) else finding.calls
    last = memory(values[-1]) if is_bytes else f"{values[-1]:,}"
    law = finding.law
    if law is None or law.kind == "constant":
        return last
    exact = not isinstance(finding, CounterFinding) or finding.exact
    return f"{law.text if exact and not is_bytes else f'~n^{law.order:.1f}'}\n{last}"


def _functions(explanation: Explanation, arms: Sequence[str]) -> Iterator[Table]:
    for arm in arms:
        growth = _of(explanation.growth, arm, explanation.phases[0])
        if growth is None or not growth.functions:
            continue
        table = plain_table(f"{arm}: what grows faster than the layers in {growth.phase}")
        table.add_column("function")
        for depth in growth.depths:
            table.add_column(f"{depth} layers", justify="right")
        for name in ("law", "of calls", "of time"):
            table.add_column(name, justify="right")
        for each in growth.functions[:5]:
            table.add_row(
                f"{each.function.name} ({_place(each.function)})",
                *(f"{count:,}" for count in each.calls),
                each.law.text,
                f"{100 * each.calls_share:.0f} %",
                f"{100 * each.time_share:.0f} %",
            )
        yield table


def _kept(explanation: Explanation) -> Table:
    table = plain_table(f"Kept after {explanation.phases[0]}")
    table.add_column("arm")
    table.add_column("layers", justify="right")
    table.add_column("objects")
    table.add_column("allocated at")
    for each in explanation.kept:
        types = ", ".join(f"{count:,} {kind}" for kind, count in each.types[:4])
        lines = ", ".join(
            f"{memory(size)} {file.rpartition('/')[2]}:{line}"
            for file, line, size in each.lines[:2]
        )
        table.add_row(each.arm, str(each.layers or ""), types, lines)
    return table


def _of(growth: Sequence[GrowthFinding], arm: str, phase: str) -> GrowthFinding | None:
    return next((each for each in growth if (each.arm, each.phase) == (arm, phase)), None)


def _counter(
    counters: Sequence[CounterFinding], arm: str, phase: str | None, counter: str
) -> CounterFinding | None:
    wanted = (arm, phase, counter)
    return next((each for each in counters if (each.arm, each.phase, each.counter) == wanted), None)


def _times(law: str) -> str:
    return "once" if law == "1" else f"{law} times"


def _place(function: FunctionFinding) -> str:
    return f"{function.file.rpartition('/')[2]}:{function.line}"
