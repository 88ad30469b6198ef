"""Runs whose truth is known: how often the verdicts and intervals of a whole run are wrong.

A simulated run measures a family of arms against one baseline, round by round, as the suite does:
times are made of a machine that drifts, of a part that all replicates of a cell in a round share,
and of a part of each replicate's own; replicates are reduced by their mean; the effect of a
round is the log ratio to the baseline. The run stops when every comparison is resolved, or after
its last round, and what counts is what it says *then*.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from bench.analysis.arrays import Booleans, Floats
from bench.analysis.inference.intervals import critical_counts

Noise = Callable[[np.random.Generator, tuple[int, ...]], Floats]
"""Draws logs of times, with a standard deviation of about 1."""


def gaussian(random: np.random.Generator, shape: tuple[int, ...]) -> Floats:
    """What many small disturbances add up to."""
    return random.normal(size=shape)


def skewed(random: np.random.Generator, shape: tuple[int, ...]) -> Floats:
    """Interference that only ever adds time: exponential."""
    return random.exponential(size=shape)


def heavy_tailed(random: np.random.Generator, shape: tuple[int, ...]) -> Floats:
    """Student's t with 3 degrees of freedom, whose rare values are far out."""
    return np.asarray(random.standard_t(3, size=shape) / np.sqrt(3))


def bimodal(random: np.random.Generator, shape: tuple[int, ...]) -> Floats:
    """A core with a neighbour that is busy two times in five."""
    busy = random.random(shape) < 0.4
    return np.asarray(2 * busy + 0.2 * random.normal(size=shape))


def drifting(random: np.random.Generator, shape: tuple[int, ...]) -> Floats:
    """Noise that becomes three times as wide over the run; rounds are the second axis."""
    widths = np.linspace(0.5, 1.5, shape[1]).reshape(1, -1, *[1] * (len(shape) - 2))
    return np.asarray(widths * random.normal(size=shape))


NOISES: Mapping[str, Noise] = {
    "gaussian": gaussian,
    "skewed": skewed,
    "heavy-tailed": heavy_tailed,
    "bimodal": bimodal,
    "drifting": drifting,
}


@dataclass(frozen=True)
class Design:
    """What a simulated run measures.

    ``effects`` are the true log ratios of the arms; ``width`` is the standard deviation of the log
    of a time; ``icc`` the part of its variance that the replicates of a cell in a round share.
    ``error`` is the budget of the run, ``margin`` relative. ``eager`` runs are stopped at their
    first claim of a difference already, the worst that someone who watches can do.
    """

    effects: tuple[float, ...]
    noise: Noise
    icc: float
    rounds: int = 60
    replicates: int = 3
    width: float = 0.1
    error: float = 0.05
    margin: float = 0.05
    eager: bool = False


@dataclass(frozen=True)
class Outcome:
    """What simulated runs said when they stopped.

    ``false_alarms`` is the part of runs in which an arm without an effect was called faster or
    slower, or an arm with one was called the wrong way or equivalent though it is outside the
    margin; ``missed`` the part of runs in which any interval missed the truth; ``found`` the part
    of arms with an effect that were called by their direction, NaN where there is none; ``rounds``
    the mean number of rounds.
    """

    runs: int
    false_alarms: float
    missed: float
    found: float
    rounds: float


def simulate_runs(design: Design, runs: int, random: np.random.Generator) -> Outcome:
    """``runs`` runs of ``design``, each stopped when every comparison is resolved, or eagerly."""
    truth = np.array(design.effects)
    effects = _effects(design, runs, random)
    low, high, stopped = _at_the_stop(effects, design)
    edge = np.log1p(design.margin)
    slower, faster = low > 0, high < 0
    equivalent = (low >= -edge) & (high <= edge) & ~slower & ~faster
    wrong = (slower & (truth <= 0)) | (faster & (truth >= 0)) | (equivalent & (abs(truth) > edge))
    missed = (low > truth) | (high < truth)
    real = truth != 0
    right = np.where(truth > 0, slower, faster)[:, real]
    return Outcome(
        runs=runs,
        false_alarms=float(wrong.any(axis=1).mean()),
        missed=float(missed.any(axis=1).mean()),
        found=float(right.mean()) if real.any() else float("nan"),
        rounds=float(stopped.mean()),
    )


def _effects(design: Design, runs: int, random: np.random.Generator) -> Floats:
    """Log ratios to the baseline, shape (runs, rounds, arms)."""
    cells = len(design.effects) + 1
    shared = design.noise(random, (runs, design.rounds, cells))
    own = design.noise(random, (runs, design.rounds, cells, design.replicates))
    machine = np.cumsum(random.normal(0, 0.02, (runs, design.rounds, 1)), axis=1)
    parts = np.sqrt(design.icc), np.sqrt(1 - design.icc)
    times = machine + design.width * (parts[0] * shared + parts[1] * own.mean(axis=-1))
    effects: Floats = times[..., 1:] - times[..., :1] + np.array(design.effects)
    return effects


def _at_the_stop(effects: Floats, design: Design) -> tuple[Floats, Floats, Floats]:
    """Bounds (runs, arms) and number of rounds (runs,) when each run stopped."""
    runs, rounds, arms = effects.shape
    share = design.error / arms
    outside = critical_counts(share, rounds)
    edge = np.log1p(design.margin)
    low, high = np.full((runs, arms), -np.inf), np.full((runs, arms), np.inf)
    stopped = np.full(runs, float(rounds))
    going: Booleans = np.ones(runs, dtype=np.bool_)
    for count in range(1, rounds + 1):
        if outside[count] < 0 or not going.any():
            continue
        ordered = np.sort(effects[going, :count], axis=1)
        low[going] = ordered[:, outside[count]]
        high[going] = ordered[:, count - 1 - outside[count]]
        claimed = (low > 0) | (high < 0)
        resolved = claimed | ((low >= -edge) & (high <= edge))
        done = going & resolved.all(axis=1)
        if design.eager:
            done |= going & claimed.any(axis=1)
        stopped[done] = count
        going &= ~done
    return low, high, stopped
