"""Joint claims: that all of a group of comparisons lie within their margins, as one statement.

'Nothing else differs by more than 5 %' is what a reader wants to know once the headlines are told.
By the intersection-union principle (Berger 1982, 'Multiparameter hypothesis testing and acceptance
sampling', Technometrics 24(4)) such a claim needs no correction for the number of its members. It
is made when every member, tested at the level of the claim, lies within its margin. If the claim is
false, some member is outside its margin, and the claim is made only if the test of *that* member
errs: with probability at most ``level``, however many members there are.

The errors of a run add up to its budget. An event in which a run says anything false about wall
time is one of these:

- the interval of a single comparison misses: ``1 - confidence - joint_error`` over all of them
  (see ``family``);
- the claim of the run is made and false: its level, half of ``joint_error``;
- the claim of a panel is false and the panel's own members pass: its level, for all panels together
  the other half of ``joint_error``.

The claim of the run holds for each panel too. A panel's claim that is false, and made because the
run's is made, costs nothing more: the run's is false then as well. A member is called equivalent
for a claim that holds; if that is false, so is the claim. The tests of members hold at every look,
so these probabilities are over all looks together, wherever the run stops.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from bench.domain.design.comparison import Comparison
from bench.domain.design.plan import Plan
from bench.domain.metrics import SECONDS
from bench.domain.panel import Cell, Panel


@dataclass(frozen=True)
class JointClaim:
    """That every one of ``members`` lies within its margin; ``panel`` is None for the whole run.

    ``level`` is the probability, over all looks together, with which the claim may be made although
    it is false. Each member is tested at that level.
    """

    panel: Panel | None
    members: tuple[Comparison, ...]
    level: float


def joint_claims(plan: Plan, comparisons: Sequence[Comparison]) -> list[JointClaim]:
    """The joint claims of ``plan``, declared from its family before anything is measured.

    The run's claim comes first, then, of several panels, each one's. Members are comparisons of
    wall time that are neither headline nor placebo, and have no phase in common with what is
    headline of the same arm: ``time_to_first_inference`` contains ``construct``. There are no
    claims without members, or where the plan sets no error aside for them.
    """
    members = _members(plan, comparisons)
    if not members or not plan.joint_error:
        return []
    panels = dict.fromkeys(member.panel for member in members)
    levels = joint_levels(plan.joint_error, len(panels))
    run = JointClaim(None, members, levels.run)
    if len(panels) == 1:
        return [run]
    return [
        run,
        *(
            JointClaim(panel, tuple(m for m in members if m.panel == panel), levels.panel)
            for panel in panels
        ),
    ]


class JointLevels(NamedTuple):
    """The levels of the run's claim, and of the claim of each panel."""

    run: float
    panel: float


def joint_levels(error: float, panels: int) -> JointLevels:
    """How ``error`` is shared: half for the run, half for all panels; a single one *is* the run."""
    if panels < 2:
        return JointLevels(error, error)
    return JointLevels(error / 2, error / 2 / panels)


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
