"""Growth of cost with depth, on curves whose truth is known."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.analysis.inference.intervals import Interval, bounds, median_interval
from bench.analysis.scaling.fits import fit_quadratic
from bench.analysis.scaling.growth import Term, growth_of, with_growth_of_equals
from bench.domain.findings.comparisons import ScalingFinding
from tests.analysis.sample_tables import panels
from tests.analysis.simulated_runs import Cost, Failure, concluded, family, simulate

DEPTHS = (4, 16, 64)
UNPLACED = Interval(-math.inf, math.inf)


def scaled(cost: Cost, depths: Sequence[int] = DEPTHS, **changes: Any) -> ScalingFinding:
    """The finding on the ``construct`` of a single arm beside its placebo."""
    arms = {arm: {"construct": cost, "build": None} for arm in ("inline", "mine")}
    settings: dict[str, Any] = {"rounds": 20, "replicates": 2} | changes
    samples = simulate(arms, panels(*depths), **settings)
    findings = concluded(samples, family(arms, panels(*depths), phases=["construct", "ready"]))
    return next(f for f in findings.scaling if (f.arm, f.phase) == ("mine", "construct"))


@settings(deadline=None, derandomize=True)
@given(
    layers=st.lists(st.integers(1, 512), min_size=3, max_size=8, unique=True),
    coefficients=st.tuples(*[st.floats(1e-4, 1.0)] * 3),
)
def test_fit_recovers_a_polynomial(
    layers: list[int], coefficients: tuple[float, float, float]
) -> None:
    depths = np.array(sorted(layers), dtype=float)
    constant, linear, squared = coefficients
    costs = np.stack(
        [factor * (constant + linear * depths + squared * depths**2) for factor in (1, 3)]
    )
    fitted = fit_quadratic(depths, costs)
    again = np.vander(depths, 3, increasing=True) @ fitted.T
    np.testing.assert_allclose(again.T, costs, rtol=1e-6)
    if np.diff(depths).min() >= 4:
        np.testing.assert_allclose(fitted[0], coefficients, rtol=1e-3, atol=1e-4)


def test_fit_heeds_shallow_models_as_much_as_deep_ones() -> None:
    depths = np.array([1.0, 2.0, 4.0, 100.0])
    costs = np.array([[1.0, 2.0, 4.0, 130.0]])  # the deepest is off the line n
    fitted = fit_quadratic(depths, costs)[0] @ [1, 1, 1]
    unweighted = np.polynomial.polynomial.polyfit(depths, costs[0], 2).sum()
    assert abs(fitted - 1) < abs(unweighted - 1)


@pytest.mark.parametrize("depths", [DEPTHS, (4, 8, 16, 32, 64)])
def test_quadratic_growth_is_found_with_its_coefficients(depths: Sequence[int]) -> None:
    finding = scaled(lambda n: 0.01 + 0.003 * n + 0.0001 * n * n, depths)
    assert finding.growth == "quadratic"
    assert finding.layers == tuple(depths)
    assert finding.per_layer_squared == pytest.approx(0.0001, rel=0.2)
    assert finding.per_layer_squared_low is not None
    assert finding.per_layer_squared_high is not None
    assert finding.per_layer_squared_low < 0.0001 * 1.1
    assert finding.per_layer_squared_high > 0.0001
    # 0.4096 s of 0.6116 s at 64 layers.
    assert finding.curvature == pytest.approx(0.67, abs=0.07)


@pytest.mark.parametrize("depths", [DEPTHS, (4, 8, 16, 32, 64)])
def test_linear_growth_is_found(depths: Sequence[int]) -> None:
    finding = scaled(lambda n: 0.01 + 0.003 * n, depths)
    assert finding.growth == "linear"
    assert finding.per_layer == pytest.approx(0.003, rel=0.15)


def test_constant_cost_is_found() -> None:
    assert scaled(lambda n: 0.02).growth == "constant"


def test_growth_that_flattens_is_sublinear() -> None:
    assert scaled(lambda n: 0.01 * n**0.3).growth == "sublinear"


@pytest.mark.parametrize(
    ("cost", "growth"),
    [
        (lambda n: 1.0, "constant"),
        (lambda n: 0.5 + 0.01 * n, "linear"),
        (lambda n: 0.01 * n, "linear"),
        (lambda n: 0.001 * n * n, "quadratic"),
        (lambda n: 0.1 + 0.1 * n - 0.0007 * n * n, "sublinear"),
    ],
)
def test_growth_without_noise_is_exact(cost: Cost, growth: str) -> None:
    finding = scaled(cost, luck=0.0, interference=0.0)
    assert finding.growth == growth
    share = finding.curvature * cost(DEPTHS[-1]) / DEPTHS[-1] ** 2
    exact = fit_quadratic(np.array(DEPTHS, float), np.array([[cost(n) for n in DEPTHS]]))
    assert share == pytest.approx(exact[0, 2], abs=1e-7)


def test_small_quadratic_term_is_still_linear() -> None:
    finding = scaled(lambda n: 0.01 + 0.003 * n + 0.000002 * n * n, luck=0.002, interference=0.0)
    assert finding.curvature_low is not None
    assert finding.growth == "linear"


def test_noise_that_hides_the_growth_leaves_it_unresolved() -> None:
    finding = scaled(lambda n: 0.01 + 0.003 * n, luck=0.7, replicates=1)
    assert finding.growth == "unresolved"


def test_too_few_rounds_leave_growth_unresolved() -> None:
    finding = scaled(lambda n: 0.001 * n * n, rounds=4)
    assert finding.growth == "unresolved"
    assert finding.per_layer_squared_low is None
    assert finding.rounds == 4


def test_two_depths_make_no_curve() -> None:
    with pytest.raises(StopIteration):
        scaled(lambda n: 0.01 * n, (4, 16))


def test_depth_that_always_fails_is_left_out_of_the_curve() -> None:
    crash = Failure("mine", "out_of_memory", "4 GiB were not enough", layers=[128])
    finding = scaled(lambda n: 0.001 * n * n, (4, 16, 64, 128), failures=[crash])
    assert finding.layers == (4, 16, 64)
    assert finding.rounds == 20


def test_depth_that_mostly_fails_does_not_cost_the_curve_its_rounds() -> None:
    crash = Failure("mine", "timed_out", "took 120 s", layers=[128], rounds=range(15))
    finding = scaled(lambda n: 0.001 * n * n, (4, 16, 64, 128), failures=[crash])
    assert finding.layers == (4, 16, 64)
    assert finding.rounds == 20


def test_round_that_lacks_a_depth_is_left_out_of_the_curve() -> None:
    crash = Failure("mine", "crashed", "signal 9", layers=[64], rounds=[3])
    finding = scaled(lambda n: 0.001 * n * n, failures=[crash])
    assert finding.layers == DEPTHS
    assert finding.rounds == 19


@pytest.mark.parametrize(
    ("share", "share_interval", "curvature", "curvature_interval", "growth"),
    [
        (0.02, Interval(-0.1, 0.2), 0.0, Interval(-2, 2), "constant"),
        (0.05, Interval(0.01, 0.2), 0.0, Interval(-0.1, 0.1), "constant"),
        (0.2, Interval(-0.1, 0.6), 0.0, Interval(-0.1, 0.1), "linear"),
        (0.2, Interval(-0.1, 0.3), 0.0, Interval(-0.1, 0.1), "linear"),
        (0.35, Interval(-0.1, 0.4), 0.3, Interval(-0.6, 0.7), "unresolved"),
        (0.9, Interval(0.8, 0.95), 0.5, Interval(0.01, 0.9), "quadratic"),
        (0.9, Interval(0.8, 0.95), 0.08, Interval(0.01, 0.2), "linear"),
        (0.9, Interval(0.8, 0.95), 0.3, Interval(-0.01, 0.45), "linear"),
        (0.9, Interval(0.8, 0.95), 0.3, Interval(-0.01, 0.6), "unresolved"),
        (0.9, Interval(0.8, 0.95), -0.3, Interval(-0.6, -0.1), "sublinear"),
        (0.9, Interval(0.8, 0.95), 0.3, UNPLACED, "unresolved"),
        (0.9, UNPLACED, 0.3, Interval(0.2, 0.4), "unresolved"),
    ],
)
def test_growth_class(
    share: float,
    share_interval: Interval,
    curvature: float,
    curvature_interval: Interval,
    growth: str,
) -> None:
    terms = Term(share, share_interval, share_interval), Term(curvature, *[curvature_interval] * 2)
    assert growth_of(*terms) == growth


def test_one_wild_round_does_not_hide_that_growth_is_linear() -> None:
    curvature, error = np.append(np.linspace(-0.2, 0.2, 16), 0.9), 1 / 600
    wild = Term(0.0, median_interval(curvature, error), bounds(curvature, error))
    assert wild.interval.high > 0.5 > wild.bounds.high
    assert growth_of(Term(0.8, *[Interval(0.8, 0.8)] * 2), wild) == "linear"


def test_difference_of_curves_is_what_the_arm_has_more() -> None:
    arms = {
        "inline": {"construct": lambda n: 0.01 + 0.003 * n},
        "placebo": {"construct": lambda n: 0.01 + 0.003 * n},
        "mine": {"construct": lambda n: 0.02 + 0.003 * n + 0.0001 * n * n},
    }
    samples = simulate(arms, panels(*DEPTHS), rounds=30, luck=0.005, interference=0.005)
    found = concluded(samples, family(arms, panels(*DEPTHS), phases=["construct"])).scaling
    differences = {finding.arm: finding.difference for finding in found}
    assert differences["inline"] is None
    mine, placebo = differences["mine"], differences["placebo"]
    assert mine is not None
    assert placebo is not None
    assert mine.per_layer_squared == pytest.approx(0.0001, rel=0.1)
    for difference, truth in ((mine, 0.0001), (placebo, 0.0)):
        assert difference.rounds == 30
        assert difference.per_layer_squared_low is not None
        assert difference.per_layer_squared_high is not None
        assert difference.per_layer_squared_low < truth < difference.per_layer_squared_high


def test_curve_foretells_twice_its_depth() -> None:
    finding = scaled(lambda n: 0.01 + 0.003 * n, luck=0.005, interference=0.0)
    assert finding.forecast is not None
    assert finding.forecast.layers == 128
    assert finding.forecast.value == pytest.approx(0.01 + 0.003 * 128, rel=0.1)
    assert finding.forecast_check is None
    longer = scaled(lambda n: 0.01 + 0.003 * n, depths=(4, 16, 32, 64), luck=0.005)
    assert longer.forecast_check is not None
    assert longer.forecast_check.ratio == pytest.approx(1.0, abs=0.1)


@pytest.mark.parametrize(
    ("own", "verdicts", "growth"),
    [
        ("unresolved", ("equivalent", "equivalent", "equivalent"), "linear"),
        ("unresolved", ("equivalent", "unresolved", "equivalent"), "unresolved"),
        ("unresolved", ("equivalent", "equivalent", "slower"), "unresolved"),
        ("quadratic", ("equivalent", "equivalent", "equivalent"), "quadratic"),
    ],
)
def test_arm_that_is_equivalent_to_a_linear_one_at_every_depth_is_linear(
    own: str, verdicts: Sequence[str], growth: str
) -> None:
    def linear(n: int) -> float:
        return 0.01 + 0.003 * n

    arms = {arm: {"construct": linear, "build": None} for arm in ("inline", "mine")}
    found = concluded(
        simulate(arms, panels(*DEPTHS), rounds=20, replicates=2),
        family(arms, panels(*DEPTHS), phases=["construct"]),
    )
    curves = [
        each.model_copy(update={"growth": "linear" if each.arm == "inline" else own})
        for each in found.scaling
    ]
    comparisons = [
        each.model_copy(update={"verdict": verdict, "within_margin": False, "margin": 0.05})
        for each, verdict in zip(found.comparisons, verdicts, strict=True)
    ]
    settled = with_growth_of_equals(curves, comparisons, 0.05)
    assert {each.arm: each.growth for each in settled} == {"inline": "linear", "mine": growth}


@pytest.mark.parametrize(
    ("high", "growth"), [(1.04, "linear"), (1.3, "unresolved"), (None, "unresolved")]
)
def test_arm_that_is_equivalent_within_a_millisecond_alone_grows_in_its_own_way(
    high: float | None, growth: str
) -> None:
    """A millisecond is half of a phase of two: equivalent arms need not grow alike."""

    def linear(n: int) -> float:
        return 0.001 + 0.0001 * n

    arms = {arm: {"construct": linear, "build": None} for arm in ("inline", "mine")}
    found = concluded(
        simulate(arms, panels(*DEPTHS), rounds=20, replicates=2),
        family(arms, panels(*DEPTHS), phases=["construct"]),
    )
    curves = [
        each.model_copy(update={"growth": "linear" if each.arm == "inline" else "unresolved"})
        for each in found.scaling
    ]
    changes = {"verdict": "equivalent", "margin": 0.5, "ratio_low": 0.98, "ratio_high": high}
    comparisons = [each.model_copy(update=changes) for each in found.comparisons]
    settled = with_growth_of_equals(curves, comparisons, 0.05)
    assert {each.arm: each.growth for each in settled} == {"inline": "linear", "mine": growth}
