"""Verdicts: what an interval says when held against the margin, and how many rounds are missing."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from bench.analysis.arrays import Booleans, Floats
from bench.analysis.inference.intervals import EITHER, FEW, Bets, Interval, critical_counts
from bench.domain.findings.comparisons import Verdict

FURTHEST = 1000
"""Further rounds beyond which no forecast is made: nobody waits for them."""

FEWEST = 3
"""Rounds from which a forecast is made; fewer say nothing about the spread of the next ones."""


class VerdictAndMargin(NamedTuple):
    """A verdict; ``within_margin`` when the whole interval lies inside the margin.

    ``slower`` or ``faster`` within the margin is a difference that is real but too small to matter.
    """

    verdict: Verdict
    within_margin: bool


def judge(interval: Interval, margin: float, negligible: float = 0.0) -> VerdictAndMargin:
    """The verdict on an interval of the log ratio of an arm to the baseline.

    ``margin`` is relative: 0.05 covers the ratios from 1/1.05 to 1.05, so that swapping the arms
    swaps ``faster`` and ``slower`` and changes nothing else. A ``negligible`` difference, relative
    too, is never claimed: the whole interval must lie beyond it.
    """
    within = interval.within(-math.log1p(margin), math.log1p(margin))
    if interval.low > math.log1p(negligible):
        return VerdictAndMargin("slower", within)
    if interval.high < -math.log1p(negligible):
        return VerdictAndMargin("faster", within)
    return VerdictAndMargin("equivalent" if within else "unresolved", within)


def more_rounds(
    log_ratio: Floats, error: float, margin: float, negligible: float = 0.0, unknown: int = 0
) -> int | None:
    """How many further rounds are expected to resolve an unresolved comparison.

    ``unknown`` more rounds have no ratio, which may be any.

    Supposes that the rounds to come are spread like those seen: ``log_ratio`` (rounds,) is
    stretched to each larger number of rounds with its quantiles unchanged, until its interval has a
    verdict. ``None`` where that is not known: after fewer than 3 rounds, or when more than 1000
    would be needed, as for a small effect among widely spread rounds.
    """
    edge, least = math.log1p(margin), math.log1p(negligible)
    return _first(
        log_ratio,
        error,
        lambda low, high: (low > least) | (high < -least) | ((low >= -edge) & (high <= edge)),
        unknown=unknown,
    )


def rounds_until_within(
    log_ratio: Floats, level: float, margin: float, unknown: int = 0
) -> int | None:
    """How many further rounds are expected to bring both bounds at ``level`` within the margin.

    Foretold as by ``more_rounds``, and ``None`` for the same reasons, or for an effect outside.
    """
    edge = math.log1p(margin)
    return _first(
        log_ratio,
        level,
        lambda low, high: (low >= -edge) & (high <= edge),
        FEW,
        unknown=unknown,
    )


def _first(
    log_ratio: Floats,
    error: float,
    resolved: Callable[[Floats, Floats], Booleans],
    bets: Bets = EITHER,
    unknown: int = 0,
) -> int | None:
    """The fewest further rounds after which ``resolved`` says so of the stretched bounds."""
    seen = len(log_ratio)
    if seen < FEWEST:
        return None
    totals = np.arange(seen + 1, seen + FURTHEST + 1)
    outside = critical_counts(error, int(totals[-1]) + unknown, bets)[totals + unknown] - unknown
    bounded, outside = outside >= 0, np.maximum(outside, 0)
    ordered = np.sort(log_ratio)
    low = ordered[outside * seen // totals]
    high = ordered[(totals - 1 - outside) * seen // totals]
    reached = bounded & resolved(low, high)
    return int(np.argmax(reached)) + 1 if reached.any() else None
