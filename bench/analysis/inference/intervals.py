"""Intervals for a median that hold however often one looks.

Each observation is a coin: above the true median or not, fair whatever the distribution. Someone
who bets against a fair coin, half of a capital of 1 with a share staked that follows a Beta(½, ½)
mixture, a quarter on heads for ever and a quarter on tails for ever, has after t tosses, k of them
heads,

    M(k, t) = 2^t · (½ · B(k + ½, t - k + ½) / B(½, ½) + ¼ · [k = t] + ¼ · [k = 0])

which is a non-negative martingale while the coin is fair. By Ville's inequality (Ville 1939, 'Étude
critique de la notion de collectif') the chance that it *ever* reaches 1/error is at most ``error``.
So the values that no such bettor has been able to refute are an interval that misses the true
median at any look, in all looks together, with probability at most ``error``: one may look after
each round and stop when one likes (Howard, Ramdas, McAuliffe & Sekhon 2021, 'Time-uniform,
nonparametric, nonasymptotic confidence sequences', Annals of Statistics 49(2)).

The bets on heads and tails for ever are for the first rounds of a run: coins that have all fallen
alike refute fairness one round sooner, and the first dissenting round costs up to one round more
than the mixture alone would.

Whether something lies within a margin is another question: nearly all rounds do, but not all, and
each bound is tested by itself. The bettor for that stakes half of the capital on heads to be one in
twenty, and half on three in twenty,

    F(k, t) = 2^t · ½ · (0.05^k · 0.95^(t - k) + 0.15^k · 0.85^(t - k))

also a non-negative martingale while the coin is fair, and one that shrinks while heads are more. At
an error of 1 in 600 it needs 11 rounds that agree, and 15 where one of them does not, 19 where two
do not. M, with an error for both bounds together that lets each err as rarely, needs 10, 18 and 22.

Only the signs enter, so neither heavy tails nor skew matter. What is assumed is that rounds are
independent and that the median stays the same.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache
from statistics import NormalDist
from typing import NamedTuple

import numpy as np

from bench.analysis.arrays import Floats, Integers


def _log_of_either(heads: int, tosses: int) -> float:
    """Log of M(heads, tosses)."""
    mixture = (
        math.lgamma(heads + 0.5)
        + math.lgamma(tosses - heads + 0.5)
        - math.lgamma(tosses + 1)
        - math.log(math.pi)
    )
    one_sided = (heads == tosses) + (heads == 0)
    bets = mixture - math.log(2)
    if one_sided:
        bets = float(np.logaddexp(bets, math.log(one_sided / 4)))
    return tosses * math.log(2) + bets


def _log_of_few(heads: int, tosses: int) -> float:
    """Log of F(heads, tosses)."""
    first, second = (
        heads * math.log(part) + (tosses - heads) * math.log1p(-part) for part in (0.05, 0.15)
    )
    return (tosses - 1) * math.log(2) + float(np.logaddexp(first, second))


Bets = Callable[[int, int], float]
"""What is staked on: the log of the capital after so many heads of so many tosses."""

EITHER: Bets = _log_of_either
"""M: on heads to be more than tails, or fewer."""

FEW: Bets = _log_of_few
"""F: on heads to be few."""


class Interval(NamedTuple):
    """A closed interval; ``-inf`` or ``inf`` where the observations cannot place a bound."""

    low: float
    high: float

    @property
    def bounded(self) -> bool:
        """Whether both ends are placed."""
        return math.isfinite(self.low) and math.isfinite(self.high)

    def within(self, low: float, high: float) -> bool:
        """Whether the whole interval lies in [low, high]."""
        return low <= self.low and self.high <= high


def median_interval(values: Floats, error: float, unknown: int = 0) -> Interval:
    """The values that may still be the median of what ``values`` (observations,) were drawn from.

    There are ``unknown`` more observations, which may have any value. To leave them out would bias
    the interval where it depends on their value that they are not known.

    ``error`` is the probability that any of the intervals at t = 1, 2, 3, … misses the median. A
    value is excluded when M >= 1/error for the number of observations strictly above it;
    observations equal to it count for the side that keeps it in. Both bounds are observations.

    The interval depends on the values and not on their order: earlier, narrower intervals are not
    intersected, so that it can be recomputed from the observations alone.
    """
    return _between(values, critical_counts(error, len(values) + unknown), unknown)


def _between(values: Floats, critical: Integers, unknown: int = 0) -> Interval:
    # Each bound is where it would be if all that are unknown lay beyond it.
    count = len(values)
    outside = int(critical[count + unknown]) - unknown
    if outside < 0:
        return Interval(-math.inf, math.inf)
    ordered = np.sort(values)
    return Interval(float(ordered[outside]), float(ordered[count - 1 - outside]))


def bounds(values: Floats, level: float, unknown: int = 0) -> Interval:
    """Two bounds for the median of what ``values`` (observations,) were drawn from.

    ``level`` is the probability, of each bound alone, that it is ever on the wrong side of the
    median at t = 1, 2, 3, … Otherwise as ``median_interval``, with F in the place of M.
    """
    return _between(values, critical_counts(level, len(values) + unknown, FEW), unknown)


def ratio_or_none(bound: float) -> float | None:
    """A bound of a log ratio as findings hold it: a ratio; ``None`` where it is infinite."""
    return math.exp(bound) if math.isfinite(bound) else None


def finite_or_none(bound: float) -> float | None:
    """A bound as findings hold it: ``None`` where it is infinite."""
    return bound if math.isfinite(bound) else None


def rounds_to_exclude(error: float) -> int:
    """How many observations that all lie on one side of a value exclude it.

    Raises ``ValueError`` for an ``error`` that is not positive: no number of them would do.
    """
    if error <= 0:
        raise ValueError(f"an error of {error} would take endless rounds: it must be above 0")
    rounds = 1
    while EITHER(0, rounds) < -math.log(error):
        rounds += 1
    return rounds


def expected_reach(count: int, error: float) -> float:
    """How far the bounds of ``median_interval`` lie from the median, for ``count`` observations.

    It is in standard deviations of observations that are normal, and infinite where there is none.
    """
    outside = int(critical_counts(error, count)[count])
    if outside < 0:
        return math.inf
    return -NormalDist().inv_cdf((outside + 0.5) / count)


def critical_counts(error: float, limit: int, bets: Bets = EITHER) -> Integers:
    """For t = 0 … at least ``limit`` tosses: the most heads that still refute a fair coin.

    -1 where no number of heads does. By symmetry, t minus that number is the fewest that refute it
    from the other side. ``bets`` say what is staked on.
    """
    return _critical_counts(error, 1 << max(limit, 31).bit_length(), bets)


@lru_cache(maxsize=256)
def _critical_counts(error: float, size: int, bets: Bets) -> Integers:
    # With one more toss the critical number stays or grows by one: for k <= t/2 a tail raises the
    # capital, and a head lowers it.
    threshold = -math.log(error) if error > 0 else math.inf
    counts = np.empty(size, dtype=np.int64)
    critical = -1
    for tosses in range(size):
        if 2 * (critical + 1) <= tosses and bets(critical + 1, tosses) >= threshold:
            critical += 1
        counts[tosses] = critical
    counts.flags.writeable = False
    return counts
