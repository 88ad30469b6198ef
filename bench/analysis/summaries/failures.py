"""Invocations that could not be measured, counted by cell, phase, kind and reason."""

from __future__ import annotations

from collections import Counter

import pandas as pd

from bench.domain.findings.comparisons import ResultWarning
from bench.domain.findings.costs import FailureFinding
from bench.domain.panel import CELL_FIELDS
from bench.domain.status import MEASURED


def failure_findings(samples: pd.DataFrame) -> tuple[FailureFinding, ...]:
    """One finding per cell, phase reached, kind and reason, in order of first appearance.

    Failures that belong to no arm are not among them: see ``framework_failures``.
    """
    failed = _failed(samples)
    if failed.empty:
        return ()
    counts = Counter(_rows(failed[failed["arm"].notna()], *CELL_FIELDS, *_WHAT))
    findings = []
    for row, count in counts.items():
        named = dict(zip((*CELL_FIELDS, *_WHAT), row, strict=True))
        findings.append(
            FailureFinding(
                **{name: named[name] for name in CELL_FIELDS},
                phase=named["phase"],
                kind=named["status"],
                reason=named["reason"] or "",
                count=count,
            )
        )
    return tuple(findings)


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


_WHAT = ("phase", "status", "reason")


def _failed(samples: pd.DataFrame) -> pd.DataFrame:
    if samples.empty:
        return samples
    return samples[~samples["status"].isin(MEASURED)]


def _rows(samples: pd.DataFrame, *columns: str) -> list[tuple[object, ...]]:
    plain = samples[list(columns)].astype(object)
    return list(plain.where(plain.notna(), None).itertuples(index=False, name=None))
