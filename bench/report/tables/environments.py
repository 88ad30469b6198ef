"""One finding in several environments: how an arm compares with the baseline in each of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from bench.domain.findings.costs import ImportFinding
from bench.domain.findings.run import Findings
from bench.domain.labels import label
from bench.domain.words import pluralise
from bench.report.tables.comparisons import MISSING, ratio_cell, ratio_in_words
from bench.report.tables.model import Column, Row, Table, cell, name, right, row
from bench.report.text.formatting import GROWS, duration, ratio
from bench.report.views import Sweep, side_by_side

ENVIRONMENTS = "environments"
"""The kind of the chart that shows the same."""


def environment_tables(found: Iterable[Sweep], *, in_words: bool = False) -> Iterator[Table]:
    """A table for each setting that ``found`` has in several environments.

    It has a row for each arm and environment in each phase that the scenario is about: the ratio to
    the baseline of the same environment at every depth, the baseline's own times, and the growth.
    Verdicts are letters, or for a page without a legend ``in_words``.
    """
    for sweeps in side_by_side(found):
        first = sweeps[0]
        depths = tuple(dict.fromkeys(depth for sweep in sweeps for depth in sweep.depths))
        grows = any(sweep.scaling for sweep in sweeps)
        columns = [Column("phase"), Column("arm"), Column("environment")]
        heads = (pluralise(each, "layer") if each else "" for each in depths)
        columns += [Column(each, wrap="never") for each in heads]
        columns += [Column("growth", wrap="never")] if grows else []
        arms = dict.fromkeys(arm for sweep in sweeps for arm in sweep.arms)
        placebos = frozenset[str]().union(*(sweep.placebos for sweep in sweeps))
        rows = tuple(
            _row(sweep, phase, arm, depths, in_words=in_words, with_growth=grows)
            for phase in first.headline_phases
            for arm in arms
            if arm not in placebos
            for sweep in sweeps
            if phase in sweep.headlines(arm)
        )
        setting = label(first.place.setting)
        title = f"{setting}: relative to {first.baseline} of the same environment"
        yield Table(title, tuple(columns), rows)


def import_table(findings: Findings) -> Iterator[Table]:
    """What the import of the framework takes in each of several environments."""
    if not findings.imports:
        return
    first = findings.imports[0].baseline_environment
    rows = tuple(
        row((name(each.environment), duration(each.seconds), *_import_ratio(each, first)))
        for each in findings.imports
    )
    columns = (Column("environment"), *right("time", f"relative to {first}", "interval"))
    yield Table("Import of the framework", columns, rows)


def _import_ratio(finding: ImportFinding, first: str) -> tuple[str, str]:
    if finding.environment == first:
        return "", ""
    bounds = (finding.ratio_low, finding.ratio_high)
    low, high = ("?" if bound is None else ratio(bound) for bound in bounds)
    return ratio(finding.ratio), f"[{low}, {high}]"


def _row(
    sweep: Sweep,
    phase: str,
    arm: str,
    depths: Iterable[int | None],
    *,
    in_words: bool,
    with_growth: bool,
) -> Row:
    ratios = [
        cell(ratio_in_words(sweep, arm, depth, phase))
        if in_words
        else ratio_cell(sweep, arm, depth, phase, interval=True)
        for depth in depths
    ]
    fit = sweep.growth(arm, phase)
    growth = cell(GROWS.get(fit.growth, "unresolved") if fit else MISSING)
    environment = sweep.place.environment or MISSING
    last = [growth] if with_growth else []
    return row((cell(phase), name(arm), name(environment), *ratios, *last))
