"""How cost grows with depth: the coefficients of each curve, and the growth read from them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from bench.analysis.arrays import Booleans, Floats, median
from bench.analysis.inference.intervals import Interval, bounds, finite_or_none, median_interval
from bench.analysis.samples.rounds import RoundCosts
from bench.analysis.scaling.curves import FEWEST_DEPTHS, Curve
from bench.analysis.scaling.fits import fit_quadratic
from bench.analysis.scaling.forecasts import forecast, forecast_check
from bench.domain.findings.comparisons import (
    CoefficientDifference,
    ComparisonFinding,
    Growth,
    ScalingFinding,
)
from bench.domain.panel import Cell, Panel, Setting

NEGLIGIBLE = 0.1
"""Part of the deepest cost below which a term is too small to give a growth its name.

With enough rounds any trace of curvature becomes significant; a cost whose quadratic term is 3 % of
it is still, to everyone who waits for it, linear. The price: a curve that is quadratic but not yet
at the depths measured is called linear there.
"""

PLAUSIBLE = (-0.5, 0.5)
"""Part of the deepest cost that the interval of a term must stay within before it is dismissed.

'Not distinguishable from 0' is no evidence of absence while half of the cost might still come from
that term. Wider than ``NEGLIGIBLE`` because a curvature from three depths is about half
again as noisy as the costs themselves: with bounds of 0.1 few machines would ever say ``linear``.
"""

ADDED = (-0.25, 0.25)
"""The same for the part of the deepest cost that depth adds, before it is called constant.

No curvature makes this one noisy: it is the difference of two costs. Of a cost that depth raises by
a third, a quarter is added.
"""


def scaling_finding(curve: Curve, costs: RoundCosts) -> ScalingFinding | None:
    """The coefficients of one curve with their intervals, and its growth.

    Depths measured in fewer than half of the rounds (where a deep model fails, say) are left out of
    the curve, then rounds that lack one of its depths. ``None`` when fewer than three depths or no
    round remain.
    """
    layers, series = _measured(curve, curve.cells, costs)
    values = series[_complete(series)]
    if len(layers) < FEWEST_DEPTHS or not len(values):
        return None
    coefficients = fit_quadratic(layers, values)
    deepest = values[:, -1]
    curvature = coefficients[:, 2] * layers[-1] ** 2 / deepest
    share = (deepest - values[:, 0]) / deepest
    error = curve.error_share
    # A growth rests on two terms, either of which may mislead.
    quadratic, more = (_term(each, error / 2) for each in (curvature, share))
    deepest_cell = curve.cells[-1]
    return ScalingFinding(
        **dict(deepest_cell.panel.setting),
        environment=deepest_cell.environment,
        arm=deepest_cell.arm,
        placebo=deepest_cell.placebo,
        metric=curve.metric.name,
        unit=curve.metric.unit,
        phase=curve.phase,
        layers=tuple(int(depth) for depth in layers),
        rounds=len(values),
        **_named(coefficients, error),
        curvature=quadratic.median,
        curvature_low=finite_or_none(quadratic.interval.low),
        curvature_high=finite_or_none(quadratic.interval.high),
        growth=growth_of(more, quadratic),
        difference=_difference(curve, layers, series, costs),
        forecast=forecast(layers, values, error),
        forecast_check=forecast_check(layers, values, error),
    )


def with_growth_of_equals(
    findings: Sequence[ScalingFinding], comparisons: Sequence[ComparisonFinding], margin: float
) -> tuple[ScalingFinding, ...]:
    """``findings``, where an arm that is equivalent to its baseline at every depth grows as that.

    An arm whose cost is within the relative ``margin`` of one that grows linearly does so too, as
    far as the depths measured can tell. One that is equivalent within a millisecond alone need not:
    that may be half of a short phase. Arms whose own curve shows their growth keep it. A growth
    that is unresolved then has no forecast.
    """
    within = {
        (each.cell, each.phase, each.metric): each.baseline
        for each in comparisons
        if not each.across
        and (each.verdict == "equivalent" or each.within_margin)
        and (each.margin <= margin or _lies_within(each, margin))
    }
    known = {
        (_setting(each), each.environment, each.arm, each.phase, each.metric): each.growth
        for each in findings
    }

    def settled(finding: ScalingFinding) -> ScalingFinding:
        panels = [Panel(**dict(_setting(finding)), layers=layers) for layers in finding.layers]
        cells = [Cell(panel, finding.arm, finding.environment) for panel in panels]
        baselines = [within.get((cell, finding.phase, finding.metric)) for cell in cells]
        first = baselines[0]
        if finding.growth != "unresolved" or first is None or set(baselines) != {first}:
            return finding
        same = _setting(finding), finding.environment, first, finding.phase, finding.metric
        return finding.model_copy(update={"growth": known.get(same, "unresolved")})

    return tuple(_without_guess(settled(finding)) for finding in findings)


def _lies_within(comparison: ComparisonFinding, margin: float) -> bool:
    low, high = comparison.ratio_low, comparison.ratio_high
    return low is not None and high is not None and 1 / (1 + margin) <= low and high <= 1 + margin


def _without_guess(finding: ScalingFinding) -> ScalingFinding:
    is_guess = finding.growth == "unresolved"
    return finding.model_copy(update={"forecast": None}) if is_guess else finding


def _setting(finding: ScalingFinding) -> Setting:
    return Setting(**{name: getattr(finding, name) for name in Setting.model_fields})


class Term(NamedTuple):
    """A part of the deepest cost: its median, its interval, and bounds that each err as rarely.

    The interval tells whether there is such a part. Whether it can be large is asked of the bounds:
    each of them alone would be wrong about that.
    """

    median: float
    interval: Interval
    bounds: Interval


def _term(values: Floats, error: float) -> Term:
    return Term(median(values), median_interval(values, error), bounds(values, error))


def growth_of(share: Term, curvature: Term) -> Growth:
    """The growth class of a curve.

    ``share`` is the part of the deepest cost that comes on top of the shallowest's; ``curvature``
    the part of it that is quadratic.
    """
    if not (share.interval.bounded and curvature.interval.bounded):
        return "unresolved"
    if _absent(share, ADDED):
        return "constant"
    if curvature.interval.low > 0 and curvature.median > NEGLIGIBLE:
        return "quadratic"
    if curvature.interval.high < 0 and curvature.median < -NEGLIGIBLE:
        return "sublinear"
    if _absent(curvature, PLAUSIBLE):
        return "linear"
    return "unresolved"


def _absent(term: Term, plausible: tuple[float, float]) -> bool:
    """Whether a term is indistinguishable from 0 or negligible, and cannot be large."""
    interval, (low, high) = term.interval, plausible
    indistinct = interval.low <= 0 <= interval.high or abs(term.median) <= NEGLIGIBLE
    return indistinct and term.bounds.low > low and term.bounds.high < high


def _difference(
    curve: Curve, layers: Floats, series: Floats, costs: RoundCosts
) -> CoefficientDifference | None:
    """What the curve has more than its baseline's in the rounds that measured both, or None."""
    if curve.is_baseline:
        return None
    base_layers, base = _measured(curve, curve.baseline, costs)
    if not np.array_equal(base_layers, layers):
        return None
    both = _complete(series) & _complete(base)
    if not both.any():
        return None
    differences = fit_quadratic(layers, series[both]) - fit_quadratic(layers, base[both])
    return CoefficientDifference(
        baseline=curve.baseline[-1].arm,
        rounds=len(differences),
        **_named(differences, curve.error_share),
    )


def _named(coefficients: Floats, error: float) -> dict[str, float | None]:
    """Medians of ``coefficients`` (rounds, 3) with their bounds, by the names of findings."""
    fields: dict[str, float | None] = {}
    names = ("constant", "per_layer", "per_layer_squared")
    for name, values in zip(names, coefficients.T, strict=True):
        interval = median_interval(values, error)
        fields[name] = median(values)
        fields[f"{name}_low"] = finite_or_none(interval.low)
        fields[f"{name}_high"] = finite_or_none(interval.high)
    return fields


def _measured(curve: Curve, cells: Sequence[Cell], costs: RoundCosts) -> tuple[Floats, Floats]:
    """The depths measured in most rounds, and the costs of ``cells`` there (rounds, depths)."""
    layers = np.array([float(cell.panel.layers or 0) for cell in cells])
    series = [costs.of(cell, curve.phase, curve.metric) for cell in cells]
    values = np.stack(series, axis=1)
    values = np.where(values > 0, values, np.nan)
    present = ~np.isnan(values)
    chosen = 2 * present.sum(axis=0) >= max(present.any(axis=1).sum(), 1)
    return layers[chosen], values[:, chosen]


def _complete(series: Floats) -> Booleans:
    """Which rounds measured every depth."""
    return np.asarray(~np.isnan(series).any(axis=1))
