"""Whole runs with optional stopping, under noise of many shapes: what is promised of a family."""

from __future__ import annotations

import numpy as np
import pytest

from bench.analysis.calibration.simulation import NOISES, Design, simulate_runs

RUNS = 1500
FAMILY = 15


@pytest.mark.parametrize("eager", [False, True])
@pytest.mark.parametrize("icc", [0.0, 0.5, 0.9])
@pytest.mark.parametrize("noise", NOISES)
def test_runs_of_equal_arms_claim_nothing_and_miss_nothing(
    noise: str, icc: float, eager: bool, random: np.random.Generator
) -> None:
    design = Design(effects=(0.0,) * FAMILY, noise=NOISES[noise], icc=icc, eager=eager)
    outcome = simulate_runs(design, RUNS, random)
    assert outcome.false_alarms <= 0.05
    assert outcome.missed <= 0.05


@pytest.mark.parametrize("noise", NOISES)
def test_real_effects_are_found_and_called_by_their_direction(
    noise: str, random: np.random.Generator
) -> None:
    effects = (0.4, -0.4, *(0.0,) * (FAMILY - 2))
    design = Design(effects=effects, noise=NOISES[noise], icc=0.5)
    outcome = simulate_runs(design, RUNS, random)
    assert outcome.found >= 0.95
    assert outcome.false_alarms <= 0.05
    assert outcome.missed <= 0.05


def test_run_stops_when_all_is_resolved(random: np.random.Generator) -> None:
    design = Design(effects=(0.5,) * 3, noise=NOISES["gaussian"], icc=0.5, width=0.02)
    outcome = simulate_runs(design, RUNS, random)
    assert outcome.rounds < 12
    assert outcome.found == 1.0


def test_simulation_sees_a_procedure_that_is_too_eager(random: np.random.Generator) -> None:
    """With thirty times the budget, errors show: the simulation could fail the tests above."""
    design = Design(
        effects=(0.0,) * FAMILY, noise=NOISES["bimodal"], icc=0.5, error=1.5, eager=True
    )
    outcome = simulate_runs(design, RUNS, random)
    assert outcome.false_alarms > 0.1
