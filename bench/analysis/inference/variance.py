"""How the variance of an effect splits between and within rounds, and what replicates are worth.

An effect of a round with m replicates of each arm varies over rounds by ``between``² plus a part of
``within``² / m for either arm. A round costs an import and m invocations of every cell. The number
of replicates with the most precision for the time balances the two (Kalibera & Jones 2013,
'Rigorous benchmarking in reasonable time', section 8).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from statistics import fmean
from typing import NamedTuple

import numpy as np
import pandas as pd

from bench.analysis.arrays import Floats, log
from bench.analysis.samples.co_scheduling import GroupEffects, group_effects
from bench.analysis.samples.invocations import Invocations
from bench.analysis.samples.rounds import with_composites
from bench.domain.design.comparison import Comparison
from bench.domain.panel import Cell

MOST = 12
"""Replicates beyond which no plan goes: a round then is long, and a crash loses much."""

ENOUGH = 1.5
"""How many times the fewest rounds that can carry a verdict must fit into the budget."""

FEWEST_ROUNDS = 2
"""Rounds of several replicates from which variance is split."""


class VarianceComponents(NamedTuple):
    """Standard deviations of logs: ``within`` of one invocation among its replicates, ``between``
    of an effect over rounds beyond what they explain; from ``rounds`` of ``replicates`` each."""

    within: float
    between: float
    rounds: int
    replicates: int


class RoundCost(NamedTuple):
    """Seconds: to import a zygote, and to make one invocation of every cell one at a time."""

    zygote: float
    replicate: float

    def of_round(self, replicates: int, jobs: int) -> float:
        """Seconds that a round takes when the next zygote imports on one of ``jobs`` cores."""
        return max(self.zygote, (self.zygote + replicates * self.replicate) / jobs)


def split_variance(
    invocations: Invocations,
    comparisons: Sequence[Comparison],
    composites: Mapping[str, Mapping[str, tuple[str, ...]]],
) -> VarianceComponents | None:
    """The split, pooled over the headline ``comparisons``.

    It is that of co-scheduled invocations where there are any. ``composites`` are as in
    ``reduce_rounds``. None where no comparison has two rounds of two replicates. Of a phase that
    iterates, whole phases are seen, not their steady parts.
    """
    names = dict.fromkeys(name for each in composites.values() for name in each)
    phases = (*invocations.phases, *names)
    if (invocations.group >= 0).any():
        baselines = {comparison.arm: comparison.baseline for comparison in comparisons}
        rounds = np.unique(invocations.round)
        found = group_effects(invocations, baselines, rounds, composites)
        return _split_co_scheduled(found, phases, invocations.cells, comparisons)
    logs = _replicates(invocations, composites)
    within: list[float] = []
    between: list[float] = []
    shapes: list[tuple[int, int]] = []
    for comparison in comparisons:
        if not comparison.headline or comparison.phase not in phases:
            continue
        phase = phases.index(comparison.phase)
        cells = (comparison.baseline, comparison.arm)
        if not all(cell in logs for cell in cells):
            continue
        pair = [logs[cell][:, :, phase] for cell in cells]
        whole = np.isfinite(pair[0] + pair[1]).all(axis=1)
        replicates = pair[0].shape[1]
        if whole.sum() < 2 or replicates < 2:
            continue
        arms = [each[whole] for each in pair]
        own = float(np.mean([each.var(axis=1, ddof=1).mean() for each in arms]))
        effects = arms[1].mean(axis=1) - arms[0].mean(axis=1)
        within.append(own)
        between.append(float(effects.var(ddof=1)) - 2 * own / replicates)
        shapes.append((int(whole.sum()), replicates))
    return _pooled(within, between, shapes)


def _split_co_scheduled(
    found: GroupEffects,
    phases: Sequence[str],
    cells: Sequence[Cell],
    comparisons: Sequence[Comparison],
) -> VarianceComponents | None:
    """The split of effects that were ``found`` within groups.

    ``phases`` and ``cells`` name the columns and the positions in ``found``. ``within`` is that of
    one of the two invocations of an effect, as if they were independent.
    """
    places = {cell: place for place, cell in enumerate(cells)}
    within: list[float] = []
    between: list[float] = []
    shapes: list[tuple[int, int]] = []
    for comparison in comparisons:
        if not comparison.headline or comparison.phase not in phases:
            continue
        mine = found.cell == places.get(comparison.arm, -1)
        logs = found.logs[mine, list(phases).index(comparison.phase)]
        # A phase that one of the two did not reach has no effect.
        known = ~np.isnan(logs)
        of_round = pd.Series(logs[known]).groupby(found.round[mine][known])
        table = of_round.agg(["mean", "var", "count"])
        table = table[table["count"] > 1]
        if len(table) < FEWEST_ROUNDS:
            continue
        own, replicates = float(table["var"].mean()), float(table["count"].mean())
        within.append(own / 2)
        between.append(float(table["mean"].var(ddof=1)) - own / replicates)
        shapes.append((len(table), round(replicates)))
    return _pooled(within, between, shapes)


def _pooled(
    within: Sequence[float], between: Sequence[float], shapes: Sequence[tuple[int, int]]
) -> VarianceComponents | None:
    """The components from variances ``within`` and ``between`` of several comparisons."""
    if not within:
        return None
    rounds, replicates = (int(np.median(each)) for each in zip(*shapes, strict=True))
    return VarianceComponents(
        within=math.sqrt(fmean(within)),
        between=math.sqrt(max(fmean(between), 0.0)),
        rounds=rounds,
        replicates=replicates,
    )


def best_replicates(
    split: VarianceComponents, cost: RoundCost, *, jobs: int, budget_s: float, fewest_rounds: int
) -> int:
    """Replicates a round with the most precision for the time, as long as rounds enough fit.

    ``fewest_rounds`` is how many any verdict takes.
    """

    def price(replicates: int) -> float:
        variance = split.between**2 + 2 * split.within**2 / replicates
        return variance * cost.of_round(replicates, jobs)

    fitting = [
        replicates
        for replicates in range(1, MOST + 1)
        if budget_s >= ENOUGH * fewest_rounds * cost.of_round(replicates, jobs)
    ]
    return min(fitting or [1], key=price)


def _replicates(
    invocations: Invocations, composites: Mapping[str, Mapping[str, tuple[str, ...]]]
) -> dict[Cell, Floats]:
    """Logs of seconds of each cell, shape (rounds, replicates, phases), NaN where missing."""
    if not len(invocations.cell):
        return {}
    rounds, position = np.unique(invocations.round, return_inverse=True)
    keys = pd.DataFrame({"cell": invocations.cell, "round": position})
    ordered = np.argsort(invocations.order, kind="stable")
    number = np.empty(len(keys), dtype=np.int64)
    number[ordered] = keys.iloc[ordered].groupby(["cell", "round"]).cumcount().to_numpy()
    seconds = with_composites(invocations, invocations.seconds, composites, "sum")
    shape = (len(invocations.cells), len(rounds), number.max() + 1, seconds.shape[1])
    logs = np.full(shape, np.nan)
    with np.errstate(divide="ignore", invalid="ignore"):
        logs[invocations.cell, position, number] = log(seconds)
    return {cell: logs[i] for i, cell in enumerate(invocations.cells)}
