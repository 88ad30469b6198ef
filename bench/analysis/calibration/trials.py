"""What the suite says of work whose truth is known, and what common harnesses say of it.

Each experiment of a calibration is a run in small: its replicates alone are analysed, with an error
budget of its own, after every round, exactly as ``conclude`` would. Blocks are the common way: one
process, first all samples of one arm and then of the other.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy import stats

from bench.analysis.arrays import Floats, median
from bench.analysis.calibration.findings import BlockRule, EqualWork, InjectedWork, Rule
from bench.analysis.inference.duplicates import without_duplicates
from bench.analysis.inference.effects import Effect, effect_of
from bench.analysis.inference.intervals import Interval, median_interval, rounds_to_exclude
from bench.analysis.inference.verdicts import judge
from bench.analysis.samples.costs import run_costs
from bench.analysis.samples.invocations import to_invocations
from bench.analysis.samples.rounds import Composites, RoundCosts
from bench.domain.design.comparison import Comparison
from bench.domain.design.plan import Plan
from bench.domain.findings.comparisons import Verdict
from bench.domain.metrics import SECONDS

SIGNIFICANT = 0.05
"""The level at which common harnesses call a difference significant."""

THRESHOLD = 0.05
"""The difference of means from which others alarm."""


class Pair(NamedTuple):
    """Times of one block, in any one unit, each of shape (samples,)."""

    baseline: Floats
    arm: Floats


@dataclass(frozen=True)
class CalibrationComparison:
    """One comparison of one experiment: the truth, and verdict and interval after every round.

    ``injected`` is relative; ``intervals`` are of the log ratio.
    """

    experiment: int
    phase: str
    injected: float
    ratio: float
    verdicts: tuple[Verdict, ...]
    intervals: tuple[Interval, ...]

    @property
    def claimed_by_round(self) -> list[bool]:
        """Whether ``slower`` had been said at some look until each round."""
        return list(np.logical_or.accumulate([verdict == "slower" for verdict in self.verdicts]))


def trials(
    samples: pd.DataFrame,
    plan: Plan,
    comparisons: Sequence[Comparison],
    *,
    injected: Mapping[str, float],
    experiments: int,
    replicates: int,
) -> list[CalibrationComparison]:
    """Every comparison of every experiment whose truth is known.

    ``samples`` is the table of samples, its replicates numbered from 0 and dealt to ``experiments``
    of ``replicates`` each; ``injected`` maps arms to the part that their ``construct`` takes
    longer. Their later phases are equal work. What the samples show to repeat another comparison
    counts once, as in ``conclude``.
    """
    composites = plan.composites()
    comparisons = [comparison for comparison in comparisons if comparison.metric == SECONDS]
    comparisons = without_duplicates(comparisons, to_invocations(samples), composites)
    known = [
        (comparison, truth)
        for comparison in comparisons
        if (truth := _truth(comparison, injected, composites)) is not None
    ]
    numbers = np.unique(samples["round"])
    first = min(rounds_to_exclude(comparison.error_share) for comparison in comparisons)
    first = min(first, len(numbers))
    found: list[CalibrationComparison] = []
    for experiment in range(experiments):
        own = samples["replicate"] // replicates == experiment
        if plan.co_scheduling is not None:
            # Ratios are the experiment's own; what a time is, all learn from the solo invocations.
            own |= samples["group"].isna()
        mine = to_invocations(samples[own])
        looks = [
            run_costs(mine.until(number), plan).compared if look >= first else None
            for look, number in enumerate(numbers, start=1)
        ]
        found += [_trial(experiment, comparison, truth, looks, plan) for comparison, truth in known]
    return found


def equal_work(found: Sequence[CalibrationComparison]) -> EqualWork:
    """The count over all trials without an injected effect."""
    equal = [trial for trial in found if not trial.injected]
    with_claims = {trial.experiment for trial in equal if trial.verdicts[-1] in _CLAIMS}
    return EqualWork(**_counts(equal), experiments_with_claims=len(with_claims))


def injected_work(found: Sequence[CalibrationComparison]) -> Iterator[InjectedWork]:
    """A count for each injected effect on ``construct``, none of them too, the smallest first."""
    constructs = [trial for trial in found if trial.phase == "construct"]
    for injected in sorted({trial.injected for trial in constructs}):
        these = [trial for trial in constructs if trial.injected == injected]
        yield InjectedWork(
            **_counts(these),
            injected=injected,
            ratio=median(np.array([trial.ratio for trial in these])),
            found_by_round=tuple(
                np.sum([trial.claimed_by_round for trial in these], axis=0).tolist()
            ),
        )


def block_rules(pairs: Mapping[float, Sequence[Pair]]) -> Iterator[BlockRule]:
    """What each common rule says of the blocks of each injected effect."""
    rules: dict[Rule, list[bool]] = {}
    for injected, blocks in sorted(pairs.items()):
        slower = [bool(block.arm.mean() > block.baseline.mean()) for block in blocks]
        rules = {
            "t-test": [
                bool(stats.ttest_ind(block.arm, block.baseline, equal_var=False)[1] < SIGNIFICANT)
                for block in blocks
            ],
            "Mann-Whitney": [
                bool(stats.mannwhitneyu(block.arm, block.baseline)[1] < SIGNIFICANT)
                for block in blocks
            ],
            "means 5 % apart": [
                abs(float(block.arm.mean() / block.baseline.mean()) - 1) > THRESHOLD
                for block in blocks
            ],
        }
        for rule, alarms in rules.items():
            claims = [up for up, alarm in zip(slower, alarms, strict=True) if alarm]
            yield BlockRule(
                rule=rule,
                injected=injected,
                comparisons=len(blocks),
                slower=sum(claims),
                faster=len(claims) - sum(claims),
            )


_CLAIMS = ("faster", "slower")


def _truth(
    comparison: Comparison, injected: Mapping[str, float], composites: Composites
) -> float | None:
    part = 0.0 if comparison.placebo else injected[comparison.arm.arm]
    own = composites.get(comparison.panel.call_mode, {})
    phases = own.get(comparison.phase, (comparison.phase,))
    if not part or "construct" not in phases:
        return 0.0
    return part if set(phases) <= {"construct", "build"} else None


def _trial(
    experiment: int,
    comparison: Comparison,
    truth: float,
    looks: Sequence[RoundCosts | None],
    plan: Plan,
) -> CalibrationComparison:
    effects = [None if costs is None else effect_of(comparison, costs) for costs in looks]
    intervals = [
        Interval(-np.inf, np.inf)
        if effect is None
        else median_interval(effect.log_ratio, comparison.error_share, effect.without_ratio)
        for effect in effects
    ]
    last = effects[-1]
    assert last is not None
    return CalibrationComparison(
        experiment=experiment,
        phase=comparison.phase,
        injected=truth,
        ratio=math.exp(median(last.log_ratio)),
        verdicts=tuple(
            _verdict(comparison, interval, effect, plan)
            for interval, effect in zip(intervals, effects, strict=True)
        ),
        intervals=tuple(intervals),
    )


def _verdict(
    comparison: Comparison, interval: Interval, effect: Effect | None, plan: Plan
) -> Verdict:
    value = None if effect is None else effect.baseline_value
    margin, negligible = (
        of(comparison.metric, comparison.phase, value)
        for of in (plan.margin_of, plan.negligible_of)
    )
    return judge(interval, margin, negligible).verdict


def _counts(found: Sequence[CalibrationComparison]) -> dict[str, int]:
    last = [trial.verdicts[-1] for trial in found]
    return {
        "comparisons": len(found),
        **{
            verdict: last.count(verdict)
            for verdict in ("slower", "faster", "equivalent", "unresolved")
        },
        "ever_claimed": sum(not set(_CLAIMS).isdisjoint(trial.verdicts) for trial in found),
        "missed": sum(
            not trial.intervals[-1].low <= math.log1p(trial.injected) <= trial.intervals[-1].high
            for trial in found
        ),
    }
