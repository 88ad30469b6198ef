"""The joint claim on effects whose truth is known: when it is made, and what it leaves out."""

from __future__ import annotations

import numpy as np
import pytest

from bench.analysis.arrays import Floats
from bench.analysis.compare import comparison_findings
from bench.analysis.inference.effects import Effect
from bench.analysis.inference.intervals import FEW, critical_counts
from bench.analysis.inference.joint import judge_claims
from bench.domain.design.comparison import Comparison, family
from bench.domain.design.error_budget import JOINT_ERROR
from bench.domain.design.joint import joint_claims
from bench.domain.metrics import SECONDS
from tests.analysis.joint_effects import (
    LEVEL,
    LONG,
    OFF,
    PLAN,
    SHARP,
    THREE,
    TIMED,
    TWO,
    effects,
    equal,
    judged,
    left_out,
    member,
    named,
    named_member,
    one_off,
    some_off,
)
from tests.fakes.plan import fake_plan


def test_equal_members_at_sharp_noise_are_one_claim(random: np.random.Generator) -> None:
    run, *panels = judged(effects(random, equal, 25)).findings
    assert (run.scope, run.verdict, run.scenario, run.panel) == ("run", "equivalent", None, None)
    assert run.comparisons == 2 * 4 * 3, "two arms, four phases, three panels"
    assert (run.margin, run.error_share, run.more_rounds) == (0.05, JOINT_ERROR, None)
    assert (run.exceptions, run.exceptions_allowed) == ((), 2)
    assert [each.panel for each in panels] == list(PLAN.panels)
    assert {(each.verdict, each.comparisons) for each in panels} == {("equivalent", 8)}


def test_members_that_are_shown_are_equivalent(random: np.random.Generator) -> None:
    found = effects(random, equal, 14)
    joint = judged(found)
    findings = comparison_findings(found, PLAN, joint, 14)
    members = [
        each
        for each, effect in zip(findings, found, strict=True)
        if effect.comparison in joint.shown
    ]
    assert len(members) == 24 - len(joint.findings[0].exceptions) >= 22
    assert {each.verdict for each in members} == {"equivalent"}
    assert all(each.within_margin for each in members)
    rests = [each for each in members if each.joint]
    assert rests, "14 rounds are too few for some of the members alone"
    for each in rests:
        assert not (
            each.ratio_low
            and each.ratio_high
            and 1 / 1.05 <= each.ratio_low <= each.ratio_high <= 1.05
        )
        assert each.more_rounds is None
        assert "too_few_rounds" not in {warning.kind for warning in each.warnings}
    assert not any(each.joint for each in findings if each.headline or each.placebo)


def test_member_8_percent_off_is_never_among_those_shown(random: np.random.Generator) -> None:
    for _ in range(200):
        whole = effects(random, one_off(OFF), 40)
        for rounds in range(9, 41, 4):
            joint = judged([Effect(e.comparison, e.log_ratio[:rounds], LONG, LONG) for e in whole])
            assert TWO[1] not in map(named, joint.shown)
        assert joint.findings[0].verdict == "equivalent", "the others are shown without it"
        assert left_out(joint.findings[0]) == [TWO[1]]


def test_as_many_members_as_declared_may_differ(random: np.random.Generator) -> None:
    run, *panels = judged(effects(random, some_off(OFF, *TWO), 40)).findings
    assert (run.verdict, run.comparisons, left_out(run)) == ("equivalent", 24, list(TWO))
    assert [left_out(each) for each in panels] == [[TWO[0]], [TWO[1]], []]
    assert {(each.verdict, each.comparisons) for each in panels} == {("equivalent", 8)}


def test_claim_is_never_made_where_more_members_differ(random: np.random.Generator) -> None:
    for _ in range(50):
        joint = judged(effects(random, some_off(OFF, *THREE), 40))
        assert {each.verdict for each in joint.findings} == {"unresolved"}
        assert not joint.shown
        assert not any(each.exceptions for each in joint.findings), (
            "there is no claim to be left out of"
        )


def test_exception_keeps_its_own_verdict(random: np.random.Generator) -> None:
    found = effects(random, one_off(OFF), 60)
    finding = member(comparison_findings(found, PLAN, judged(found), 60))
    assert (finding.verdict, finding.within_margin, finding.joint) == ("slower", False, False)


def test_exception_whose_rounds_say_nothing_stays_unresolved(random: np.random.Generator) -> None:
    """A noisy member keeps nobody else from being shown."""
    found = [
        Effect(each.comparison, 10 * each.log_ratio, LONG, LONG)
        if named(each.comparison) == TWO[1]
        else each
        for each in effects(random, equal, 30)
    ]
    joint = judged(found)
    assert left_out(joint.findings[0]) == [TWO[1]]
    finding = member(comparison_findings(found, PLAN, joint, 30))
    assert (finding.verdict, finding.within_margin, finding.joint) == ("unresolved", False, False)
    assert finding.more_rounds is not None, "it may still be shown later"


def test_panel_whose_members_are_all_exceptions_is_unresolved(random: np.random.Generator) -> None:
    plan = fake_plan("good", "unbuilt", layers=tuple(range(1, 11)))
    found = [
        Effect(each, random.normal(OFF if each.panel.layers == 3 else 0, SHARP, 40), LONG, LONG)
        for each in family(plan)
        if each.metric is SECONDS
    ]
    run, *panels = judged(found, plan).findings
    assert (run.verdict, run.comparisons, len(run.exceptions)) == ("equivalent", 40, 4)
    other = [each for each in panels if each.layers != 3]
    third = next(each for each in panels if each.layers == 3)
    assert (third.verdict, third.exceptions) == ("unresolved", run.exceptions)
    assert third.widest in third.exceptions
    assert {(each.verdict, each.exceptions) for each in other} == {("equivalent", ())}


@pytest.mark.parametrize("sign", [1, -1])
def test_member_just_outside_the_margin_passes_at_any_look_as_often_as_the_level(
    sign: int, random: np.random.Generator
) -> None:
    """A single panel, and a level that two thousand series can tell from others."""
    level, edge, runs, rounds = 0.1, np.log(1.05), 2000, 40
    plan = fake_plan("good", "by_depth", layers=(4,), joint_error=level, confidence=0.8)
    (claim,) = joint_claims(plan, family(plan))
    assert claim.member_level(0) == level
    claims = 0
    for _ in range(runs):
        series: Floats = sign * edge * 1.0001 + random.normal(0, SHARP, rounds)
        for look in range(4, rounds + 1):
            effect = Effect(claim.members[0], series[:look], LONG, LONG)
            if judge_claims([claim], [effect], plan).findings[0].verdict == "equivalent":
                claims += 1
                break
    assert level / 4 < claims / runs <= level


def test_claim_needs_as_many_rounds_as_the_level_of_its_members(
    random: np.random.Generator,
) -> None:
    rounds = int((critical_counts(LEVEL, 40, FEW) < 0).sum())
    found = effects(random, equal, rounds, spread=0.005)
    assert {each.verdict for each in judged(found).findings} == {"equivalent"}
    found = [Effect(each.comparison, each.log_ratio[1:], LONG, LONG) for each in found]
    assert {each.verdict for each in judged(found).findings} == {"unresolved"}


@pytest.mark.parametrize("exceptions", [0, 1, 2])
def test_each_exception_costs_the_others_rounds(
    exceptions: int, random: np.random.Generator
) -> None:
    level = LEVEL / (exceptions + 1)
    rounds = int((critical_counts(level, 40, FEW) < 0).sum())
    assert rounds == 7 + exceptions
    whole = effects(random, some_off(OFF, *TWO[:exceptions]), rounds, spread=0.002)
    assert left_out(judged(whole).findings[0]) == list(TWO[:exceptions])
    fewer = [Effect(each.comparison, each.log_ratio[1:], LONG, LONG) for each in whole]
    run = judged(fewer).findings[0]
    assert (run.verdict, run.exceptions, run.more_rounds) == ("unresolved", (), 1)
    if exceptions:
        assert named_member(run.widest) not in TWO[:exceptions], "they are in nobody's way"


def test_claim_without_exceptions_is_preferred(random: np.random.Generator) -> None:
    """One round of one member lies beyond: too many with an exception, few enough without."""
    rounds = 13
    found = effects(random, equal, rounds, spread=0.002)
    for each in found:
        if named(each.comparison) == TWO[0]:
            each.log_ratio[0] = OFF
    joint = judged(found)
    assert (joint.findings[0].verdict, joint.findings[0].exceptions) == ("equivalent", ())
    assert TWO[0] in map(named, joint.shown)


def test_claim_that_is_never_made_names_what_the_exceptions_do_not_cover(
    random: np.random.Generator,
) -> None:
    def truth(comparison: Comparison) -> float:
        place = named(comparison)
        return OFF * (3 - THREE.index(place)) if place in THREE else 0.0

    found = effects(random, truth, 40)
    run, *_ = judged(found).findings
    assert (run.verdict, run.more_rounds) == ("unresolved", None)
    assert named_member(run.widest) == THREE[2]


def test_difference_within_the_margin_keeps_its_direction(random: np.random.Generator) -> None:
    found = effects(random, one_off(0.02), 60)
    joint = judged(found)
    assert joint.findings[0].verdict == "equivalent"
    finding = member(comparison_findings(found, PLAN, joint, 60))
    assert (finding.verdict, finding.within_margin) == ("slower", True)


def test_direction_with_a_wide_interval_is_within_the_margin_by_the_joint_claim() -> None:
    """One round far out: at its own small share the interval reaches it, at the claim's it not."""
    rounds = 17
    series = np.array([0.06, *[0.02] * (rounds - 1)])
    found = [Effect(each, series, LONG, LONG) for each in TIMED]
    joint = judged(found)
    assert joint.findings[0].verdict == "equivalent"
    finding = member(comparison_findings(found, PLAN, joint, rounds))
    assert finding.ratio_high == pytest.approx(np.exp(0.06))
    assert (finding.verdict, finding.within_margin, finding.joint) == ("slower", True, True)


def test_member_of_a_short_phase_has_a_millisecond(random: np.random.Generator) -> None:
    """Eight per cent of five milliseconds matter to nobody; eight per cent of a call do."""
    seconds = {"compile": 0.005, "inference": 0.0001}
    found = effects(random, one_off(OFF, "compile"), 30, seconds=seconds)
    run, *_ = judged(found).findings
    assert (run.verdict, run.exceptions) == ("equivalent", ())
    findings = comparison_findings(found, PLAN, judged(found), 30)
    assert {each.margin for each in findings if each.phase == "compile"} == {0.2}
    found = effects(random, one_off(OFF, "inference"), 30, seconds=seconds)
    assert left_out(judged(found).findings[0]) == [("by_depth", "inference", 4)]


def test_without_joint_error_nothing_is_claimed(random: np.random.Generator) -> None:
    plan = PLAN.model_copy(update={"joint_error": 0.0})
    assert judged(effects(random, equal, 60), plan).findings == ()
