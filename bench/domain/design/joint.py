"""The joint claim: that all but a few of a group of comparisons lie within their margins.

'Nothing else differs by more than 5 %' is what a reader wants to know once the headlines are told.
It is one statement about the whole run, so its members share no error budget among themselves. It
may leave out up to m named *exceptions*, so that one arm that does differ in one phase does not
silence it about all the others. Every member is tested at ``level / (m + 1)``. If at most m
members fail, the claim is made that all others lie within their margins. Nothing is claimed of
those that fail.

Such a claim is false, at any look, with probability at most ``level``. Suppose that K members truly
lie outside their margins. Each of them passes its test at any look whatever with probability at
most a = ``level / (m + 1)``, because the intervals hold at all looks together.

- K <= m: the claim is false only if one of the K passes: with probability at most K a < ``level``.
- K > m: take any m + 1 of the K, before anything is measured. When the claim is made, at most m
  members fail, so at least one of these m + 1 passes. Any of them ever passes with probability at
  most (m + 1) a = ``level``.

Neither independence nor the number of members enters, nor which of them fail at which look. Without
exceptions this is the intersection-union principle (Berger 1982, 'Multiparameter hypothesis testing
and acceptance sampling', Technometrics 24(4)).

A member that no round has measured yet is left out. That changes nothing where it is not decided by
how times compare which cells fail: the m + 1 are then those that are measured first. As long as
fewer of the K are measured, a false claim takes that one of these passes, which is one of the m + 1
too.

The errors of a run add up to its budget. An event in which a run says anything false about wall
time is one of these:

- the interval of a single comparison misses: ``1 - confidence - joint_error`` over all of them
  (see ``family``);
- the joint claim is made and false: ``joint_error``. A member is called equivalent for a claim that
  is made; if that is false, so is the claim.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bench.domain.design.comparison import Comparison
from bench.domain.design.plan import Plan
from bench.domain.metrics import SECONDS
from bench.domain.panel import Cell

MEMBERS_PER_EXCEPTION = 10
"""A claim may leave out one of so many members, to the nearest whole number."""


@dataclass(frozen=True)
class JointClaim:
    """That all of ``members``, except up to ``exceptions`` of them, lie within their margins.

    ``level`` is the probability, over all looks together, with which the claim may be made although
    it is false. Each member is tested at ``member_level``.
    """

    members: tuple[Comparison, ...]
    level: float
    exceptions: int

    @property
    def member_level(self) -> float:
        """The probability with which the test of a member that is outside may ever pass."""
        return self.level / (self.exceptions + 1)


def joint_claim(plan: Plan, comparisons: Sequence[Comparison]) -> JointClaim | None:
    """The joint claim of ``plan``, declared from its family before anything is measured.

    Members are comparisons of wall time that are neither headline nor placebo, and have no phase in
    common with what is headline of the same arm: ``time_to_first_inference`` contains
    ``construct``. There is no claim without members, or where the plan sets no error aside for it.
    """
    members = _members(plan, comparisons)
    if not members or not plan.joint_error:
        return None
    return JointClaim(members, plan.joint_error, exceptions_among(len(members)))


def exceptions_among(members: int) -> int:
    """How many exceptions a claim of so many ``members`` may have."""
    return (members + MEMBERS_PER_EXCEPTION // 2) // MEMBERS_PER_EXCEPTION


def _members(plan: Plan, comparisons: Sequence[Comparison]) -> tuple[Comparison, ...]:
    lifecycles = plan.lifecycles()
    timed = [each for each in comparisons if each.metric is SECONDS and not each.placebo]

    def parts(comparison: Comparison) -> set[str]:
        composites = lifecycles[comparison.panel.call_mode].composites
        return set(composites.get(comparison.phase, (comparison.phase,)))

    headline: dict[Cell, set[str]] = {}
    for comparison in timed:
        if comparison.headline:
            headline.setdefault(comparison.arm, set()).update(parts(comparison))
    return tuple(
        each for each in timed if parts(each).isdisjoint(headline.get(each.arm, frozenset()))
    )
