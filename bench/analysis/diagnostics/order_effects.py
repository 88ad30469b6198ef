"""Does the place in a round matter, or what was measured just before?

Within a round every cell comes at a random place, after a random other one. If the place or the
predecessor leaves a trace, the randomisation turns it into noise and not into a difference between
arms; but it tells that the machine heats up, say, or that processes are not as separate as they
should be.
"""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
from scipy import stats

from bench.analysis.arrays import log
from bench.analysis.samples.invocations import Invocations
from bench.domain.findings.comparisons import ResultWarning
from bench.domain.findings.quality import OrderFinding

FEWEST = 100
"""Invocations from which anything is said."""

SHARED = ""
"""What stands for arms that shared a core: no arm has this name."""

RARE = 0.001
"""Probability with which an order that does not matter is said to."""


def order_finding(invocations: Invocations, every: Invocations) -> OrderFinding | None:
    """What place and predecessor did to the time an invocation's phases take together.

    Seen are ``invocations``, of ``every`` one in their rounds, relative to the median of their own
    cell. All that shared the core before are one predecessor. ``None`` with fewer than a hundred
    invocations, or where all take the same time.
    """
    total = np.nansum(invocations.seconds, axis=1)
    known = (total > 0) & invocations.completed
    if known.sum() < FEWEST:
        return None
    table = pd.DataFrame(
        {
            "round": invocations.round,
            "order": invocations.order,
            "cell": invocations.cell,
            "log": log(np.where(known, total, 1.0)),
        }
    )[known].sort_values(["round", "order"])
    table["residual"] = table["log"] - table.groupby("cell")["log"].transform("median")
    table["place"] = table.groupby("round")["order"].rank(pct=True)
    table = table.join(_before(every), on=["round", "order"])
    if np.ptp(table["residual"]) == 0:
        return None
    followed = table.dropna(subset="before")
    groups = [each.to_numpy() for _, each in followed.groupby("before")["residual"]]
    means = [float(np.mean(each)) for each in groups]
    return OrderFinding(
        invocations=len(table),
        last_to_first_ratio=math.exp(
            _slope(table["place"].to_numpy(), table["residual"].to_numpy())
        ),
        position_matters=bool(stats.kendalltau(table["place"], table["residual"]).pvalue < RARE),
        predecessor_ratio=math.exp(max(means) - min(means)) if means else 1.0,
        predecessor_matters=len(groups) > 1 and bool(stats.kruskal(*groups).pvalue < RARE),
    )


def _before(every: Invocations) -> pd.Series[str]:
    """(round, order) → what was measured before: an arm, or those that shared the core.

    Where two are measured side by side, what came before came before on the same core.
    """
    table = pd.DataFrame(
        {
            "round": every.round,
            "order": every.order,
            "core": every.core,
            "arm": [every.cells[cell].arm for cell in every.cell],
        }
    )
    table.loc[every.group >= 0, "arm"] = SHARED
    table = table.sort_values(["round", "order"])
    before = table.groupby(["round", "core"])["arm"].shift()
    return before.set_axis(pd.MultiIndex.from_frame(table[["round", "order"]])).rename("before")


def order_warnings(finding: OrderFinding | None) -> tuple[ResultWarning, ...]:
    """A warning for each of the two that matters."""
    if finding is None:
        return ()
    found = []
    if finding.position_matters:
        text = (
            "the place in a round matters: the last invocation takes "
            f"{finding.last_to_first_ratio:.3f} times as long as the first; the random order makes "
            "this noise, not a difference between arms"
        )
        found.append(ResultWarning(kind="order", text=text))
    if finding.predecessor_matters:
        text = (
            "what was measured before matters: it spreads an invocation's mean time by a factor of "
            f"{finding.predecessor_ratio:.3f}; the random order makes this noise"
        )
        found.append(ResultWarning(kind="order", text=text))
    return tuple(found)


def _slope(place: pd.Series, residual: pd.Series) -> float:
    """The slope of the least-squares line; written out, since LAPACK's last digits vary."""
    apart = place - place.mean()
    return float((apart * residual).sum() / (apart * apart).sum())
