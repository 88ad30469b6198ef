"""Invocations that could not be measured, counted by cell, phase, kind and reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import pandas as pd

from bench.analysis.summaries.tries import failures_of
from bench.domain.findings.comparisons import ResultWarning
from bench.domain.findings.costs import FailureFinding
from bench.domain.labels import log_name
from bench.domain.panel import CELL_FIELDS, FACTORS, Cell, Panel
from bench.domain.phases import INVOCATION
from bench.domain.status import MEASURED


def failure_findings(
    samples: pd.DataFrame, panels: Sequence[Panel] | None = None
) -> tuple[FailureFinding, ...]:
    """One finding per cell, phase reached, kind and reason, in order of first appearance.

    ``panels`` are those of the plan, which come in their own order, and which logs are named among;
    without them no log is named.

    Failures that belong to no arm are not among them: see ``framework_failures``.
    """
    failed = _failed(samples)
    if failed.empty:
        return ()
    known = failures_of(samples).on_resume()
    of_arms = failed[failed["arm"].notna()]
    counts: Counter[tuple[object, ...]] = Counter()
    first: dict[tuple[object, ...], tuple[int, int]] = {}
    places = zip(of_arms["round"], of_arms["replicate"].fillna(0), strict=True)
    for what, (number, replicate) in zip(_rows(of_arms, *CELL_FIELDS, *_WHAT), places, strict=True):
        counts[what] += 1
        first.setdefault(what, (int(number), int(replicate)))
    findings = []
    for what, count in counts.items():
        named = dict(zip((*CELL_FIELDS, *_WHAT), what, strict=True))
        finding = FailureFinding(
            **{name: named[name] for name in CELL_FIELDS},
            phase=named["phase"],
            kind=named["status"],
            reason=named["reason"] or "",
            count=count,
        )
        given_up = known.is_excluded(finding.cell)
        finding = finding.model_copy(update={"given_up": given_up})
        if panels is not None:
            number, replicate = first[what]
            name = log_name(number, finding.cell, replicate, panels)
            finding = finding.model_copy(update={"log": f"logs/{name}.log"})
        findings.append(finding)
    places_of = {panel: place for place, panel in enumerate(panels or ())}
    return tuple(sorted(findings, key=lambda each: places_of.get(each.panel, 0)))


def framework_failures(samples: pd.DataFrame) -> tuple[ResultWarning, ...]:
    """A warning per failure that belongs to no arm, such as a framework that cannot be imported."""
    failed = _failed(samples)
    if failed.empty:
        return ()
    counts = Counter(_rows(failed[failed["arm"].isna()], *_WHAT))
    return tuple(
        ResultWarning(
            kind="framework",
            text=f"{phase}: {kind}: {reason or 'no reason given'} ({count} of them)",
        )
        for (phase, kind, reason), count in counts.items()
    )


def completed_cells(samples: pd.DataFrame) -> frozenset[Cell]:
    """The cells of which an invocation has come to its end."""
    if samples.empty:
        return frozenset()
    ended = samples[(samples["phase"] == INVOCATION) & samples["arm"].notna()]
    rows = _rows(ended[list(CELL_FIELDS)].drop_duplicates(), *CELL_FIELDS)
    named = (dict(zip(CELL_FIELDS, row, strict=True)) for row in rows)
    return frozenset(
        Cell(
            Panel.model_validate({name: each[name] for name in FACTORS}),
            str(each["arm"]),
            str(each["environment"]),
        )
        for each in named
    )


_WHAT = ("phase", "status", "reason")


def _failed(samples: pd.DataFrame) -> pd.DataFrame:
    if samples.empty:
        return samples
    return samples[~samples["status"].isin(MEASURED)]


def _rows(samples: pd.DataFrame, *columns: str) -> list[tuple[object, ...]]:
    plain = samples[list(columns)].astype(object)
    return list(plain.where(plain.notna(), None).itertuples(index=False, name=None))
