"""The joint claim: that all but a few of a group of comparisons lie within their margins.

'Nothing else differs by more than 5 %' is what a reader wants to know once the headlines are told.
It is one statement about the whole run, so its members share no error budget among themselves. It
may leave out up to m named *exceptions*, so that one arm that does differ in one phase does not
silence it about all the others. A run of several environments makes two such claims, which answer
two questions: one of the arms within environments, one of arms that are compared with themselves
across environments. With j exceptions every member is tested at ``level / (j + 1)``. If
at most j members fail, the claim is made that all others lie within their margins; it is made with
the fewest exceptions that do. Nothing is claimed of those that fail.

Such a claim is false, at any look, with probability at most ``level``. Suppose that K members truly
lie outside their margins. Of each of them somebody bets that few rounds lie beyond the margin, in
vain: a capital of 1 is not expected to grow. To pass a test at level a takes a capital of 1 / a
(see ``bench.analysis.inference.intervals``). The mean of the K capitals is not expected to grow
either, however they depend on each other, so it ever reaches 1 / ``level`` with probability at most
``level`` (Ville's inequality). A false claim with j exceptions takes that it does. At most j of
the K fail, so of the K at least one passes, and at least K - j. Each of those that pass has
(j + 1) / ``level``, so the mean is, in units of 1 / ``level``, at least

- (j + 1) / K >= 1 where K <= j + 1,
- (K - j) (j + 1) / K = 1 + j (K - j - 1) / K >= 1 where K > j + 1.

Neither independence nor the number of members enters, nor which of them fail at which look, nor how
many exceptions there are. This is closed testing with the mean of e-values (Vovk & Wang 2021,
'E-values: calibration, combination and applications', Annals of Statistics 49(3)). Without
exceptions it is the intersection-union principle (Berger 1982, 'Multiparameter hypothesis testing
and acceptance sampling', Technometrics 24(4)).

A member that no round has measured yet is left out. That changes nothing where it is not decided by
how times compare which cells fail: the K are then those that are ever measured.

The errors of a run add up to its budget. An event in which a run says anything false about wall
time is one of these:

- the interval of a single comparison misses: ``1 - confidence - joint_error`` over all of them
  (see ``family``);
- a joint claim is made and false: ``joint_error``, which two claims share. A member is called
  equivalent for a claim that is made; if that is false, so is the claim.
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
    it is false. ``across`` says whether members compare arms with themselves in other environments.
    """

    members: tuple[Comparison, ...]
    level: float
    exceptions: int
    across: bool = False

    def member_level(self, exceptions: int) -> float:
        """The level at which members are tested when so many ``exceptions`` are left out."""
        return self.level / (exceptions + 1)


def joint_claims(plan: Plan, comparisons: Sequence[Comparison]) -> tuple[JointClaim, ...]:
    """The joint claims of ``plan``, declared from its family before anything is measured.

    Members are comparisons of wall time that are neither headline nor placebo, and have no phase in
    common with what is headline of the same arm: ``time_to_first_inference`` contains
    ``construct``. There is no claim without members, or where the plan sets no error aside for it.
    """
    if not plan.joint_error:
        return ()
    members = _members(plan, comparisons)
    kinds = {
        across: [each for each in members if each.across == across] for across in (False, True)
    }
    groups = {across: tuple(group) for across, group in kinds.items() if group}
    return tuple(
        JointClaim(group, plan.joint_error / len(groups), exceptions_among(len(group)), across)
        for across, group in groups.items()
    )


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
