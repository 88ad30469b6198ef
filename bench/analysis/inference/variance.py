"""How the variance of an effect splits between and within rounds, and what replicates are worth.

An effect of a round with m replicates of each arm varies over rounds by ``between``² plus a part of
``within``² / m for either arm. A round costs an import and m invocations of every cell. The number
of replicates with the narrowest interval for the time balances the two (Kalibera & Jones 2013,
'Rigorous benchmarking in reasonable time', section 8; there for intervals whose width falls with
the square root of the rounds, which those of a few signs do not). Panels differ in both: effects of
shallow models vary more, and their invocations cost less. Each has a number of its own.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from statistics import fmean
from typing import NamedTuple

import numpy as np
import pandas as pd

from bench.analysis.arrays import Floats, log
from bench.analysis.inference.intervals import expected_reach
from bench.analysis.samples.co_scheduling import GroupEffects, group_effects
from bench.analysis.samples.invocations import Invocations
from bench.analysis.samples.rounds import with_composites
from bench.domain.design.comparison import Comparison
from bench.domain.panel import Cell

MOST = 12
"""Replicates beyond which no plan goes: a round then is long, and a crash loses much."""

NEAR = 1.1
"""How many times as wide as the narrowest an interval may be."""

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
    """Seconds: to import a zygote, and to make one invocation of every cell of each panel."""

    zygote: float
    panels: Sequence[float]

    def of_round(self, replicates: Sequence[int], jobs: int) -> float:
        """Seconds that a round takes when the next zygote imports on one of ``jobs`` cores."""
        invocations = sum(
            count * seconds for count, seconds in zip(replicates, self.panels, strict=True)
        )
        return max(self.zygote, (self.zygote + invocations) / jobs)


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
    # Effects across environments are put together from those within.
    comparisons = [each for each in comparisons if not each.across]
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
    splits: Sequence[VarianceComponents],
    cost: RoundCost,
    *,
    jobs: int,
    budget_s: float,
    most_rounds: int,
    error: float,
) -> tuple[int, ...]:
    """The replicates of each panel with which the widest interval of a panel is about narrowest.

    Of those that come near the best, it is those with most rounds, whose signs say more where the
    pilot was wrong. No panel has more replicates than it takes to keep up with the least precise
    one. ``splits`` are those of the panels, in the order of ``cost`` and in one unit. The rounds
    are those that fit into the budget, ``most_rounds`` at most; intervals err with probability
    ``error``.
    """

    def widest(replicates: tuple[int, ...]) -> float:
        fitting = int(budget_s / cost.of_round(replicates, jobs))
        rounds = min(fitting, most_rounds)
        return expected_reach(rounds, error) * max(map(_deviation, splits, replicates))

    targets = {_deviation(split, count) for split in splits for count in range(1, MOST + 1)}
    candidates = {tuple(_fewest(split, target) for split in splits) for target in targets}
    widths = {replicates: widest(replicates) for replicates in candidates}
    enough = NEAR * min(widths.values())
    near = [replicates for replicates, width in widths.items() if width <= enough]
    return min(near, key=lambda each: cost.of_round(each, jobs))


def _deviation(split: VarianceComponents, replicates: int) -> float:
    """The standard deviation of the effect of a round with ``replicates`` of each arm."""
    return math.sqrt(split.between**2 + 2 * split.within**2 / replicates)


def _fewest(split: VarianceComponents, target: float) -> int:
    """The fewest replicates with a deviation of ``target`` at most, or as near as can be."""
    counts = range(1, MOST + 1)
    return next((count for count in counts if _deviation(split, count) <= target), MOST)


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
