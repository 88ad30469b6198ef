"""The answers as Markdown, for pages of the documentation: made from findings alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from bench.domain.findings.run import Findings
from bench.domain.words import pluralise
from bench.report.answer.compose import without_advice
from bench.report.markdown_tables import code, escaped, markdown_table, render_markdown
from bench.report.tables.break_even import break_even_tables
from bench.report.tables.calibration import injected_table, rules_table
from bench.report.tables.call_modes import call_mode_tables
from bench.report.tables.comparisons import headline_table_in_words
from bench.report.tables.environments import environment_tables
from bench.report.tables.lifecycle import series_and_facts
from bench.report.text.formatting import CONTROLS_FAILED, NBSP
from bench.report.text.versions import made_with
from bench.report.views import Sweep, side_by_side, sweeps

if TYPE_CHECKING:
    from bench.analysis.calibration.findings import CalibrationFindings


class NoSuchBlock(ValueError):
    """A text without the pair of comments that a block is to be written between."""


_PICTURED = {
    "break_even.png": "Calls after which a device has cost no more, against layers",
    "call_modes.png": "What calling a model costs in total, against the number of calls",
    "cost.png": "Time of each phase against layers, one line per arm",
    "environments.png": "Time of each arm relative to the baseline, in each environment",
    "ratios.png": "Time of each arm relative to the baseline, with intervals",
    "series.png": "Memory added and time taken by one call after another, a line per arm",
}
"""What a chart shows, for readers that do not see it, by the end of its file's name."""

_OF_ONE_DEPTH = {
    "break_even.png": "Calls after which a device has cost no more",
    "cost.png": "Time of each phase, one point per arm",
}
"""What is shown by those that have no curves where all panels have one depth."""


def summary(findings: Findings, charts: str, picture: str) -> str:
    """The answer, its chart, a table and where the numbers come from, as Markdown.

    ``charts`` is the address of the folder of the run's charts; ``picture`` names the one shown.
    """
    return "\n\n".join(_parts(findings, charts, picture)).replace(NBSP, " ") + "\n"


def with_block(text: str, name: str, content: str) -> str:
    """``text`` with ``content`` between the comments ``<!-- NAME -->`` and ``<!-- /NAME -->``.

    Raises ``NoSuchBlock`` when they are not in it.
    """
    pattern = re.compile(f"(<!-- {name} -->\n).*?(<!-- /{name} -->)", re.DOTALL)
    if not pattern.search(text):
        raise NoSuchBlock(f"there is no <!-- {name} --> … <!-- /{name} --> to write between")
    return pattern.sub(lambda match: match.group(1) + content + match.group(2), text)


def _parts(findings: Findings, charts: str, picture: str) -> Iterator[str]:
    yield from _answers(findings)
    yield f"![{_shown(findings, picture.rpartition('-')[2])}]({charts}/{picture})"
    yield from _evidence(findings)


def _shown(findings: Findings, kind: str) -> str:
    """What a chart of this kind shows of ``findings``."""
    has_curves = any(len(sweep.depths) > 1 for sweep in sweeps(findings))
    return _PICTURED[kind] if has_curves else _OF_ONE_DEPTH.get(kind, _PICTURED[kind])


def verdicts(findings: Findings) -> str:
    """The answers, their tables and where the numbers come from, as Markdown without a chart."""
    return "\n\n".join((*_answers(findings), *_evidence(findings))).replace(NBSP, " ")


def _answers(findings: Findings) -> Iterator[str]:
    if not findings.controls_passed:
        yield f"**{CONTROLS_FAILED}**"
    sentences = without_advice(findings.answer)
    if sentences:
        yield "\n".join(f"- {escaped(sentence)}" for sentence in sentences)


def _evidence(findings: Findings) -> Iterator[str]:
    compared = _compared(findings)
    together = {sweep.place for group in side_by_side(compared) for sweep in group}
    yield from map(markdown_table, environment_tables(compared, in_words=True))
    yield from map(markdown_table, break_even_tables(compared))
    for sweep in compared:
        if sweep.place in together:
            continue
        yield markdown_table(headline_table_in_words(sweep))
        yield from (render_markdown([block]) for block in series_and_facts(sweep, findings))
    yield from map(markdown_table, call_mode_tables(findings))
    yield _source(findings)


def _compared(findings: Findings) -> list[Sweep]:
    """What was measured of more than a baseline and its placebo."""
    found = [sweep for sweep in sweeps(findings) if sweep.cells]
    return [sweep for sweep in found if not sweep.is_of_one_arm]


def _source(findings: Findings) -> str:
    known = [each for each in findings.comparisons if each.ratio is not None]
    hold_together = (
        f" with intervals that hold together at {100 * findings.confidence:g} % over "
        f"{pluralise(findings.family_size, 'comparison')}"
    )
    bounded = any(each.ratio_low is not None or each.ratio_high is not None for each in known)
    ratios = f"Ratios to the baseline{hold_together if bounded else ''}; `?` is unresolved. "
    return (
        f"{ratios if findings.family_size and known else ''}Run {code(findings.run)}: "
        f"{made_with(findings)}; placebo: "
        f"{pluralise(findings.noise.placebo_false_alarms, 'false alarm')} in "
        f"{pluralise(findings.noise.placebo_comparisons, 'comparison')}."
    )


def calibration_summary(findings: CalibrationFindings, charts: str) -> str:
    """What a calibration shows, as Markdown; ``charts`` is the address of its charts' folder."""
    work = findings.equal
    each = pluralise(findings.replicates, "replicate")
    text = (
        f"Run {code(findings.run)}: {findings.experiments} experiments of {findings.rounds} "
        f"rounds, {each} of every arm a round. Of {work.comparisons} comparisons of equal work "
        f"{work.slower + work.faster} are called different at the end and {work.ever_claimed} at "
        f"any look; {work.experiments_with_claims} of {findings.experiments} experiments claim "
        f"anything. {work.equivalent} are called equivalent within {100 * findings.margin:g} %."
    )
    picture = f"![Equal work called different, and slowed work found]({charts}/calibration.png)"
    tables = [injected_table(findings), *([rules_table(findings)] if findings.blocks else [])]
    return "\n\n".join((text, picture, *map(markdown_table, tables))) + "\n"
