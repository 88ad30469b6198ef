"""Whole runs with optional stopping, under noise of many shapes: what is promised of a family."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from bench.analysis.calibration.simulation import (
    NOISES,
    Design,
    draw_effects,
    looks,
    simulate_runs,
)
from bench.analysis.inference.intervals import Interval, bounds, median_interval
from bench.analysis.inference.verdicts import judge
from bench.domain.design.error_budget import error_shares

RUNS = 1500
FAMILY = 15
EQUAL = (0.0,) * FAMILY
PANELS = ((0.0,) * 6,) * 3
"""18 members, of which one may be an exception."""
SHARP = 0.015
EDGE, OUTSIDE = np.log(1.05), np.log(1.08)


@pytest.mark.parametrize("icc", [0.0, 0.5, 0.9])
@pytest.mark.parametrize("noise", NOISES)
def test_runs_of_equal_arms_claim_nothing_and_miss_nothing(
    noise: str, icc: float, random: np.random.Generator
) -> None:
    design = Design(effects=EQUAL, noise=NOISES[noise], icc=icc, joint=PANELS)
    outcome = simulate_runs(design, RUNS, random)
    assert outcome.false_claims <= 0.05
    assert outcome.false_first_claims <= 0.05
    assert outcome.ever_false <= 0.05
    assert outcome.missed <= 0.05


@pytest.mark.parametrize("noise", NOISES)
def test_real_effects_are_found_and_called_by_their_direction(
    noise: str, random: np.random.Generator
) -> None:
    effects = (0.4, -0.4, *EQUAL[2:])
    design = Design(effects=effects, noise=NOISES[noise], icc=0.5)
    outcome = simulate_runs(design, RUNS, random)
    assert outcome.found >= 0.95
    assert outcome.false_claims <= 0.05
    assert outcome.missed <= 0.05


@pytest.mark.parametrize("noise", NOISES)
def test_equal_members_at_sharp_noise_are_claimed_jointly(
    noise: str, random: np.random.Generator
) -> None:
    design = Design(effects=EQUAL, noise=NOISES[noise], icc=0.5, joint=PANELS, width=SHARP)
    outcome = simulate_runs(design, RUNS, random)
    assert outcome.joint >= 0.99
    assert outcome.false_claims <= 0.05


def at_the_margin(*members: int) -> tuple[tuple[float, ...], ...]:
    """Panels of which so many members are at their very margin."""
    return tuple((EDGE,) * number + (0.0,) * (6 - number) for number in members)


@pytest.mark.parametrize("alike", [False, True], ids=["", "alike"])
@pytest.mark.parametrize(
    "members",
    [(1, 0, 0), (1, 1, 0), (2, 0, 0), (1, 1, 1), (6, 0, 0)],
    ids=["one", "two", "two of a panel", "three", "a whole panel"],
)
@pytest.mark.parametrize("noise", ["gaussian", "bimodal", "heavy-tailed"])
def test_joint_claim_with_members_at_the_margin_errs_as_often_as_it_may(
    noise: str, members: tuple[int, ...], alike: bool, random: np.random.Generator
) -> None:
    """No headline: what errs is the joint claim, or the small share of single members."""
    panels = at_the_margin(*members)
    design = Design((), NOISES[noise], 0.5, panels, alike=alike, width=SHARP, joint_error=0.045)
    outcome = simulate_runs(design, RUNS, random)
    assert outcome.false_first_claims <= outcome.ever_false <= 0.05
    assert outcome.false_claims <= 0.05


TENS = ((0.0,) * 10,) * 3
"""30 members, of which three may be exceptions."""


@pytest.mark.parametrize("number", [1, 2, 3, 4, 5, 6, 8])
def test_member_outside_is_shown_at_any_look_as_often_as_the_level_at_most(
    number: int, random: np.random.Generator
) -> None:
    """At the worst, when one more is outside than may be exceptions, nearly as often."""
    level = 0.3
    truth = [EDGE] * number + [0.0] * (30 - number)
    panels = tuple(tuple(truth[first::3]) for first in range(3))
    design = Design(
        (), NOISES["gaussian"], 0.5, panels, width=SHARP, error=level + 0.001, joint_error=level
    )
    false = ever_shown_outside(design, random)
    assert false <= level
    if number == 4:
        assert false > level / 3


def test_level_must_be_shared_by_exceptions_and_one_more(random: np.random.Generator) -> None:
    """Four members outside that are tested at four times the level err more often than that."""
    level, panels = 0.1, ((EDGE, EDGE, *TENS[0][2:]), *((EDGE, *TENS[0][1:]),) * 2)
    shared = Design((), NOISES["gaussian"], 0.5, panels, width=SHARP, error=0.5, joint_error=level)
    undivided = replace(shared, joint_error=4 * level)
    assert ever_shown_outside(shared, random) <= level < ever_shown_outside(undivided, random)


def ever_shown_outside(design: Design, random: np.random.Generator) -> float:
    """The part of runs in which the joint claim ever shows a member that is outside its margin."""
    said = looks(draw_effects(design, RUNS, random), design)
    return float((said.shown & design.outside).any(axis=(1, 2)).mean())


@pytest.mark.parametrize("noise", NOISES)
def test_claim_is_made_without_members_that_differ(noise: str, random: np.random.Generator) -> None:
    panels = ((OUTSIDE, -OUTSIDE, *TENS[0][2:]), (OUTSIDE, *TENS[0][1:]), TENS[0])
    design = Design(EQUAL, NOISES[noise], icc=0.5, joint=panels, width=SHARP)
    outcome = simulate_runs(design, RUNS, random)
    assert outcome.joint >= 0.95
    assert outcome.ever_false <= 0.05


def test_claim_is_not_made_where_more_members_differ_than_may(
    random: np.random.Generator,
) -> None:
    panels = ((OUTSIDE, *TENS[0][1:]), (OUTSIDE, *TENS[0][1:]), (OUTSIDE, OUTSIDE, *TENS[0][2:]))
    design = Design(EQUAL, NOISES["gaussian"], icc=0.5, joint=panels, width=SHARP)
    outcome = simulate_runs(design, RUNS, random)
    assert outcome.joint == 0.0
    assert outcome.ever_false <= 0.05


def test_members_of_a_panel_may_have_the_same_noise(random: np.random.Generator) -> None:
    design = Design(EQUAL, NOISES["gaussian"], icc=0.5, joint=PANELS, alike=True)
    effects = draw_effects(design, 3, random)
    for panel in range(3):
        members = effects[..., design.panel == panel]
        assert (members == members[..., :1]).all()
    firsts = [effects[..., design.panel == panel][..., 0] for panel in range(3)]
    assert len({each.tobytes() for each in firsts}) == 3
    headlines = effects[..., design.panel < 0].reshape(-1, FAMILY)
    assert len({each.tobytes() for each in headlines.T}) == FAMILY


def test_run_stops_when_all_is_resolved(random: np.random.Generator) -> None:
    design = Design(effects=(0.5,) * 3, noise=NOISES["gaussian"], icc=0.5, width=0.02)
    outcome = simulate_runs(design, RUNS, random)
    assert outcome.rounds < 12
    assert outcome.found == 1.0


def test_joint_claim_ends_runs_sooner(random: np.random.Generator) -> None:
    design = Design(EQUAL[:3], NOISES["gaussian"], icc=0.5, joint=PANELS, width=SHARP)
    without = Design(EQUAL[:3], NOISES["gaussian"], 0.5, PANELS, width=SHARP, joint_error=0.0)
    assert simulate_runs(design, RUNS, random).rounds < simulate_runs(without, RUNS, random).rounds


def test_simulation_sees_a_procedure_that_is_too_eager(random: np.random.Generator) -> None:
    """With thirty times the budget, errors show: the simulation could fail the tests above."""
    design = Design(effects=EQUAL, noise=NOISES["bimodal"], icc=0.5, error=1.5)
    outcome = simulate_runs(design, RUNS, random)
    assert outcome.false_first_claims > 0.1


def test_simulation_sees_a_joint_claim_that_is_too_eager(random: np.random.Generator) -> None:
    """With thirty times the budget, of which single comparisons get no more than they may."""
    panels = at_the_margin(1, 1, 0)
    sharp = Design((), NOISES["gaussian"], 0.5, panels, width=SHARP, error=1.54, joint_error=1.5)
    outcome = simulate_runs(sharp, RUNS, random)
    assert outcome.false_first_claims > 0.1


def test_counting_says_what_intervals_say(random: np.random.Generator) -> None:
    members = (0.0, 0.035, 0.01), (0.02, -0.035, 0.0)
    design = Design((0.04, 0.0), NOISES["gaussian"], 0.5, joint=members, exceptions=2)
    effects = design.truth + random.normal(0, 0.02, (20, 40, 8))
    said = looks(effects, design)
    share = error_shares(design.error - design.joint_error, [True] * 2 + [False] * 6)
    for run, rounds in np.ndindex(20, 40):
        series = effects[run, : rounds + 1]
        for each in range(8):
            found = median_interval(series[:, each], share[each < 2])
            verdict, _ = judge(found, design.margin)
            assert said.slower[run, rounds, each] == (verdict == "slower")
            assert said.faster[run, rounds, each] == (verdict == "faster")
            assert said.equivalent[run, rounds, each] == (verdict == "equivalent")
            truth = design.truth[each]
            assert said.missed[run, rounds, each] == (not found.low <= truth <= found.high)
        shown = [False] * 6
        for exceptions in range(3):
            level = design.joint_error / (exceptions + 1)
            passing = [within(series[:, each], level) for each in range(2, 8)]
            if sum(passing) >= 6 - exceptions:
                shown = passing
                break
        assert said.made[run, rounds] == any(shown)
        assert said.shown[run, rounds].tolist() == [False, False, *shown]
    left_out = 6 - said.shown.sum(axis=-1)[said.made]
    assert set(left_out.tolist()) == {0, 1, 2}


def within(series: np.ndarray, level: float) -> bool:
    interval: Interval = bounds(series, level)
    return interval.within(-EDGE, EDGE)
