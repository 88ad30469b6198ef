"""The cost of a depth that was not measured, and whether such forecasts come true."""

from __future__ import annotations

import numpy as np

from bench.analysis.arrays import Floats, median
from bench.analysis.inference.intervals import finite_or_none, median_interval
from bench.analysis.scaling.fits import fit_quadratic
from bench.domain.findings.comparisons import Forecast, ForecastCheck

BEYOND = 2
"""A forecast is made for so many times the deepest depth measured."""

FEWEST_TO_CHECK = 4
"""Depths that a check takes: three to fit the curve, and the deepest to forecast."""


def forecast(layers: Floats, costs: Floats, error: float) -> Forecast | None:
    """The cost at twice the deepest depth, from the curve of each round.

    ``layers`` has shape (depths,), ``costs`` (rounds, depths). The interval is that of the median
    over rounds; it supposes that the curve goes on as it is. ``None`` where the curve leads below
    0, which no cost is: it does not go on so then.
    """
    depth = BEYOND * layers[-1]
    predicted = _predicted(layers, costs, depth)
    if median(predicted) <= 0:
        return None
    interval = median_interval(predicted, error)
    low = finite_or_none(interval.low)
    return Forecast(
        layers=int(depth),
        value=median(predicted),
        value_low=None if low is None else max(low, 0.0),
        value_high=finite_or_none(interval.high),
    )


def forecast_check(layers: Floats, costs: Floats, error: float) -> ForecastCheck | None:
    """The deepest depth forecast from the others, as a ratio to what was measured there.

    ``None`` with fewer than four depths. A forecast below 0 is one of nothing: a ratio of 0.
    """
    if len(layers) < FEWEST_TO_CHECK:
        return None
    predicted = _predicted(layers[:-1], costs[:, :-1], layers[-1])
    ratio = np.maximum(predicted, 0.0) / costs[:, -1]
    interval = median_interval(ratio, error)
    return ForecastCheck(
        layers=int(layers[-1]),
        ratio=median(ratio),
        ratio_low=finite_or_none(interval.low),
        ratio_high=finite_or_none(interval.high),
    )


def _predicted(layers: Floats, costs: Floats, depth: float) -> Floats:
    """What the curve through ``costs`` says of ``depth``, per round."""
    constant, per_layer, per_layer_squared = fit_quadratic(layers, costs).T
    predicted: Floats = constant + depth * (per_layer + depth * per_layer_squared)
    return predicted
