"""Runs whose truth is known: how often the verdicts, intervals and claims of a whole run are wrong.

A simulated run measures headline comparisons against one baseline, and the members of the joint
claim against a baseline in each panel, round by round, as the suite does: times are made of a
machine that drifts, of a part that all replicates of a cell in a round share, and of a part of each
replicate's own; replicates are reduced by their mean; the effect of a round is the log ratio to the
baseline. The run stops when every comparison is resolved, or after its last round, and what counts
is what it says *then*; or, worse, at its first claim; or, in the worst case, at any look.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from bench.analysis.arrays import Booleans, Floats, Integers
from bench.analysis.inference.intervals import EITHER, FEW, Bets, critical_counts
from bench.domain.design.error_budget import JOINT_ERROR, error_shares
from bench.domain.design.joint import exceptions_among

Noise = Callable[[np.random.Generator, tuple[int, ...]], Floats]
"""Draws logs of times, with a standard deviation of about 1."""

BATCH = 250
"""Runs that are in memory at a time."""


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

    ``effects`` are the true log ratios of the headline comparisons, ``joint`` those of the members
    of the joint claim in each panel; with ``alike`` all members of a panel have the same noise,
    else they share that of their baseline. ``width`` is the standard deviation of the log of a
    time; ``icc`` the part of its variance that the replicates of a cell in a round share. ``error``
    is the budget of the run, of which the joint claim gets ``joint_error``. It may leave out
    ``exceptions``, or, where these are None, as many as it has by the rule; ``margin`` is relative.
    """

    effects: tuple[float, ...]
    noise: Noise
    icc: float
    joint: tuple[tuple[float, ...], ...] = ()
    alike: bool = False
    rounds: int = 60
    replicates: int = 3
    width: float = 0.1
    error: float = 0.05
    joint_error: float = JOINT_ERROR
    exceptions: int | None = None
    margin: float = 0.05

    @property
    def truth(self) -> Floats:
        """The true log ratios of all comparisons: headlines, then members panel by panel."""
        return np.array([*self.effects, *(each for panel in self.joint for each in panel)])

    @property
    def panel(self) -> Integers:
        """The panel of each comparison; -1 of a headline, which is in no joint claim."""
        sizes = [len(self.effects), *map(len, self.joint)]
        return np.repeat(np.arange(-1, len(self.joint)), sizes)

    @property
    def exceptions_allowed(self) -> int:
        """How many members the joint claim may leave out."""
        if self.exceptions is not None:
            return self.exceptions
        return exceptions_among(sum(map(len, self.joint)))

    @property
    def outside(self) -> Booleans:
        """Which comparisons differ by the margin or more: the very margin counts as outside."""
        return np.asarray(abs(self.truth) >= np.log1p(self.margin))


@dataclass(frozen=True)
class Outcome:
    """What simulated runs said.

    A false claim is an arm called faster or slower that is not, or equivalent although it is
    outside the margin, or a joint claim that shows a member that is: ``false_claims`` is the part
    of runs with one when they stopped, ``false_first_claims`` when they had made their first claim,
    of a difference or jointly, and ``ever_false`` at any look at all of their rounds. A member at
    its very margin counts as outside. When they stopped, ``missed`` is the part of runs in which
    the interval of any comparison missed the truth; ``found`` the part of headline effects that
    were called by their direction, NaN where there is none; ``joint`` the part of runs with the
    joint claim, true or not; ``rounds`` the mean number of rounds.
    """

    runs: int
    false_claims: float
    false_first_claims: float
    ever_false: float
    missed: float
    found: float
    joint: float
    rounds: float


@dataclass(frozen=True)
class Looks:
    """What runs say at every look: shape (runs, rounds, comparisons), or without the last axis.

    ``equivalent`` are comparisons that their own interval says it of; ``shown`` are members that
    the joint claim shows where it is ``made``.
    """

    slower: Booleans
    faster: Booleans
    equivalent: Booleans
    missed: Booleans
    made: Booleans
    shown: Booleans


def simulate_runs(design: Design, runs: int, random: np.random.Generator) -> Outcome:
    """``runs`` runs of ``design``, each stopped when every comparison is resolved."""
    sizes = [BATCH] * (runs // BATCH) + [runs % BATCH] * (runs % BATCH > 0)
    parts = [_counted(design, size, random) for size in sizes]
    return Outcome(runs, *(float(each) for each in np.average(parts, axis=0, weights=sizes)))


def draw_effects(design: Design, runs: int, random: np.random.Generator) -> Floats:
    """Log ratios to the baseline, shape (runs, rounds, comparisons)."""
    groups = [len(design.effects), *map(len, design.joint)]
    cells = len(design.truth) + len(groups)
    shared = design.noise(random, (runs, design.rounds, cells))
    own = design.noise(random, (runs, design.rounds, cells, design.replicates))
    machine = np.cumsum(random.normal(0, 0.02, (runs, design.rounds, 1)), axis=1)
    parts = np.sqrt(design.icc), np.sqrt(1 - design.icc)
    times = machine + design.width * (parts[0] * shared + parts[1] * own.mean(axis=-1))
    # The baselines come first, then the arms of each group in turn.
    baseline = np.repeat(np.arange(len(groups)), groups)
    arm = len(groups) + np.arange(len(design.truth))
    if design.alike:
        firsts = len(groups) + np.cumsum([0, *groups[:-1]])
        arm = np.where(design.panel >= 0, firsts[baseline], arm)
    effects: Floats = times[..., arm] - times[..., baseline] + design.truth
    return effects


def looks(effects: Floats, design: Design) -> Looks:
    """What runs with these log ratios (runs, rounds, comparisons) say after each round.

    A bound is on one side of a value if few enough rounds are on the other, so that counting takes
    the place of sorting.
    """
    truth, edge, member = design.truth, np.log1p(design.margin), design.panel >= 0
    share = error_shares(design.error - design.joint_error, [*~member])
    rounds = effects.shape[1]
    own = np.where(member, _critical(share[False], rounds), _critical(share[True], rounds))
    beyond = np.maximum(_count(effects < -edge), _count(effects > edge))
    slower, faster = _count(effects <= 0) <= own, _count(effects >= 0) <= own
    made = np.zeros(effects.shape[:2], dtype=bool)
    shown = np.zeros(effects.shape, dtype=bool)
    for exceptions in range(design.exceptions_allowed + 1 if member.any() else 0):
        level = design.joint_error / (exceptions + 1)
        passes = (beyond <= _critical(level, rounds, FEW)) & member
        now = ~made & ((member & ~passes).sum(axis=-1) <= exceptions)
        shown |= passes & now[..., np.newaxis]
        made |= now
    return Looks(
        slower=slower,
        faster=faster,
        equivalent=(beyond <= own) & ~slower & ~faster,
        missed=(_count(effects <= truth) <= own) | (_count(effects >= truth) <= own),
        made=made,
        shown=shown,
    )


def _counted(design: Design, runs: int, random: np.random.Generator) -> tuple[float, ...]:
    """The fields of ``Outcome`` after ``runs``."""
    truth = design.truth
    said = looks(draw_effects(design, runs, random), design)
    within = said.equivalent | said.shown
    wrong = np.any(
        (said.slower & (truth <= 0)) | (said.faster & (truth >= 0)) | (within & design.outside),
        axis=-1,
    )
    resolved = said.slower | said.faster | within
    claimed = (said.slower | said.faster).any(axis=-1) | said.made
    stop, first = _first(np.asarray(resolved.all(axis=-1))), _first(np.asarray(claimed))
    run = np.arange(runs)
    real = (truth != 0) & (design.panel < 0)
    right = np.where(truth > 0, said.slower[run, stop], said.faster[run, stop])[:, real]
    return (
        wrong[run, stop].mean(),
        wrong[run, first].mean(),
        wrong.any(axis=-1).mean(),
        said.missed[run, stop].any(axis=-1).mean(),
        right.mean() if real.any() else np.nan,
        said.made[run, stop].mean(),
        stop.mean() + 1,
    )


def _critical(error: float, rounds: int, bets: Bets = EITHER) -> Integers:
    """For each look, the most rounds on one side of a value that exclude it, shape (rounds, 1)."""
    return critical_counts(error, rounds, bets)[1 : rounds + 1, np.newaxis]


def _count(here: Booleans) -> Integers:
    """How many rounds so far, at every look; ``here`` has shape (runs, rounds, comparisons)."""
    return np.cumsum(here, axis=1, dtype=np.int64)


def _first(reached: Booleans) -> Integers:
    """The first look (runs,) at which each of ``reached`` (runs, rounds), else the last one."""
    last = reached.shape[1] - 1
    return np.asarray(np.where(reached.any(axis=1), reached.argmax(axis=1), last))
