"""Why one arm costs more than another, on one screen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from bench.domain.findings.explanation import (
    Explanation,
    GrowthFinding,
    PassFailure,
    PassLeftOut,
    StructureFinding,
)
from bench.domain.words import listing, pluralise
from bench.report.tables.model import (
    BLANK,
    Block,
    LabelledList,
    Paragraph,
    TextSpan,
    paragraph,
)
from bench.report.tables.work import (
    MODEL_COUNTERS,
    function_tables,
    growth_of,
    place,
    retained_table,
    work_table,
)
from bench.report.text.compiled import by_value_text
from bench.report.text.failures import shared_reason, without_place
from bench.report.text.formatting import at_depths, at_layers
from bench.report.text.inputs import invented_texts

LEFT_OUT = {"structure": "programs", "growth": "calls", "work": "objects and bytes"}
"""Passes by what they look at."""

_LABEL_WIDTH = len("structure")


def explanation_tables(explanation: Explanation) -> Iterator[Block]:
    """Everything that ``bench explain`` prints about one scenario and architecture."""
    yield from explanation_summary(explanation)
    counted = [each.arm for each in explanation.growth]
    counted += [each.arm for each in explanation.counters]
    arms = list(dict.fromkeys(counted))
    yield from _conditions(explanation, arms)
    yield from _differences(explanation)
    tables = [work_table(explanation, arms), *function_tables(explanation, arms)]
    if explanation.retained:
        tables.append(retained_table(explanation))
    for table in tables:
        if table.rows:
            yield from (BLANK, table)
    inexact = dict.fromkeys(
        each.counter for each in explanation.counters if not each.exact and any(each.values)
    )
    if inexact:
        yield paragraph(f"not reproducible, unfit for gates: {listing(inexact)}", "dim")
    yield from _failures(explanation)


def _conditions(explanation: Explanation, arms: Sequence[str]) -> Iterator[Block]:
    """What the models were called with that nobody has said, and who has compiled them."""
    for whose, text in invented_texts(explanation.invented, arms):
        yield _labelled("inputs", f"invented{whose}: {text}")
    by_value: dict[str, list[str]] = {}
    for arm, value in explanation.compiled.items():
        by_value.setdefault(value, []).append(arm)
    if by_value:
        yield _labelled("compiled", by_value_text(by_value))


def _failures(explanation: Explanation) -> Iterator[Block]:
    """Each reason once, with the passes that it hit."""
    reasons: dict[tuple[str, str], list[PassFailure]] = {}
    for each in explanation.failures:
        reasons.setdefault((each.kind, without_place(each.reason)), []).append(each)
    for (kind, _), failed in reasons.items():
        reason = shared_reason(each.reason for each in failed)
        whats = dict.fromkeys(each.what for each in failed)
        arms = dict.fromkeys(each.arm for each in failed)
        depths = sorted({each.layers for each in failed if each.layers is not None})
        what = f"{listing(whats)} of {listing(arms)}{at_depths(depths)}: {kind}: {reason}"
        yield Paragraph((TextSpan("failed: ", "bad_strong"), TextSpan(what)))


def explanation_summary(explanation: Explanation) -> Iterator[Block]:
    """The sentences alone, for the end of what ``bench show`` prints of a run."""
    yield paragraph(f"{' · '.join(explanation.place)}: why", "heading")
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
    counted, *others = explanation.call_modes or ("",)
    if others:
        text = f"with {counted}; for {listing(others)}: bench explain --call-mode {others[0]}"
        yield _labelled("counted", text)
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
    finding = growth_of(growth, arm, phase)
    if finding is None or not finding.edges:
        return None
    edge, deepest = finding.edges[0], finding.depths[-1]
    sentence = (
        f"{arm}: {edge.caller.name}, called {_times(edge.caller_law.text)}, calls "
        f"{edge.callee.name} {_times(edge.law.text)}; within them {100 * edge.calls_share:.0f} % "
        f"of all calls of {phase}{at_layers(deepest or None)} are made "
        f"({place(edge.caller)} → {place(edge.callee)})"
    )
    if finding.takes_over:
        depth = pluralise(finding.takes_over, "layer")
        sentence += f"; from {depth} on, growth is more than half of all calls"
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


def _times(law: str) -> str:
    return "once" if law == "1" else f"{law} times"
