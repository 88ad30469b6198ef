"""Whole runs with optional stopping, under noise of many shapes: what is promised of a family."""

from __future__ import annotations

import numpy as np
import pytest

from bench.analysis.calibration.simulation import NOISES, Design, looks, simulate_runs
from bench.analysis.inference.intervals import Interval, median_interval, two_sided
from bench.analysis.inference.verdicts import judge
from bench.domain.design.error_budget import error_shares

RUNS = 1500
FAMILY = 15
EQUAL = (0.0,) * FAMILY
PANELS = ((0.0,) * 6,) * 3
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


@pytest.mark.parametrize("noise", NOISES)
@pytest.mark.parametrize(
    "panels",
    [
        ((EDGE, *PANELS[0][1:]), *PANELS[1:]),
        tuple((EDGE, *panel[1:]) for panel in PANELS),
        ((EDGE,) * 6, *PANELS[1:]),
    ],
    ids=["one", "one in each panel", "a whole panel"],
)
def test_joint_claims_with_members_at_the_margin_err_as_often_as_they_may(
    noise: str, panels: tuple[tuple[float, ...], ...], random: np.random.Generator
) -> None:
    """No headline: what errs is a joint claim, or the small share of single members."""
    design = Design((), NOISES[noise], icc=0.5, joint=panels, width=SHARP, joint_error=0.045)
    outcome = simulate_runs(design, RUNS, random)
    assert outcome.false_first_claims <= 0.05
    assert outcome.joint <= 0.045 / 2


def test_members_outside_the_margin_are_never_claimed_to_be_within(
    random: np.random.Generator,
) -> None:
    panels = ((OUTSIDE, *PANELS[0][1:]), *PANELS[1:])
    design = Design(EQUAL, NOISES["gaussian"], icc=0.5, joint=panels, width=SHARP)
    outcome = simulate_runs(design, RUNS, random)
    assert outcome.joint == 0.0
    assert outcome.false_first_claims <= 0.05


def test_run_stops_when_all_is_resolved(random: np.random.Generator) -> None:
    design = Design(effects=(0.5,) * 3, noise=NOISES["gaussian"], icc=0.5, width=0.02)
    outcome = simulate_runs(design, RUNS, random)
    assert outcome.rounds < 12
    assert outcome.found == 1.0


def test_joint_claims_end_runs_sooner(random: np.random.Generator) -> None:
    design = Design(EQUAL[:3], NOISES["gaussian"], icc=0.5, joint=PANELS, width=SHARP)
    without = Design(EQUAL[:3], NOISES["gaussian"], 0.5, PANELS, width=SHARP, joint_error=0.0)
    assert simulate_runs(design, RUNS, random).rounds < simulate_runs(without, RUNS, random).rounds


def test_simulation_sees_a_procedure_that_is_too_eager(random: np.random.Generator) -> None:
    """With thirty times the budget, errors show: the simulation could fail the tests above."""
    design = Design(effects=EQUAL, noise=NOISES["bimodal"], icc=0.5, error=1.5)
    outcome = simulate_runs(design, RUNS, random)
    assert outcome.false_first_claims > 0.1


def test_simulation_sees_joint_claims_that_are_too_eager(random: np.random.Generator) -> None:
    """With thirty times the budget, of which single comparisons get no more than they may."""
    panels = ((EDGE, *PANELS[0][1:]), *PANELS[1:])
    sharp = Design((), NOISES["gaussian"], 0.5, panels, width=SHARP, error=1.54, joint_error=1.5)
    outcome = simulate_runs(sharp, RUNS, random)
    assert outcome.false_first_claims > 0.1


def test_counting_says_what_intervals_say(random: np.random.Generator) -> None:
    design = Design((0.04, 0.0), NOISES["gaussian"], 0.5, joint=((0.0, EDGE), (0.02, -0.06)))
    effects = design.truth + random.normal(0, 0.03, (20, 40, 6))
    said = looks(effects, design)
    share = error_shares(design.error - design.joint_error, [True] * 2 + [False] * 4)
    for run, rounds in np.ndindex(20, 40):
        series = effects[run, : rounds + 1]
        for each in range(6):
            found = median_interval(series[:, each], share[each < 2])
            verdict, _ = judge(found, design.margin)
            assert said.slower[run, rounds, each] == (verdict == "slower")
            assert said.faster[run, rounds, each] == (verdict == "faster")
            assert said.equivalent[run, rounds, each] == (verdict == "equivalent")
            truth = design.truth[each]
            assert said.missed[run, rounds, each] == (not found.low <= truth <= found.high)
        whole, first, second = (
            all(within(series[:, each], level) for each in members)
            for members, level in (((2, 3, 4, 5), 0.005), ((2, 3), 0.0025), ((4, 5), 0.0025))
        )
        assert said.run[run, rounds] == whole
        assert said.panels[run, rounds].tolist() == [whole or first, whole or second]


def within(series: np.ndarray, level: float) -> bool:
    interval: Interval = median_interval(series, two_sided(level))
    return interval.within(-EDGE, EDGE)
