"""Judges joint claims: whether every member of a group lies within its margin.

The error of such a claim is a matter of one-sided tests. A member whose true effect is above its
margin passes only if its upper bound is below the true effect; that one bound must err with at most
the level of the claim. ``two_sided`` gives the error of the interval whose bounds do.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from bench.analysis.arrays import median
from bench.analysis.inference.effects import Effect
from bench.analysis.inference.intervals import Interval, median_interval, ratio_or_none, two_sided
from bench.analysis.inference.verdicts import rounds_until_within
from bench.domain.design.comparison import Comparison
from bench.domain.design.joint import JointClaim
from bench.domain.design.plan import Plan
from bench.domain.findings.comparisons import JointFinding, JointMember


class JointVerdicts(NamedTuple):
    """What the declared claims came to.

    ``shown`` are the members of claims that hold; ``more_rounds`` the expected number of further
    rounds until a claim holds that a comparison is a member of, where that is known.
    """

    findings: tuple[JointFinding, ...]
    shown: frozenset[Comparison]
    more_rounds: Mapping[Comparison, int]


@dataclass(frozen=True)
class _Tested:
    """A member of a claim: its interval at the level of the claim, against its margin."""

    effect: Effect
    margin: float
    interval: Interval

    @property
    def excess(self) -> tuple[float, float]:
        """How far the interval reaches beyond the margin, then the estimate; inside below 0."""
        edge = math.log1p(self.margin)
        bounds = max(self.interval.high - edge, -edge - self.interval.low)
        return bounds, abs(median(self.effect.log_ratio)) - edge

    @property
    def passes(self) -> bool:
        """Whether the whole interval lies within the margin."""
        edge = math.log1p(self.margin)
        return self.interval.within(-edge, edge)


def judge_claims(
    claims: Sequence[JointClaim], effects: Sequence[Effect], plan: Plan
) -> JointVerdicts:
    """The verdict on each of the declared ``claims``, of which the run's is the first.

    ``effects`` are those of the comparisons. Members that no round measured are left out, and
    claims without any other: which cells fail is not decided by how their times compare. When the
    claim of the run holds, so do the panels', at the level of the run's. ``plan`` gives the
    margins.
    """
    measured = {each.comparison: each for each in effects if len(each.log_ratio)}
    findings: list[JointFinding] = []
    shown: set[Comparison] = set()
    further: dict[Comparison, int] = {}
    run_level: float | None = None
    for claim in claims:
        members = [measured[each] for each in claim.members if each in measured]
        if not members:
            continue
        level = claim.level if run_level is None else run_level
        tested = [_tested(each, plan, level) for each in members]
        holds = all(each.passes for each in tested)
        more = None if holds else _more_rounds(tested, level)
        if holds:
            shown.update(each.comparison for each in members)
            if claim.panel is None:
                run_level = level
        for each in members:
            if more is not None:
                further[each.comparison] = min(more, further.get(each.comparison, more))
        findings.append(
            JointFinding(
                scope="run" if claim.panel is None else "panel",
                **({} if claim.panel is None else dict(claim.panel)),
                verdict="equivalent" if holds else "unresolved",
                margin=plan.margin,
                comparisons=len(members),
                error_share=level,
                widest=_member(max(tested, key=lambda each: each.excess)),
                more_rounds=more,
            )
        )
    return JointVerdicts(tuple(findings), frozenset(shown), further)


def _tested(effect: Effect, plan: Plan, level: float) -> _Tested:
    comparison = effect.comparison
    return _Tested(
        effect,
        plan.margin_of(comparison.metric, comparison.phase, effect.baseline_value),
        median_interval(effect.log_ratio, two_sided(level)),
    )


def _more_rounds(tested: Sequence[_Tested], level: float) -> int | None:
    """Further rounds until the last member passes; None where that of any is not known."""
    needed = [
        rounds_until_within(each.effect.log_ratio, two_sided(level), each.margin)
        for each in tested
        if not each.passes
    ]
    known = [each for each in needed if each is not None]
    return max(known) if len(known) == len(needed) else None


def _member(tested: _Tested) -> JointMember:
    return JointMember(
        **tested.effect.comparison.arm.fields(),
        phase=tested.effect.comparison.phase,
        margin=tested.margin,
        ratio=math.exp(median(tested.effect.log_ratio)),
        ratio_low=ratio_or_none(tested.interval.low),
        ratio_high=ratio_or_none(tested.interval.high),
    )
