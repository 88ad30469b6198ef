"""Judges joint claims: whether all but a few members of a group lie within their margins.

A member passes if both its bounds lie within its margin. The error of that is a matter of one
bound: a member whose true effect is above its margin passes only if its upper bound is below that
effect. ``bench.domain.design.joint`` says at which level members are tested, and why.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from bench.analysis.arrays import median
from bench.analysis.inference.effects import Effect
from bench.analysis.inference.intervals import Interval, bounds, ratio_or_none
from bench.analysis.inference.verdicts import rounds_until_within
from bench.domain.design.comparison import Comparison
from bench.domain.design.joint import JointClaim, exceptions_among
from bench.domain.design.plan import Plan
from bench.domain.findings.comparisons import JointFinding, JointMember
from bench.domain.panel import Panel


class JointVerdicts(NamedTuple):
    """What the declared claims came to.

    ``shown`` are the members that pass when their claim is made. ``more_rounds`` is, of the others,
    the expected number of further rounds until they are shown, where that is known.
    """

    findings: tuple[JointFinding, ...]
    shown: frozenset[Comparison]
    more_rounds: Mapping[Comparison, int]


@dataclass(frozen=True)
class _Tested:
    """A member of the claim: its interval at the level of the members, against its margin.

    ``more_rounds`` is the expected number of further rounds until it passes: 0 if it does,
    infinite where that is not known.
    """

    effect: Effect
    margin: float
    interval: Interval
    more_rounds: float

    @property
    def excess(self) -> tuple[float, float]:
        """How far the interval reaches beyond the margin, then the estimate; inside below 0."""
        edge = math.log1p(self.margin)
        beyond = max(self.interval.high - edge, -edge - self.interval.low)
        return beyond, abs(median(self.effect.log_ratio)) - edge

    @property
    def passes(self) -> bool:
        """Whether the whole interval lies within the margin."""
        return self.more_rounds == 0


class _Attempt(NamedTuple):
    """The claim with at most so many ``exceptions``: its members, tested at the level for that."""

    exceptions: int
    tested: Sequence[_Tested]

    @property
    def more_rounds(self) -> float:
        """The expected number of further rounds until the claim is made: 0 if it is."""
        return sorted(each.more_rounds for each in self.tested)[-self.exceptions - 1]

    @property
    def preference(self) -> tuple[float, int]:
        """Sorts attempts: the one made soonest comes first, of those that are, the strictest.

        Of those that are never made the most lenient comes first.
        """
        never = self.more_rounds == math.inf
        return self.more_rounds, -self.exceptions if never else self.exceptions


def judge_claims(
    claims: Sequence[JointClaim], effects: Sequence[Effect], plan: Plan
) -> JointVerdicts:
    """The verdict on each of the declared ``claims``, for the run and, of several panels, for each.

    ``effects`` are those of the comparisons. Members that no round measured are left out, and the
    claim without any other: which cells fail is not decided by how their times compare. Of those
    that are left, the exceptions may be no larger part than of all members. ``plan`` gives the
    margins.
    """
    measured = {each.comparison: each for each in effects if len(each.log_ratio)}
    verdicts = [
        _judge(claim, members, plan)
        for claim in claims
        if (members := [measured[each] for each in claim.members if each in measured])
    ]
    return JointVerdicts(
        tuple(finding for each in verdicts for finding in each.findings),
        frozenset(member for each in verdicts for member in each.shown),
        {member: n for each in verdicts for member, n in each.more_rounds.items()},
    )


def _judge(claim: JointClaim, members: Sequence[Effect], plan: Plan) -> JointVerdicts:
    """The verdict on one claim, of which ``members`` are measured."""
    allowed = min(claim.exceptions, exceptions_among(len(members)))
    attempts: list[_Attempt] = []
    for count in range(allowed + 1):
        level = claim.member_level(count)
        attempts.append(_Attempt(count, [_tested(each, plan, level) for each in members]))
        if attempts[-1].more_rounds == 0:
            break
    attempt = min(attempts, key=lambda each: each.preference)
    until_shown = {
        each.effect.comparison: max(attempt.more_rounds, each.more_rounds)
        for each in attempt.tested
    }
    return JointVerdicts(
        tuple(_findings(claim, attempt, allowed, until_shown, plan)),
        frozenset(each for each, rounds in until_shown.items() if rounds == 0),
        {each: int(n) for each, n in until_shown.items() if 0 < n < math.inf},
    )


def _tested(effect: Effect, plan: Plan, level: float) -> _Tested:
    comparison, log_ratio = effect.comparison, effect.log_ratio
    margin = plan.margin_of(comparison.metric, comparison.phase, effect.baseline_value)
    interval, edge = bounds(log_ratio, level, effect.without_ratio), math.log1p(margin)
    if interval.within(-edge, edge):
        return _Tested(effect, margin, interval, more_rounds=0)
    needed = rounds_until_within(log_ratio, level, margin, effect.without_ratio)
    return _Tested(effect, margin, interval, math.inf if needed is None else needed)


def _findings(
    claim: JointClaim,
    attempt: _Attempt,
    allowed: int,
    until_shown: Mapping[Comparison, float],
    plan: Plan,
) -> Iterator[JointFinding]:
    """The finding of the run, then, of several panels, each one's, which follows from it."""
    tested, made = attempt.tested, attempt.more_rounds == 0
    in_panels: dict[Panel, list[_Tested]] = {}
    for each in tested:
        in_panels.setdefault(each.effect.comparison.panel, []).append(each)
    panels = in_panels if len(in_panels) > 1 else {}
    for panel, members in [(None, tested), *panels.items()]:
        failing = [each for each in members if not each.passes]
        soonest = min(until_shown[each.effect.comparison] for each in members)
        in_the_way = 0 if panel else attempt.exceptions
        furthest = sorted(members, key=lambda each: each.excess, reverse=True)
        yield JointFinding(
            scope="panel" if panel else "run",
            across=claim.across,
            **(dict(panel) if panel else {}),
            verdict="unresolved" if soonest else "equivalent",
            margin=plan.margin,
            comparisons=len(members),
            exceptions=tuple(_member(each, plan) for each in failing if made),
            exceptions_allowed=allowed,
            error_share=claim.level,
            widest=_member(furthest[in_the_way if soonest else len(failing)], plan),
            more_rounds=int(soonest) if 0 < soonest < math.inf else None,
        )


def _member(tested: _Tested, plan: Plan) -> JointMember:
    comparison = tested.effect.comparison
    where = dict.fromkeys(each.environment for each in (comparison.arm, comparison.baseline))
    return JointMember(
        **comparison.arm.fields(),
        phase=comparison.phase,
        environments=tuple(where) if len(plan.environments) > 1 else (),
        margin=tested.margin,
        ratio=math.exp(median(tested.effect.log_ratio)),
        ratio_low=ratio_or_none(tested.interval.low),
        ratio_high=ratio_or_none(tested.interval.high),
    )
