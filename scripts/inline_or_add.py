"""The generated parts of docs/inline-or-add.md: what published runs and claims say."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from bench.domain.findings.comparisons import ComparisonFinding
from bench.domain.findings.run import Findings
from bench.domain.words import listing
from bench.report.markdown_tables import markdown_table
from bench.report.tables.claims import checked_with, claims_table
from bench.report.tables.model import Column, Table, row
from bench.report.text.formatting import NBSP, at_layers, ratio, ratio_interval
from bench.report.text.joint import joint_claims, joint_sentence
from bench.report.text.sentences import memory_answer
from bench.report.views import Sweep, sweeps
from bench.store.documents import claims_in

ARM = "incremental"


def answers(build_style: Findings, versions: Findings, backends: Findings) -> str:
    """A table of questions and answers, as Markdown."""
    rows = tuple(row(pair) for pair in _answers(build_style, versions, backends))
    columns = (Column("question"), Column("add after an input, relative to inline"))
    return f"{markdown_table(Table('', columns, rows))}\n".replace(NBSP, " ")


def claims(path: Path) -> str:
    """A table of the claims in the document at ``path``, as Markdown."""
    found = claims_in(path)
    return f"{markdown_table(claims_table(found))}\n\nChecked with {checked_with(found)}.\n"


def _answers(
    build_style: Findings, versions: Findings, backends: Findings
) -> Iterator[tuple[str, str]]:
    (sweep,) = [each for each in sweeps(build_style) if each.place.architecture == "mlp"]
    yield "How long does construction take?", _ratios(sweep, "construct")
    yield "How does it grow?", f"{_growth(sweep, ARM)}; inline is {_growth(sweep, 'inline')}"
    yield "And until the first answer?", _ratios(sweep, "time_to_first_inference")
    same = next((each for each in build_style.answer if "same program" in each), "")
    yield "Is it the same model?", same
    joint = next(
        (joint_sentence(each, build_style) for each in joint_claims(build_style)), "unresolved"
    )
    yield "Is anything slower later?", f"{joint}."
    yield "What stays in memory?", memory_answer(sweep)
    yield "In which versions?", listing(_in_environments(versions, "in"))
    yield "On which backends?", listing(_in_environments(backends, "on"))


def _growth(sweep: Sweep, arm: str) -> str:
    fit = sweep.growth(arm, "construct")
    return fit.growth if fit else "unresolved"


def _ratios(sweep: Sweep, phase: str) -> str:
    """The ratio at every depth, with its interval."""
    found = [sweep.comparison(ARM, depth, phase) for depth in sweep.depths]
    return ", ".join(f"{_times(item)}{at_layers(item.layers)}" for item in found if item)


def _times(item: ComparisonFinding) -> str:
    return f"{ratio(item.ratio or 1.0)} × {ratio_interval(item)}"


def _in_environments(findings: Findings, preposition: str) -> Iterator[str]:
    """The ratio at the deepest model in every environment."""
    for sweep in sweeps(findings):
        if sweep.place.of_arm is None:
            item = sweep.comparison(ARM, sweep.deepest_compared("construct"), "construct")
            if item is not None:
                place = f"{preposition} {sweep.place.environment}"
                yield f"{_times(item)}{at_layers(item.layers)} {place}"
