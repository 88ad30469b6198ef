"""What the placebo shows."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from tests.analysis.sample_tables import panels
from tests.analysis.simulated_runs import BUILD_STYLE, concluded, family, simulate

PANELS = panels(4, 16)


def test_placebo_of_an_honest_instrument_raises_no_alarm() -> None:
    findings = concluded(simulate(BUILD_STYLE, PANELS, rounds=20), family(BUILD_STYLE, PANELS))
    assert findings.noise.placebo_comparisons == 2 * 6
    assert findings.noise.placebo_false_alarms == 0
    assert not any(doubt.kind == "false_alarm" for doubt in findings.warnings)


def test_noise_floor_follows_the_noise() -> None:
    floors = []
    for luck in (0.01, 0.04):
        samples = simulate(BUILD_STYLE, PANELS, rounds=20, luck=luck, interference=0.0)
        floors.append(concluded(samples, family(BUILD_STYLE, PANELS)).noise.floor_ratio)
    # The log ratio of two cells spreads by √2 times the luck of each, 1.96 of which hold 95 %.
    assert floors == pytest.approx([1 + 1.96 * 2**0.5 * luck for luck in (0.01, 0.04)], rel=0.02)


def test_placebo_that_differs_is_a_false_alarm_and_a_warning() -> None:
    slower = dict(BUILD_STYLE["inline"]) | {"construct": lambda n: 0.02 + 0.004 * n}
    arms = {"inline": BUILD_STYLE["inline"], "placebo": slower}
    comparisons = family(["inline", "placebo", "mine"], PANELS)
    findings = concluded(simulate(arms, PANELS, rounds=20), comparisons)
    assert findings.noise.placebo_false_alarms >= 2
    alarm = findings.warnings[0]
    assert alarm.kind == "false_alarm"
    assert "construct (slower)" in alarm.text


def test_run_without_placebo_has_no_noise_floor() -> None:
    arms = {name: BUILD_STYLE[name] for name in ("inline", "incremental")}
    noise = concluded(simulate(arms, PANELS), family(arms, PANELS)).noise
    assert (noise.placebo_comparisons, noise.placebo_false_alarms) == (0, 0)
    assert noise.floor_ratio is None
    assert noise.floor_ratio_as_measured is None


def test_controls_fail_in_a_run_whose_placebo_differs() -> None:
    slower = dict(BUILD_STYLE["inline"]) | {"construct": lambda n: 0.02 + 0.004 * n}
    arms = {"inline": BUILD_STYLE["inline"], "placebo": slower}
    comparisons = family(["inline", "placebo", "mine"], PANELS)
    findings = concluded(simulate(arms, PANELS, rounds=20), comparisons)
    assert findings.noise.false_alarm_probability <= findings.error_budget
    assert not findings.controls_passed


def test_run_whose_controls_agree_is_proven() -> None:
    findings = concluded(simulate(BUILD_STYLE, PANELS, rounds=20), family(BUILD_STYLE, PANELS))
    assert findings.noise.false_alarm_probability == 1.0
    assert findings.controls_passed
    assert concluded(
        simulate(BUILD_STYLE, PANELS, rounds=1), family(BUILD_STYLE, PANELS)
    ).controls_passed


def test_as_many_false_alarms_as_allowed_prove_nothing() -> None:
    slower = dict(BUILD_STYLE["inline"]) | {"construct": lambda n: 0.02 + 0.004 * n}
    arms = {"inline": BUILD_STYLE["inline"], "placebo": slower}
    many = panels(*range(4, 44))
    lenient = [
        replace(comparison, error_share=0.04)
        for comparison in family(["inline", "placebo", "mine"], many)
    ]
    alarming = {"inline": arms["inline"], "placebo": arms["inline"]}
    samples = pd.concat(
        [
            simulate(alarming, many[1:], rounds=20),
            simulate(arms, many[:1], rounds=20).assign(order=lambda rows: rows["order"] + 1000),
        ]
    )
    findings = concluded(samples, lenient)
    assert findings.noise.placebo_false_alarms > 0
    assert findings.controls_passed


def test_arm_that_runs_the_same_program_is_a_control() -> None:
    slower = dict(BUILD_STYLE["inline"]) | {"inference": lambda n: 0.0003}
    arms = {"inline": BUILD_STYLE["inline"], "placebo": BUILD_STYLE["inline"], "mine": slower}
    samples = simulate(arms, PANELS, rounds=24)
    declared = family(arms, PANELS)
    assert concluded(samples, declared).controls_passed
    known = [
        replace(each, same_program=each.arm.arm == "mine" and each.phase == "inference")
        for each in declared
    ]
    findings = concluded(samples, known)
    assert findings.noise.controls == findings.noise.placebo_comparisons + len(PANELS)
    assert findings.noise.control_false_alarms == len(PANELS)
    assert not findings.controls_passed
    assert "runs the baseline's compiled program" in findings.warnings[0].text


@pytest.mark.parametrize(("times", "is_alarm"), [(1.03, False), (1.15, True)])
def test_same_program_may_differ_by_less_than_the_margin(times: float, is_alarm: bool) -> None:
    """The memory that an arm's construction left matters a little; no placebo has this excuse."""
    usual = BUILD_STYLE["inline"]["inference"]
    assert usual is not None
    slower = dict(BUILD_STYLE["inline"]) | {"inference": lambda n: times * usual(n)}
    arms = {"inline": BUILD_STYLE["inline"], "placebo": BUILD_STYLE["inline"], "mine": slower}
    samples = simulate(arms, PANELS, rounds=40, luck=0.004, interference=0.004)
    known = [
        replace(each, same_program=each.arm.arm == "mine" and each.phase == "inference")
        for each in family(arms, PANELS)
    ]
    findings = concluded(samples, known)
    told = [x for x in findings.timings if (x.arm, x.phase) == ("mine", "inference")]
    assert {each.verdict for each in told} == {"slower"}
    assert (findings.noise.control_false_alarms > 0) == is_alarm
    assert findings.controls_passed != is_alarm
    placebo = concluded(
        simulate({**arms, "placebo": slower}, PANELS, rounds=40, luck=0.004, interference=0.004),
        family(arms, PANELS),
    )
    assert placebo.noise.placebo_false_alarms == len(PANELS)
