"""Joint claims on effects whose truth is known: made where all are equal, and not where one is off.

Effects are drawn directly, as sharp as co-scheduled arms measure them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pytest

from bench.analysis.arrays import Floats
from bench.analysis.compare import comparison_findings
from bench.analysis.inference.effects import Effect
from bench.analysis.inference.intervals import rounds_to_exclude, two_sided
from bench.analysis.inference.joint import JointVerdicts, judge_claims
from bench.domain.design.comparison import Comparison, family
from bench.domain.design.joint import joint_claims
from bench.domain.design.plan import Plan
from bench.domain.findings.comparisons import ComparisonFinding
from bench.domain.metrics import SECONDS
from tests.fakes.plan import fake_plan

SHARP = 0.015
LONG = 0.1
"""Seconds of a phase whose margin has no floor."""

PLAN = fake_plan("good", "unbuilt", "by_depth", layers=(2, 4, 8))
TIMED = [each for each in family(PLAN) if each.metric is SECONDS]

Truth = Callable[[Comparison], float]


def equal(comparison: Comparison) -> float:
    return 0.0


def one_off(effect: float, phase: str = "trace", layers: int = 4) -> Truth:
    """One arm differs in one phase of one panel."""

    def truth(comparison: Comparison) -> float:
        member = ("by_depth", phase, layers)
        cell = comparison.arm
        return effect if (cell.arm, comparison.phase, cell.panel.layers) == member else 0.0

    return truth


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
    return judge_claims(joint_claims(plan, TIMED), found, plan)


def member(found: list[ComparisonFinding], layers: int = 4) -> ComparisonFinding:
    named = ("by_depth", "trace", layers)
    return next(each for each in found if (each.arm, each.phase, each.layers) == named)


def test_equal_members_at_sharp_noise_are_one_claim(random: np.random.Generator) -> None:
    run, *panels = judged(effects(random, equal, 25)).findings
    assert (run.scope, run.verdict, run.scenario, run.panel) == ("run", "equivalent", None, None)
    assert run.comparisons == 2 * 4 * 3, "two arms, four phases, three panels"
    assert (run.margin, run.error_share, run.more_rounds) == (0.05, 0.005, None)
    assert [each.panel for each in panels] == list(PLAN.panels)
    assert {(each.verdict, each.comparisons) for each in panels} == {("equivalent", 8)}


def test_members_of_a_claim_that_holds_are_equivalent(random: np.random.Generator) -> None:
    found = effects(random, equal, 16)
    joint = judged(found)
    findings = comparison_findings(found, PLAN, joint, 16)
    members = [
        each
        for each, effect in zip(findings, found, strict=True)
        if effect.comparison in joint.shown
    ]
    assert len(members) == 24
    assert {each.verdict for each in members} == {"equivalent"}
    assert all(each.within_margin for each in members)
    rests = [each for each in members if each.joint]
    assert rests, "16 rounds are too few for some of the members alone"
    for each in rests:
        assert not (
            each.ratio_low
            and each.ratio_high
            and 1 / 1.05 <= each.ratio_low <= each.ratio_high <= 1.05
        )
        assert each.more_rounds is None
        assert "too_few_rounds" not in {warning.kind for warning in each.warnings}
    assert not any(each.joint for each in findings if each.headline or each.placebo)


def test_one_member_8_percent_off_is_never_claimed_to_be_within(
    random: np.random.Generator,
) -> None:
    truth = one_off(np.log(1.08))
    for _ in range(200):
        whole = effects(random, truth, 40)
        for rounds in range(9, 41, 4):
            found = [Effect(e.comparison, e.log_ratio[:rounds], LONG, LONG) for e in whole]
            run, first, second, third = judged(found).findings
            assert run.verdict == second.verdict == "unresolved"
        assert first.verdict == third.verdict == "equivalent", "the other panels have no part in it"


@pytest.mark.parametrize("sign", [1, -1])
def test_member_just_outside_the_margin_passes_at_any_look_as_often_as_the_level(
    sign: int, random: np.random.Generator
) -> None:
    """A single panel, and a level that two thousand series can tell from others."""
    level, edge, runs, rounds = 0.1, np.log(1.05), 2000, 40
    plan = fake_plan("good", "by_depth", layers=(4,), joint_error=level, confidence=0.8)
    (claim,) = joint_claims(plan, family(plan))
    claims = 0
    for _ in range(runs):
        series: Floats = sign * edge * 1.0001 + random.normal(0, SHARP, rounds)
        for look in range(4, rounds + 1):
            effect = Effect(claim.members[0], series[:look], LONG, LONG)
            if judge_claims([claim], [effect], plan).findings[0].verdict == "equivalent":
                claims += 1
                break
    assert level / 4 < claims / runs <= level


def test_claim_of_the_run_holds_for_each_panel_too(random: np.random.Generator) -> None:
    rounds = rounds_to_exclude(two_sided(0.005))
    assert rounds < rounds_to_exclude(two_sided(0.005 / 3)), "too few for a panel alone"
    run, *panels = judged(effects(random, equal, rounds, spread=0.005)).findings
    assert run.verdict == "equivalent"
    assert {(each.verdict, each.error_share) for each in panels} == {("equivalent", 0.005)}
    for each in panels:
        assert each.widest.ratio_high is not None
        assert each.widest.ratio_high <= 1.05


def test_claims_need_as_many_rounds_as_their_level_takes(random: np.random.Generator) -> None:
    rounds = rounds_to_exclude(two_sided(0.005)) - 1
    verdicts = {each.verdict for each in judged(effects(random, equal, rounds, 0.001)).findings}
    assert verdicts == {"unresolved"}


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


def test_widest_member_is_named_with_its_bounds(random: np.random.Generator) -> None:
    run, first, second, _ = judged(effects(random, one_off(np.log(1.08)), 30)).findings
    widest = run.widest
    assert (widest.arm, widest.phase, widest.layers) == ("by_depth", "trace", 4)
    assert second.widest == widest or second.widest.ratio == widest.ratio
    assert first.widest.layers == 2
    assert widest.ratio_low is not None
    assert widest.ratio_high is not None
    assert widest.ratio_low < 1.08 < widest.ratio_high
    assert widest.ratio == pytest.approx(1.08, abs=0.02)


def test_member_outside_leaves_no_forecast_and_wide_ones_do(random: np.random.Generator) -> None:
    outside = judged(effects(random, one_off(np.log(1.08)), 30)).findings
    assert outside[0].more_rounds is None
    found = effects(random, equal, 8)
    soon = judged(found)
    assert soon.findings[0].more_rounds is not None
    assert 1 <= soon.findings[0].more_rounds < 30
    alone = comparison_findings(found, PLAN, JointVerdicts((), frozenset(), {}), 8)
    together = comparison_findings(found, PLAN, soon, 8)
    first, second = member(alone).more_rounds, member(together).more_rounds
    assert first is not None
    assert second is not None
    assert second <= first


def test_members_that_no_round_measured_are_left_out(random: np.random.Generator) -> None:
    found = [
        Effect(each.comparison, each.log_ratio[:0], None, LONG)
        if each.comparison.arm.arm == "unbuilt"
        else each
        for each in effects(random, equal, 25)
    ]
    joint = judged(found)
    assert {each.comparisons for each in joint.findings} == {12, 4}
    assert joint.findings[0].verdict == "equivalent"
    assert {each.arm.arm for each in joint.shown} == {"by_depth"}


def test_claim_without_a_measured_member_is_no_finding() -> None:
    found = [Effect(each, np.empty(0), None, None) for each in TIMED]
    assert judged(found) == JointVerdicts((), frozenset(), {})


def test_member_of_a_short_phase_has_a_millisecond(random: np.random.Generator) -> None:
    """Eight per cent of five milliseconds matter to nobody; eight per cent of a call do."""
    short = {"compile": 0.005}
    seconds = {**short, "inference": 0.0001}
    found = effects(random, one_off(np.log(1.08), "compile"), 30, seconds=seconds)
    assert judged(found).findings[0].verdict == "equivalent"
    widest = comparison_findings(found, PLAN, judged(found), 30)
    assert {each.margin for each in widest if each.phase == "compile"} == {0.2}
    found = effects(random, one_off(np.log(1.08), "inference"), 30, seconds=seconds)
    assert judged(found).findings[0].verdict == "unresolved"


def test_without_joint_error_nothing_is_claimed(random: np.random.Generator) -> None:
    plan = PLAN.model_copy(update={"joint_error": 0.0})
    assert judged(effects(random, equal, 60), plan).findings == ()
