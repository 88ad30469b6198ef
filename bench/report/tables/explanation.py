"""Why one arm costs more than another, on one screen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from bench.domain.findings.explanation import (
    CounterFinding,
    Explanation,
    FunctionFinding,
    GrowthFinding,
    PassFailure,
    PassLeftOut,
    StructureFinding,
)
from bench.domain.phases import READY
from bench.domain.words import pluralise, printable
from bench.report.tables.model import (
    BLANK,
    Block,
    Column,
    LabelledList,
    Paragraph,
    Table,
    TextSpan,
    name,
    paragraph,
    right,
    row,
)
from bench.report.text.formatting import at_layers, listing, memory

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
LEFT_OUT = {"structure": "programs", "growth": "calls", "work": "objects and bytes"}
"""Passes by what they look at."""

_LABEL_WIDTH = len("structure")


def explanation_tables(explanation: Explanation) -> Iterator[Block]:
    """Everything that ``bench explain`` prints about one scenario and architecture."""
    yield from explanation_summary(explanation)
    yield from _differences(explanation)
    counted = [each.arm for each in explanation.growth]
    counted += [each.arm for each in explanation.counters]
    arms = list(dict.fromkeys(counted))
    tables = [_work(explanation, arms), *_functions(explanation, arms)]
    if explanation.retained:
        tables.append(_retained(explanation))
    for table in tables:
        if table.rows:
            yield from (BLANK, table)
    inexact = dict.fromkeys(
        each.counter for each in explanation.counters if not each.exact and any(each.values)
    )
    if inexact:
        yield paragraph(f"not reproducible, unfit for gates: {listing(inexact)}", "dim")
    yield from _failures(explanation)


def _failures(explanation: Explanation) -> Iterator[Block]:
    """Each reason once, with the passes that it hit."""
    reasons: dict[tuple[str, str], list[PassFailure]] = {}
    for each in explanation.failures:
        reasons.setdefault((each.kind, printable(each.reason)), []).append(each)
    for (kind, reason), failed in reasons.items():
        whats = dict.fromkeys(each.what for each in failed)
        arms = dict.fromkeys(each.arm for each in failed)
        depths = sorted({each.layers for each in failed if each.layers is not None})
        where = f" at {listing(map(str, depths))} layers" if depths else ""
        what = f"{listing(whats)} of {listing(arms)}{where}: {kind}: {reason}"
        yield Paragraph((TextSpan("failed: ", "bad_strong"), TextSpan(what)))


def explanation_summary(explanation: Explanation) -> Iterator[Block]:
    """The sentences alone, for the end of what ``bench show`` prints of a run."""
    setting = " · ".join(part for part in (explanation.scenario, explanation.architecture) if part)
    yield paragraph(f"{setting}: why", "heading")
    for sentence, arms in _by_what_is_said(
        (structure_sentence(finding), finding.arm) for finding in explanation.structure
    ):
        yield _labelled("structure", f"{arms}: {sentence}")
    for phase in explanation.phases:
        for arm in dict.fromkeys(each.arm for each in explanation.growth):
            found = cause(explanation.growth, arm, phase)
            if found:
                yield _labelled("cause", found)
    for sentence, arms in _by_what_is_said(
        (f"as many calls as {explanation.baseline} in {listing(phases)}", arm)
        for arm, phases in explanation.same_work.items()
        if phases
    ):
        yield _labelled("work", f"{arms}: {sentence}")
    for sentence, arms in _by_what_is_said(_missing(explanation)):
        yield _labelled("missing", f"{arms}: {sentence}")
    if explanation.left_out:
        yield _labelled("left out", _left_out(explanation.left_out))


def _by_what_is_said(sentences: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Each sentence once, with all the arms that it is said of."""
    arms: dict[str, list[str]] = {}
    for sentence, arm in sentences:
        arms.setdefault(sentence, []).append(arm)
    return ((sentence, listing(names)) for sentence, names in arms.items())


def _missing(explanation: Explanation) -> Iterator[tuple[str, str]]:
    """What an arm does not have of the evidence and why, with the arm: each reason once."""
    lacks: dict[tuple[str, str], list[str]] = {}
    for each in explanation.missing:
        lacks.setdefault((each.arm, each.reason), []).append(
            MODEL_COUNTERS.get(each.what, each.what)
        )
    return ((f"{listing(what)}: {reason}", arm) for (arm, reason), what in lacks.items())


def _left_out(passes: Sequence[PassLeftOut]) -> str:
    """Passes for which there was no time, by what they do."""
    depths: dict[str, dict[str, None]] = {}
    for each in passes:
        where = f"{each.arm}{at_layers(each.layers or None)}"
        depths.setdefault(LEFT_OUT[each.what], {})[where] = None
    phrases = [
        f"{what} ({listing(cells) if len(cells) < 4 else f'{len(cells)} cells'})"
        for what, cells in depths.items()
    ]
    return f"no time was left for {listing(phrases)}; bench explain RUN takes its time"


def _differences(explanation: Explanation) -> Iterator[Block]:
    """The first lines in which the arms' structure differs."""
    for finding in explanation.structure:
        if finding.difference and finding.first != "configuration":
            title = f"{finding.arm}: first difference from {finding.baseline}, in {finding.first}"
            yield from (BLANK, paragraph(title, "strong"))
            for line in finding.difference:
                yield Paragraph((TextSpan(f"  {line}", "dim"),), clipped=True)


def cause(growth: Sequence[GrowthFinding], arm: str, phase: str) -> str | None:
    """In one sentence: where the calls of ``phase`` of ``arm`` begin to grow faster."""
    finding = _of(growth, arm, phase)
    if finding is None or not finding.edges:
        return None
    edge, deepest = finding.edges[0], finding.depths[-1]
    sentence = (
        f"{arm}: {edge.caller.name}, called {_times(edge.caller_law.text)}, calls "
        f"{edge.callee.name} {_times(edge.law.text)}; within them {100 * edge.calls_share:.0f} % "
        f"of all calls of {phase}{at_layers(deepest or None)} are made "
        f"({_place(edge.caller)} → {_place(edge.callee)})"
    )
    if finding.takes_over:
        sentence += f"; from {finding.takes_over} layers on, growth is more than half of all calls"
    return sentence


def structure_sentence(finding: StructureFinding) -> str:
    """After the arm's name: whether it is the same program as the baseline."""
    if not finding.same and not finding.different:
        return f"nothing of it can be compared with {finding.baseline}"
    if not finding.different:
        return f"the same as {finding.baseline} in {listing(finding.same)}"
    same = f"; the same {listing(finding.same)}" if finding.same else ""
    return f"differs from {finding.baseline} in {listing(finding.different)}{same}"


def _labelled(label: str, sentence: str) -> LabelledList:
    return LabelledList(((label, sentence),), label_width=_LABEL_WIDTH)


def _work(explanation: Explanation, arms: Sequence[str]) -> Table:
    """Counters of the main phase and of the finished model: law, and count at the deepest."""
    main = explanation.phases[0]
    deepest = max((each.depths[-1] for each in explanation.counters), default=0)
    title = f"Work of {main}, by layers n and{at_layers(deepest)}"
    rows = []
    for counted, label in ((main, "calls"), (READY, "calls until ready")):
        calls = [_of(explanation.growth, arm, counted) for arm in arms]
        if any(calls):
            rows.append(row((label, *map(_counted, calls))))
    for phase, counters in (
        (main, SHOWN_COUNTERS),
        (READY, READY_COUNTERS),
        (None, MODEL_COUNTERS),
    ):
        for counter, label in counters.items():
            found = [_counter(explanation.counters, arm, phase, counter) for arm in arms]
            if any(found):
                rows.append(row((label, *map(_counted, found))))
    columns = (Column(""), *right(*arms))
    return Table(title if deepest else f"Work of {main}", columns, tuple(rows))


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
        depths = (pluralise(depth, "layer") for depth in growth.depths)
        rows = (
            row(
                (
                    f"{each.function.name} ({_place(each.function)})",
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


def _retained(explanation: Explanation) -> Table:
    rows = []
    for each in explanation.retained:
        types = ", ".join(f"{count:,} {kind}" for kind, count in each.types[:4])
        lines = ", ".join(
            f"{memory(size)} {file.rpartition('/')[2]}:{line}"
            for file, line, size in each.lines[:2]
        )
        rows.append(row((name(each.arm), str(each.layers or ""), types, lines)))
    columns = (Column("arm"), *right("layers"), Column("objects"), Column("allocated at"))
    return Table(f"Kept after {explanation.phases[0]}", columns, tuple(rows))


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
