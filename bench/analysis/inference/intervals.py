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

Only the signs enter, so neither heavy tails nor skew matter. What is assumed is that rounds are
independent and that the median stays the same.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from bench.analysis.arrays import Floats, Integers


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


def median_interval(values: Floats, error: float) -> Interval:
    """The values that may still be the median of what ``values`` (observations,) were drawn from.

    ``error`` is the probability that any of the intervals at t = 1, 2, 3, … misses the median. A
    value is excluded when M >= 1/error for the number of observations strictly above it;
    observations equal to it count for the side that keeps it in. Both bounds are observations.

    The interval depends on the values and not on their order: earlier, narrower intervals are not
    intersected, so that it can be recomputed from the observations alone.
    """
    count = len(values)
    outside = int(critical_counts(error, count)[count])
    if outside < 0:
        return Interval(-math.inf, math.inf)
    ordered = np.sort(values)
    return Interval(float(ordered[outside]), float(ordered[count - 1 - outside]))


def two_sided(level: float) -> float:
    """The error of an interval each of whose bounds alone errs with at most ``level``.

    The capital M is the mean of that of two bettors, one who stakes on more heads and one who
    stakes on more tails. On the side where there are at least as many heads, the second has at most
    1 left. So if M >= 1/error there, the first has at least 2/error - 1, which by Ville's
    inequality ever happens with probability at most error / (2 - error). That is ``level`` for the
    error returned, which is a little less than twice the level.
    """
    return 2 * level / (1 + level)


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
    while _log_capital(0, rounds) < -math.log(error):
        rounds += 1
    return rounds


def critical_counts(error: float, limit: int) -> Integers:
    """For t = 0 … at least ``limit`` tosses: the most heads that still refute a fair coin.

    -1 where no number of heads does. By symmetry, t minus that number is the fewest that refute it
    from the other side.
    """
    return _critical_counts(error, 1 << max(limit, 31).bit_length())


@lru_cache(maxsize=64)
def _critical_counts(error: float, size: int) -> Integers:
    # With one more toss the critical number stays or grows by one: for k <= t/2 a tail raises the
    # capital, and a head lowers it.
    threshold = -math.log(error) if error > 0 else math.inf
    counts = np.empty(size, dtype=np.int64)
    critical = -1
    for tosses in range(size):
        if 2 * (critical + 1) <= tosses and _log_capital(critical + 1, tosses) >= threshold:
            critical += 1
        counts[tosses] = critical
    counts.flags.writeable = False
    return counts


def _log_capital(heads: int, tosses: int) -> float:
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
