"""The steady part of the calls of an invocation: where it begins, and what a call costs in it.

Changepoints cut the calls into segments of one level each: exact segmentation by least squares with
a penalty per segment, on logs with single disturbed calls clipped. What the last segment and those
before it at the same level hold is the steady part, and the segments before it name the kind, as
Barrett et al. (2017, 'Virtual machine warmup blows hot and cold') do:

- ``flat``: all calls cost the same;
- ``warm-up``: what comes before the steady part is nowhere faster than it;
- ``slowdown``: some of it is faster;
- ``none``: the steady part would be shorter than a quarter of the calls. Such an invocation has no
  steady state; the median of the second half of its calls stands for it, and it is counted.

Fewer calls than two segments take are called flat, and their second half stands for them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal, get_args

import numpy as np

from bench.analysis.arrays import Booleans, Floats, Integers, log, median, row_medians

Kind = Literal["flat", "warm-up", "slowdown", "none"]
KINDS: tuple[Kind, ...] = get_args(Kind)
FLAT, WARM_UP, SLOWDOWN, NONE = range(4)

SAME = 0.05
"""Levels whose ratio is nearer to 1 than this are the same level: the margin of equivalence."""

SHORTEST = 3
"""Calls in a segment, at least."""

PENALTY = 8.0
"""What a change must explain, in variances of the noise per log of the number of calls.

Among 3,000 flat series of normal values it finds a change in 1.4 % of those of 12 calls, 0.2 % of
30 and none of 100; of Student's t with 3 degrees of freedom in 2.2 %, 0.5 % and none.
"""

CLIP = 4.0
"""Standard deviations from the median at which a single call is clipped."""

_TO_DEVIATION = 1.4826
"""From a median of absolute values to the standard deviation of a normal distribution."""

_CLOCK = 1e-3
"""Noise that is supposed at least: calls that take the same ticks of the clock show none."""

LEAST = 0.25
"""Part of the calls that a steady part has at least."""


@dataclass(frozen=True)
class SteadyStates:
    """For each sequence of calls, shape (sequences,): ``kind`` is a position in ``KINDS``.

    ``first`` is the first call of the steady part, ``seconds`` and ``cpu_seconds`` are the medians
    of its calls, and ``seconds_before`` is the sum of the calls before it. A sequence without calls
    has kind -1 and NaN.
    """

    kind: Integers
    first: Integers
    seconds: Floats
    seconds_before: Floats
    cpu_seconds: Floats


def steadiness(
    sequence: Integers,
    iteration: Integers,
    seconds: Floats,
    sequences: int,
    *,
    cpu_seconds: Floats | None = None,
) -> SteadyStates:
    """Find the steady part of every sequence of calls.

    All arrays have shape (calls,), in any order: the ``sequence`` a call belongs to (0 to
    ``sequences`` - 1), its place ``iteration`` in it (from 0), its wall time and its CPU time. The
    steady part is found in the wall times.
    """
    order = np.lexsort((iteration, sequence))
    lengths = np.bincount(sequence, minlength=sequences)
    starts = np.concatenate([[0], np.cumsum(lengths)[:-1]])
    ordered = seconds[order]
    ordered_cpu = np.full_like(ordered, np.nan) if cpu_seconds is None else cpu_seconds[order]
    kind = np.full(sequences, -1)
    first = np.zeros(sequences, dtype=np.int64)
    steady, before, cpu = (np.full(sequences, np.nan) for _ in range(3))
    for length in np.unique(lengths[lengths > 0]):
        these = np.flatnonzero(lengths == length)
        places = starts[these, np.newaxis] + np.arange(length)
        calls = ordered[places]
        kind[these], first[these] = _classified(calls)
        # Without a steady state, the second half stands for it, with the middle call.
        untold = (kind[these] == NONE) | (length < 2 * SHORTEST)
        begin = np.where(untold, length // 2, first[these])
        waiting = np.arange(length) < begin[:, np.newaxis]
        before[these] = np.where(waiting, calls, 0.0).sum(axis=1)
        steady[these] = np.nanmedian(np.where(waiting, np.nan, calls), axis=1)
        cpu[these] = row_medians(np.where(waiting, np.nan, ordered_cpu[places]))
    return SteadyStates(kind, first, steady, before, cpu)


def _classified(calls: Floats) -> tuple[Integers, Integers]:
    """Kind and first steady call of each row of ``calls`` (sequences, calls)."""
    count, length = calls.shape
    kind, first = np.full(count, FLAT), np.zeros(count, dtype=np.int64)
    if length < 2 * SHORTEST:
        return kind, first
    logs = log(calls)
    levels = _without_outliers(logs)
    penalty = PENALTY * math.log(length)
    changing = np.flatnonzero(_may_change(levels, penalty))
    for row, edges in zip(changing, segments(levels[changing], penalty), strict=True):
        kind[row], first[row] = _kind(logs[row], edges)
    return kind, first


def _without_outliers(logs: Floats) -> Floats:
    """``logs`` in standard deviations of their noise from their median, clipped.

    The noise is read from differences of neighbours, which a change of level moves once.
    """
    from_middle = logs - np.median(logs, axis=1, keepdims=True)
    steps = np.abs(np.diff(logs, axis=1))
    noise = _TO_DEVIATION * np.median(steps, axis=1, keepdims=True) / np.sqrt(2)
    noise = np.maximum(noise, _CLOCK)
    spread = _TO_DEVIATION * np.median(np.abs(from_middle), axis=1, keepdims=True)
    room = CLIP * np.maximum(spread, noise)
    clipped: Floats = np.clip(from_middle, -room, room) / noise
    return clipped


def _may_change(levels: Floats, penalty: float) -> Booleans:
    """Rows in which one change explains half of a penalty: only they are searched for all."""
    length = levels.shape[1]
    left = np.arange(1, length)
    sums = np.cumsum(levels, axis=1)
    means = sums[:, -1:] / length
    gain = (sums[:, :-1] - left * means) ** 2 * length / (left * (length - left))
    found: Booleans = gain.max(axis=1) > penalty / 2
    return found


def segments(levels: Floats, penalty: float) -> list[list[int]]:
    """Where the segments of each row begin, and at the end the length of a row.

    ``levels`` has shape (sequences, calls). A segmentation costs the squares of the distances to
    the mean of each segment and ``penalty`` for each; the cheapest is found exactly, for all rows
    at once (Jackson et al. 2005, 'An algorithm for optimal partitioning of data on an interval').
    """
    count, length = levels.shape
    sums, squares = (
        np.concatenate([np.zeros((count, 1)), np.cumsum(each, axis=1)], axis=1)
        for each in (levels, levels**2)
    )
    cheapest = np.full((count, length + 1), np.inf)
    cheapest[:, 0] = 0.0
    begin = np.zeros((count, length + 1), dtype=np.int64)
    for end in range(SHORTEST, length + 1):
        begins = np.r_[0, SHORTEST : end - SHORTEST + 1]
        total = sums[:, [end]] - sums[:, begins]
        spread = squares[:, [end]] - squares[:, begins] - total**2 / (end - begins)
        costs = cheapest[:, begins] + spread + penalty
        best = np.argmin(costs, axis=1)
        begin[:, end] = begins[best]
        cheapest[:, end] = np.take_along_axis(costs, best[:, np.newaxis], axis=1)[:, 0]
    return [_edges(row, length) for row in begin.tolist()]


def _edges(begin: Sequence[int], length: int) -> list[int]:
    edges = [length]
    while edges[0] > 0:
        edges.insert(0, begin[edges[0]])
    return edges


def _kind(logs: Floats, edges: Sequence[int]) -> tuple[int, int]:
    """The kind of a sequence cut at ``edges``, and the first call of its steady part."""
    medians = [median(logs[a:b]) for a, b in pairwise(edges)]
    above = [median - medians[-1] for median in medians]
    apart = [abs(each) > math.log1p(SAME) for each in above]
    if not any(apart):
        return FLAT, 0
    last = len(apart) - 1 - apart[::-1].index(True)
    first = edges[last + 1]
    if len(logs) - first < LEAST * len(logs):
        return NONE, first
    return (SLOWDOWN if min(above) < -math.log1p(SAME) else WARM_UP), first
