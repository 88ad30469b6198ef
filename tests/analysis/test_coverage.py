"""What is promised of intervals and verdicts, tried on noise of many shapes."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from scipy import stats

from bench.analysis.arrays import Floats
from bench.analysis.inference.intervals import median_interval, rounds_to_exclude
from bench.analysis.inference.verdicts import judge

Noise = Callable[[np.random.Generator, tuple[int, int]], Floats]

ROUNDS = 60
FAMILY = 30


def gaussian(random: np.random.Generator, shape: tuple[int, int]) -> Floats:
    return random.normal(size=shape)


def skewed(random: np.random.Generator, shape: tuple[int, int]) -> Floats:
    return random.lognormal(size=shape) - 1


def heavy_tailed(random: np.random.Generator, shape: tuple[int, int]) -> Floats:
    return random.standard_t(2, size=shape)


def bimodal(random: np.random.Generator, shape: tuple[int, int]) -> Floats:
    """Two modes, the slower one in two rounds of five; the median lies on the faster's flank."""
    modes = np.where(random.random(shape) < 0.4, 3.0, 0.0) + random.normal(0, 0.1, shape)
    return np.asarray(modes - 0.1 * stats.norm.ppf(0.5 / 0.6))


NOISES = [gaussian, skewed, heavy_tailed, bimodal]


@pytest.mark.parametrize("noise", NOISES)
def test_interval_misses_the_median_at_any_look_in_at_most_5_percent(
    noise: Noise, random: np.random.Generator
) -> None:
    trials = 2000
    values = noise(random, (trials, ROUNDS))
    missed = 0
    for trial in values:
        intervals = (median_interval(trial[:look], 0.05) for look in range(1, ROUNDS + 1))
        missed += any(low > 0 or high < 0 for low, high in intervals)
    assert missed / trials <= 0.05


@pytest.mark.parametrize("noise", NOISES)
def test_interval_becomes_narrow(noise: Noise, random: np.random.Generator) -> None:
    values = noise(random, (1, 4000))[0]
    middle = np.quantile(values, [0.4, 0.6])
    assert median_interval(values, 0.05).within(middle[0], middle[1])


def looks(effects: Floats) -> list[str]:
    """The verdicts on one comparison of a family of 30, after each round."""
    share = 0.05 / FAMILY
    first = rounds_to_exclude(share)
    return [
        judge(median_interval(effects[:look], share), 0.05).verdict
        for look in range(first, len(effects) + 1)
    ]


def test_family_without_differences_alarms_in_at_most_5_percent_of_runs(
    random: np.random.Generator,
) -> None:
    """A run ends at its first alarm, so that any alarm at any look of any comparison counts."""
    runs = 200
    alarmed = 0
    for _ in range(runs):
        family = heavy_tailed(random, (FAMILY, ROUNDS)) * 0.05
        alarmed += any({"faster", "slower"} & set(looks(effects)) for effects in family)
    assert alarmed / runs <= 0.05


@pytest.mark.parametrize(("injected", "verdict"), [(0.10, "slower"), (-0.10, "faster")])
def test_injected_difference_of_10_percent_is_found_in_a_family_of_30(
    injected: float, verdict: str, random: np.random.Generator
) -> None:
    runs = 200
    effects = injected + random.normal(0, 0.03, (runs, 20))
    assert np.mean([looks(run)[-1] == verdict for run in effects]) >= 0.95


def test_identical_arms_are_called_equivalent(random: np.random.Generator) -> None:
    effects = random.normal(0, 0.02, (200, 40))
    assert np.mean([looks(run)[-1] == "equivalent" for run in effects]) >= 0.9
