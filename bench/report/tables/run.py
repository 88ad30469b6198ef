"""A run as text and tables: the answer first, then the evidence, the noise and failures.

It needs no numeric library, so that a command that shows findings starts quickly.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from bench.domain.findings.run import Findings
from bench.domain.words import pluralise
from bench.report.run_view import RunView
from bench.report.tables.break_even import break_even_tables
from bench.report.tables.call_modes import call_mode_tables
from bench.report.tables.comparisons import (
    growth_table,
    headline_fits,
    headline_table,
    other_phases_table,
)
from bench.report.tables.device import device_tables
from bench.report.tables.environments import environment_tables, import_table
from bench.report.tables.explanation import explanation_summary
from bench.report.tables.lifecycle import lifecycle_tables
from bench.report.tables.model import (
    BLANK,
    Block,
    Emphasis,
    LabelledList,
    Paragraph,
    ResponsiveTable,
    Table,
    TextSpan,
    paragraph,
)
from bench.report.tables.profiles import profile_tables
from bench.report.text.compiled import compiled_text
from bench.report.text.failures import failed_cells, outlook
from bench.report.text.formatting import (
    CONTROLS_FAILED,
    NBSP,
    approximate_duration,
    duration,
    longer_run,
    margin_text,
    tied,
)
from bench.report.text.growth import growth_answer
from bench.report.text.rounds import rounds_text
from bench.report.text.sentences import break_even_answer, memory_answer
from bench.report.views import Sweep, is_short, sweeps

LEGEND = "S slower, F faster (s, f: within the margin), = equivalent"


def run_summary(view: RunView) -> Iterator[Block]:
    """Everything that ``bench show`` prints: the findings, then why arms differ."""
    yield from findings_tables(view.findings)
    for explanation in view.explanations:
        heading, *reasons = explanation_summary(explanation)
        if reasons:
            yield from (BLANK, heading, *reasons)


def findings_tables(findings: Findings) -> Iterator[Block]:
    """The findings of a run as ``bench show`` prints them: the answer on the first screen.

    A verdict is a letter that the legend explains, so nothing depends on colour.
    """
    yield from _head(findings)
    for sweep in sweeps(findings):
        if sweep.cells:
            yield from _sweep_parts(sweep, findings)
    several = across_environments(findings)
    for table in (*several, *call_mode_tables(findings)):
        yield from (BLANK, table)
    if _is_compared(findings):
        seconds_each = findings.round_seconds
        each = f", of about {approximate_duration(seconds_each)} each" if seconds_each else ""
        yield BLANK
        failed = ", X failed" if findings.failures else ""
        yield paragraph(f"{LEGEND}{failed}, ? unresolved (+N: N more rounds{each})", "dim")
    yield from trust_tables(findings)


def across_environments(findings: Findings, *, in_words: bool = False) -> list[Table]:
    """What is compared between environments, or between devices: see the modules of the tables."""
    found = sweeps(findings)
    return [
        *environment_tables(found, in_words=in_words),
        *break_even_tables(found),
        *import_table(findings),
    ]


def trust_tables(findings: Findings) -> Iterator[Block]:
    """What says how far to trust a run: its noise, what was compiled, what failed, warnings."""
    if _is_compared(findings):
        if is_short(findings):
            give = "gives" if findings.rounds == 1 else "give"
            yield _warning(
                f"the run was short: {pluralise(findings.rounds, 'round')} {give} ratios and no "
                f"verdict, which takes {findings.rounds_needed}: {longer_run(findings)}"
            )
        yield _noise(findings)
        yield from _variance(findings)
        yield from _steady(findings)
    if compiled_text(findings):
        yield paragraph(f"compiled: {compiled_text(findings)}")
    yield from profile_tables(findings)
    yield from _failures(findings)
    yield from _warnings(findings)


def _is_compared(findings: Findings) -> bool:
    return any(sweep.cells and sweep.comparisons for sweep in sweeps(findings))


def extent(findings: Findings) -> tuple[str, ...]:
    """How far a run went, and to which margin and confidence it judges, where it compares."""
    if not findings.family_size:
        return (rounds_text(findings),)
    return (
        rounds_text(findings),
        f"margin {margin_text(findings.margin).replace(NBSP, ' ')}",
        f"{100 * findings.confidence:g} % confidence over "
        f"{pluralise(findings.family_size, 'comparison')}",
    )


def _head(findings: Findings) -> Iterator[Block]:
    if not findings.controls_passed:
        yield paragraph(f"{CONTROLS_FAILED}; do not trust this run", "bad_strong")
    yield paragraph(findings.run, "strong")
    for scenario, question in findings.questions.items():
        yield paragraph(f"{scenario}: {question}", "quote")
    if findings.answer:
        yield LabelledList(tuple(("•", tied(sentence)) for sentence in findings.answer), gap=1)
    yield paragraph(" · ".join(extent(findings)), "dim")


def _sweep_parts(sweep: Sweep, findings: Findings) -> Iterator[Block]:
    yield BLANK
    yield paragraph(sweep.place.text(), "heading")
    yield sweep_answers(sweep)
    tables: list[Table | ResponsiveTable] = []
    if sweep.headline_phases:
        tables.append(headline_table(sweep))
    if sweep.other_phases:
        tables.append(other_phases_table(sweep))
    growth = growth_table(sweep)
    if growth is not None:
        tables.append(growth)
    for table in tables:
        yield from (BLANK, table)
    yield from device_tables(sweep)
    yield from lifecycle_tables(sweep, findings)


def sweep_answers(sweep: Sweep) -> LabelledList:
    """What is said of one setting besides its ratios: break-even, memory, and what else grows."""
    answers = {
        "break-even": break_even_answer(sweep),
        "memory": memory_answer(sweep),
        "growth": growth_answer(sweep, [fit.phase for fit in headline_fits(sweep)]),
    }
    return LabelledList(tuple((label, text) for label, text in answers.items() if text))


def _noise(findings: Findings) -> Paragraph:
    noise = findings.noise
    if not noise.placebo_comparisons:
        return paragraph("noise: no placebo was measured, so the instrument's error is unknown")
    alarms = noise.placebo_false_alarms
    emphasis: Emphasis = "doubtful_strong" if alarms else "none"
    text = (
        f"noise: {alarms or 'no'} false alarm{'s' * (alarms != 1)} in "
        f"{pluralise(noise.placebo_comparisons, 'placebo comparison')}"
    )
    others = noise.controls - noise.placebo_comparisons
    if others:
        failed = noise.control_false_alarms - alarms
        text += f", {failed or 'none'} in {others} of arms that run the baseline's program"
    if noise.floor_ratio is not None:
        text += f"; 95 % of its effects per round are below {noise.floor_ratio:.3f}"
        if noise.floor_ratio_as_measured != noise.floor_ratio:
            text += f" ({noise.floor_ratio_as_measured:.3f} for solo invocations as measured)"
    return paragraph(text, emphasis)


def _variance(findings: Findings) -> Iterator[Paragraph]:
    split = findings.variance
    if split is not None:
        yield paragraph(
            f"variance: standard deviation {100 * split.within:.1f} % within a round, "
            f"{100 * split.between:.1f} % between rounds"
        )


def _steady(findings: Findings) -> Iterator[Paragraph]:
    for each in findings.steady_phases:
        counts = {
            "at once": each.flat,
            "after a warm-up": each.warm_up,
            "after a slowdown": each.slowdown,
            "never": each.none,
        }
        shares = ", ".join(
            f"{name} in {100 * count / each.invocations:.0f} %"
            for name, count in counts.items()
            if count
        )
        before = ""
        if each.calls_before is not None and each.seconds_before is not None:
            before = (
                f"; until then about {each.calls_before:.0f} calls, {duration(each.seconds_before)}"
            )
        yield paragraph(f"steady {each.phase}: {shares} of {each.invocations} invocations{before}")


def _failures(findings: Findings) -> Iterator[Block]:
    for each in failed_cells(findings.failures):
        times = f"{pluralise(each.times, 'time')} in {pluralise(each.cells, 'cell')}"
        log = f" (log: {each.log})" if each.log else ""
        how = ", ".join(each.kinds)
        again = outlook(each, findings)
        text = f"{each.what()}: {each.who()}: {how}, {times}, {again}: {each.reason}{log}"
        yield Paragraph((TextSpan("failed: ", "bad_strong"), TextSpan(text)))


def _warnings(findings: Findings) -> Iterator[Paragraph]:
    first_screen = " ".join(findings.answer)
    for warning in findings.warnings:
        # What stands in the answer word for word is not said again.
        if not warning.kind.startswith("outputs") or warning.text not in first_screen:
            yield _warning(warning.text)
    has_verdicts = any(not each.placebo for each in findings.timings)
    told = () if has_verdicts and not is_short(findings) else ("too_few_rounds",)
    counts = Counter(
        warning.text
        for item in findings.timings
        for warning in item.warnings
        if warning.kind not in told
    )
    for text, count in counts.items():
        yield _warning(f"{text} ({pluralise(count, 'comparison')})")


def _warning(text: str) -> Paragraph:
    return Paragraph((TextSpan("warning: ", "doubtful_strong"), TextSpan(text)))
