"""Effects of a run whose truth is known, as sharp as co-scheduled arms measure them.

``judged(effects(random, some_off(OFF, ...), rounds))`` is what the joint claim of ``PLAN`` says.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from bench.analysis.inference.effects import Effect
from bench.analysis.inference.joint import JointVerdicts, judge_claims
from bench.domain.design.comparison import Comparison, family
from bench.domain.design.error_budget import JOINT_ERROR
from bench.domain.design.joint import joint_claims
from bench.domain.design.plan import Plan
from bench.domain.findings.comparisons import ComparisonFinding, JointFinding, JointMember
from bench.domain.metrics import SECONDS
from tests.fakes.plan import fake_plan

SHARP = 0.015
LONG = 0.1
"""Seconds of a phase whose margin has no floor."""

PLAN = fake_plan("good", "unbuilt", "by_depth", layers=(2, 4, 8))
TIMED = [each for each in family(PLAN) if each.metric is SECONDS]
LEVEL = JOINT_ERROR
"""Of each of the 24 members, as long as none of the two exceptions is made use of."""

OFF = float(np.log(1.08))

Truth = Callable[[Comparison], float]


def equal(comparison: Comparison) -> float:
    return 0.0


def one_off(effect: float, phase: str = "trace", layers: int = 4) -> Truth:
    """One arm differs in one phase of one panel."""
    return some_off(effect, ("by_depth", phase, layers))


def some_off(effect: float, *which: tuple[str, str, int]) -> Truth:
    """Arms differ in phases of panels."""
    return lambda comparison: effect if named(comparison) in which else 0.0


def named(comparison: Comparison) -> tuple[str, str, int | None]:
    return comparison.arm.arm, comparison.phase, comparison.panel.layers


TWO = (("by_depth", "trace", 2), ("by_depth", "trace", 4))
THREE = (*TWO, ("by_depth", "trace", 8))


def effects(
    random: np.random.Generator,
    truth: Truth,
    rounds: int,
    spread: float = SHARP,
    seconds: Mapping[str, float] | None = None,
) -> list[Effect]:
    """Of every comparison of wall time; ``seconds`` is the baseline's in each phase."""
    return [
        Effect(
            comparison,
            truth(comparison) + random.normal(0, spread, rounds),
            arm_value=LONG,
            baseline_value=(seconds or {}).get(comparison.phase, LONG),
        )
        for comparison in TIMED
    ]


def judged(found: list[Effect], plan: Plan = PLAN) -> JointVerdicts:
    return judge_claims(joint_claims(plan, [each.comparison for each in found]), found, plan)


def named_member(found: JointMember) -> tuple[str, str, int | None]:
    return found.arm, found.phase, found.layers


def left_out(finding: JointFinding) -> list[tuple[str, str, int | None]]:
    return [named_member(each) for each in finding.exceptions]


def member(found: list[ComparisonFinding], layers: int = 4) -> ComparisonFinding:
    which = ("by_depth", "trace", layers)
    return next(each for each in found if (each.arm, each.phase, each.layers) == which)
