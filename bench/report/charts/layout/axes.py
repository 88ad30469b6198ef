"""Axes that read well: units that fit, ticks where a reader expects them."""

from __future__ import annotations

import math
from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.ticker import FixedFormatter, FixedLocator, NullLocator

from bench.report.charts.layout.style import BODY, ArmStyles

RATIO_TICKS = (
    *(1, 2, 0.5, 1.5, 0.7, 5, 0.2, 10, 0.1, 20, 0.05, 50, 0.02, 100, 0.01, 3, 4, 0.3),
    *(1.2, 0.8, 1.1, 0.9, 1.3, 0.6, 1.4, 0.95, 1.05, 0.85, 1.15, 0.4, 0.15, 7),
)
"""Ratios worth a tick, the most welcome first."""


def depth_axis(axes: Axes, depths: Sequence[int], *, log: bool) -> None:
    """An axis of layers with ticks at the depths that were measured."""
    if log:
        axes.set_xscale("log")
    ticks(axes.xaxis, [float(depth) for depth in depths], [f"{depth}" for depth in depths])


def decades(axes: Axes, low: float, high: float) -> None:
    """A logarithmic vertical axis from ``low`` to ``high`` with plain numbers at its ticks."""
    axes.set_yscale("log")
    axes.set_ylim(low, high)
    span = math.log10(high / low)
    steps = (1, 2, 5) if span < 1.7 else (1, 3) if span < 3.2 else (1,)
    exponents = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    values = [step * 10.0**exponent for exponent in exponents for step in steps]
    values = [value for value in values if low <= value <= high]
    ticks(axes.yaxis, values, [f"{value:,.6g}" for value in values])


def ratio_axis(axes: Axes, low: float, high: float, width: float) -> None:
    """A logarithmic horizontal axis of ratios; ``width`` inches decide how many ticks fit."""
    axes.set_xscale("log")
    axes.set_xlim(low, high)
    _ratio_ticks(axes.xaxis, low, high, width, apart=0.32)


def upright_ratio_axis(axes: Axes, low: float, high: float, height: float) -> None:
    """``ratio_axis`` in the vertical, of ``height`` inches."""
    axes.set_yscale("log")
    axes.set_ylim(low, high)
    _ratio_ticks(axes.yaxis, low, high, height, apart=0.25)


def _ratio_ticks(axis: Axis, low: float, high: float, length: float, apart: float) -> None:
    """As many ticks as fit into ``length`` inches, each so many inches from the next at least."""
    inches = length / math.log(high / low)
    chosen: list[float] = []
    for value in RATIO_TICKS:
        gaps = (abs(math.log(value / other)) * inches for other in chosen)
        if low <= value <= high and all(gap > apart for gap in gaps):
            chosen.append(value)
    chosen.sort()
    ticks(axis, chosen, [f"{value:g}" for value in chosen])


def ticks(axis: Axis, values: Sequence[float], labels: Sequence[str]) -> None:
    """Fixed ticks and no minor ones."""
    axis.set_major_locator(FixedLocator(list(values)))
    axis.set_major_formatter(FixedFormatter(list(labels)))
    axis.set_minor_locator(NullLocator())


def name_rows(axes: Axes, arms: Sequence[str], styles: ArmStyles, *, shown: bool = True) -> None:
    """A row per arm, from the top down, each named in the arm's colour where ``shown``."""
    axes.set_ylim(len(arms) - 0.4, -0.6)
    names = [styles[arm].name if shown else "" for arm in arms]
    ticks(axes.yaxis, [float(row) for row in range(len(arms))], names)
    axes.tick_params(axis="y", labelsize=BODY)
    for arm, label in zip(arms, axes.get_yticklabels(), strict=True):
        label.set_color(styles[arm].look.color)
    axes.grid(visible=False, axis="y")
