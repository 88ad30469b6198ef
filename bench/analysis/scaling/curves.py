"""The scaling families: which curves over depth a run declares, and their error shares."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bench.domain.design.comparison import Comparison
from bench.domain.design.error_budget import error_shares
from bench.domain.metrics import Metric
from bench.domain.panel import Cell

FEWEST_DEPTHS = 3
"""A line and its curvature take three depths."""


@dataclass(frozen=True)
class Curve:
    """One arm's cost in one phase and metric at several depths, all other factors fixed.

    ``cells`` are those of its depths, shallowest first; ``baseline`` are the cells that they are
    compared with, themselves for a baseline. ``error_share`` bounds the probability that its growth
    is ever named wrongly; and, for each of its coefficients and forecasts by itself, that the
    interval ever misses.
    """

    metric: Metric
    phase: str
    cells: tuple[Cell, ...]
    baseline: tuple[Cell, ...]
    error_share: float

    @property
    def is_baseline(self) -> bool:
        """Whether the arm is the baseline itself."""
        return self.cells == self.baseline


@dataclass
class _Depths:
    """What is gathered of a curve, by depth."""

    cells: dict[int, Cell]
    baseline: dict[int, Cell]
    headline: bool = False


def declared_curves(comparisons: Sequence[Comparison], budget: float) -> list[Curve]:
    """The curves that the declared ``comparisons`` imply, baselines' among them.

    A curve has at least three depths and a metric that ``grows``. ``budget`` is the probability,
    over all curves of a metric and all looks together, that the growth of any is named wrongly;
    curves of a placebo come on top of it, each as strict as the curves of its phase. Like the
    comparisons, the curves and their shares are fixed before anything is measured.
    """
    found: dict[tuple[Metric, str, Cell], _Depths] = {}
    for comparison in comparisons:
        layers = comparison.panel.layers
        # What is compared across environments has a curve in its own.
        if layers is None or not comparison.metric.grows or comparison.across:
            continue
        for cell in (comparison.baseline, comparison.arm):
            name = comparison.metric, comparison.phase, at_any_depth(cell)
            depths = found.setdefault(name, _Depths({}, {}))
            depths.cells[layers], depths.baseline[layers] = cell, comparison.baseline
            depths.headline |= comparison.headline
    found = {name: each for name, each in found.items() if len(each.cells) >= FEWEST_DEPTHS}
    metrics = dict.fromkeys(metric for metric, *_ in found)
    share = {
        metric: error_shares(
            budget,
            [
                each.headline
                for (own, _, cell), each in found.items()
                if own == metric and not cell.placebo
            ],
        )
        for metric in metrics
    }
    return [
        Curve(
            metric=metric,
            phase=phase,
            cells=tuple(each.cells[layers] for layers in sorted(each.cells)),
            baseline=tuple(each.baseline[layers] for layers in sorted(each.baseline)),
            error_share=share[metric][each.headline],
        )
        for (metric, phase, _), each in found.items()
    ]


def at_any_depth(cell: Cell) -> Cell:
    """What the cells of one arm at all depths share."""
    return cell._replace(panel=cell.panel.model_copy(update={"layers": None}))
