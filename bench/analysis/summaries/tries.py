"""How often cells have failed, by the samples: so it is known which are not tried again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from bench.domain.panel import FACTORS, Cell, Panel
from bench.domain.phases import INVOCATION
from bench.domain.status import FAILURES
from bench.domain.tries import Failed, Failures


def failures_of(samples: pd.DataFrame) -> Failures:
    """How often each cell has failed since it was last measured, round after round.

    Only failures of whole invocations count: one that ran to its end may have failed in a phase.
    """
    failures = Failures()
    invocation = ["round", "order"]
    is_end = samples["phase"] == INVOCATION
    ended = pd.MultiIndex.from_frame(samples.loc[is_end, invocation])
    is_failed = samples["status"].isin(FAILURES) & samples["arm"].notna()
    is_failed &= ~pd.MultiIndex.from_frame(samples[invocation]).isin(ended)
    told = samples[is_failed | is_end] if is_failed.any() else samples[:0]
    for _, rows in told.groupby("round", sort=True):
        of_round = [(_failed(row), row["phase"]) for row in rows.to_dict("records")]
        failures = failures.adding(
            [each for each, phase in of_round if phase != INVOCATION],
            {each.cell for each, phase in of_round if phase == INVOCATION},
        )
    return failures


def _failed(row: Mapping[Any, Any]) -> Failed:
    factors = {name: None if row[name] != row[name] else row[name] for name in FACTORS}
    cell = Cell(Panel.model_validate(factors), row["arm"], row["environment"])
    return Failed(cell, row["status"], row["phase"])
