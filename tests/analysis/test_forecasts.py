"""Forecasts of depths that were not measured, and their check."""

from __future__ import annotations

import numpy as np
import pytest

from bench.analysis.scaling.forecasts import forecast, forecast_check

DEPTHS = np.array([4.0, 16.0, 32.0, 64.0])


def costs(random: np.random.Generator, squared: float, noise: float = 0.01) -> np.ndarray:
    """Thirty rounds of 0.01 + 0.003·n + squared·n²."""
    truth = 0.01 + 0.003 * DEPTHS + squared * DEPTHS**2
    return truth * np.exp(random.normal(0, noise, (30, 4)))


@pytest.mark.parametrize("squared", [0.0, 0.00013])
def test_forecast_holds_the_cost_of_twice_the_depth(
    squared: float, random: np.random.Generator
) -> None:
    found = forecast(DEPTHS, costs(random, squared), 0.05)
    truth = 0.01 + 0.003 * 128 + squared * 128**2
    assert found is not None
    assert found.layers == 128
    assert found.value_low is not None
    assert found.value_high is not None
    assert found.value_low < truth < found.value_high
    assert found.value == pytest.approx(truth, rel=0.05)


@pytest.mark.parametrize("level", [0.9, 1.0, 1.1])
def test_curve_that_leads_below_nothing_is_no_forecast(
    level: float, random: np.random.Generator
) -> None:
    falling = level * np.array([0.1, 0.2, 0.25, 0.2]) * np.exp(random.normal(0, 0.01, (30, 4)))
    assert forecast(DEPTHS, falling, 0.05) is None


def test_interval_of_a_forecast_ends_at_nothing(random: np.random.Generator) -> None:
    noisy = forecast(DEPTHS, costs(random, 0.0, noise=0.5), 0.05)
    assert noisy is not None
    assert noisy.value > 0
    assert noisy.value_low is not None
    assert noisy.value_low >= 0


@pytest.mark.parametrize("squared", [0.0, 0.00013])
def test_deepest_depth_is_foretold_by_the_others(
    squared: float, random: np.random.Generator
) -> None:
    found = forecast_check(DEPTHS, costs(random, squared), 0.05)
    assert found is not None
    assert found.layers == 64
    assert found.ratio_low is not None
    assert found.ratio_high is not None
    assert found.ratio_low < 1 < found.ratio_high


def test_cost_that_leaves_its_curve_fails_the_check(random: np.random.Generator) -> None:
    broken = costs(random, 0.0)
    broken[:, -1] *= 2  # caches overflow, say
    found = forecast_check(DEPTHS, broken, 0.05)
    assert found is not None
    assert found.ratio_high is not None
    assert found.ratio_high < 1


def test_three_depths_are_too_few_for_a_check(random: np.random.Generator) -> None:
    assert forecast_check(DEPTHS[:3], costs(random, 0.0)[:, :3], 0.05) is None
