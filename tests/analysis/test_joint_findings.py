"""What is found of the joint claim: its widest member, its forecast, and which members count."""

from __future__ import annotations

import numpy as np
import pytest

from bench.analysis.compare import comparison_findings
from bench.analysis.inference.effects import Effect
from bench.analysis.inference.joint import JointVerdicts
from tests.analysis.joint_effects import (
    LONG,
    OFF,
    PLAN,
    THREE,
    TIMED,
    TWO,
    Truth,
    effects,
    equal,
    judged,
    left_out,
    member,
    named,
    one_off,
    some_off,
)


def test_widest_member_shown_is_named_with_its_bounds(random: np.random.Generator) -> None:
    truth = some_off(0.02, TWO[1])
    found = [
        Effect(
            each.comparison, each.log_ratio + OFF * (named(each.comparison) == TWO[0]), LONG, LONG
        )
        for each in effects(random, truth, 40, spread=0.005)
    ]
    run, first, second, _ = judged(found).findings
    assert left_out(run) == [TWO[0]]
    widest = run.widest
    assert (widest.arm, widest.phase, widest.layers) == TWO[1], "the exception is not shown"
    assert second.widest == widest
    assert first.widest.layers == 2
    assert abs(np.log(first.widest.ratio)) < 0.01
    assert widest.ratio_low is not None
    assert widest.ratio_high is not None
    assert widest.ratio_low < np.exp(0.02) < widest.ratio_high <= 1.05
    assert widest.ratio == pytest.approx(np.exp(0.02), abs=0.005)


def test_member_that_keeps_the_claim_from_being_made_is_named() -> None:
    """The third worst: two may be exceptions."""
    sizes: dict[object, float] = dict(zip(THREE, (0.09, 0.08, 0.07), strict=True))
    found = [Effect(each, np.full(30, sizes.get(named(each), 0.0)), LONG, LONG) for each in TIMED]
    run, *panels = judged(found).findings
    assert (run.widest.phase, run.widest.layers) == ("trace", 8)
    assert run.widest.ratio == pytest.approx(np.exp(0.07))
    assert [each.widest.ratio for each in panels] == pytest.approx(np.exp([0.09, 0.08, 0.07]))


def test_forecast_is_until_no_more_members_fail_than_may(random: np.random.Generator) -> None:
    assert judged(effects(random, some_off(OFF, *THREE), 30)).findings[0].more_rounds is None
    joint = judged(effects(random, some_off(OFF, *TWO), 8))
    (run, *panels) = joint.findings
    assert run.more_rounds is not None
    assert 1 <= run.more_rounds < 30
    assert {each.more_rounds for each in panels} >= {run.more_rounds}
    assert len(joint.more_rounds) == 22, "the two that differ are not expected to be shown"
    assert min(joint.more_rounds.values()) == run.more_rounds
    assert set(TWO).isdisjoint(map(named, joint.more_rounds))


def test_claim_shortens_the_forecast_of_its_members(random: np.random.Generator) -> None:
    found = effects(random, equal, 6)
    alone = comparison_findings(found, PLAN, JointVerdicts((), frozenset(), {}), 6)
    together = comparison_findings(found, PLAN, judged(found), 6)
    first, second = member(alone).more_rounds, member(together).more_rounds
    assert first is not None
    assert second is not None
    assert second < first


def unbuilt_fails(random: np.random.Generator, truth: Truth) -> list[Effect]:
    """One of the two arms has never been measured."""
    return [
        Effect(each.comparison, each.log_ratio[:0], None, LONG)
        if each.comparison.arm.arm == "unbuilt"
        else each
        for each in effects(random, truth, 40)
    ]


def test_members_that_no_round_measured_are_left_out(random: np.random.Generator) -> None:
    joint = judged(unbuilt_fails(random, equal))
    assert {each.comparisons for each in joint.findings} == {12, 4}
    assert joint.findings[0].verdict == "equivalent"
    assert {each.arm.arm for each in joint.shown} == {"by_depth"}


def test_exceptions_are_no_larger_part_of_those_measured(random: np.random.Generator) -> None:
    run, *_ = judged(unbuilt_fails(random, one_off(OFF))).findings
    assert (run.verdict, left_out(run), run.exceptions_allowed) == ("equivalent", [TWO[1]], 1)
    run, *_ = judged(unbuilt_fails(random, some_off(OFF, *TWO))).findings
    assert run.verdict == "unresolved"


def test_claim_without_a_measured_member_is_no_finding() -> None:
    found = [Effect(each, np.empty(0), None, None) for each in TIMED]
    assert judged(found) == JointVerdicts((), frozenset(), {})
