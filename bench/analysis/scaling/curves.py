"""The scaling family: which curves of time over depth a run declares, and their error shares.

Memory has no curve: a shallow model fits into memory that the interpreter has ready anyway, so that
the change in resident memory bends upwards for every arm.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from bench.domain.comparison import Comparison
from bench.domain.panel import Panel

FEWEST_DEPTHS = 3
"""A line and its curvature take three depths."""

HEADLINE_SHARE = 0.95
"""Part of the error budget that goes to the curves of headline phases, as with comparisons.

Evidence grows exponentially with rounds, so that the other curves pay for their small part with
about four more rounds.
"""


@dataclass(frozen=True)
class Curve:
    """One arm's time in one phase at several depths, all other factors fixed.

    ``panels`` are the panels of its depths, shallowest first; ``baseline`` is the arm that it is
    compared with, itself for a baseline. ``error_share`` bounds, for each of its coefficients, the
    probability that the interval of that coefficient ever misses.
    """

    panels: tuple[Panel, ...]
    arm: str
    baseline: str
    placebo: bool
    phase: str
    error_share: float


class _Name(NamedTuple):
    """What tells one curve from another."""

    scenario: str
    architecture: str | None
    batch: int | None
    call_mode: str
    device: str
    backend: str
    environment: str
    arm: str
    phase: str


def declared_curves(comparisons: Sequence[Comparison], budget: float) -> list[Curve]:
    """The curves that the declared ``comparisons`` imply, baselines' among them.

    A curve has at least three depths. ``budget`` is the probability, over all curves and looks
    together, that any interval of a coefficient misses; curves of a placebo come on top of it, each
    as strict as the curves of its phase. Like the comparisons, the curves and their shares are
    fixed before anything is measured.
    """
    panels: dict[_Name, dict[int, Panel]] = {}
    placebo: dict[_Name, bool] = {}
    baseline: dict[_Name, str] = {}
    headline: dict[_Name, bool] = {}
    for comparison in comparisons:
        if comparison.factors.layers is None:
            continue
        for name, is_placebo in (
            (_name(comparison, comparison.baseline), False),
            (_name(comparison, comparison.arm), comparison.placebo),
        ):
            panels.setdefault(name, {})[comparison.factors.layers] = comparison.factors
            placebo[name] = is_placebo
            baseline[name] = comparison.baseline
            headline[name] = headline.get(name, False) or comparison.headline
    names = [name for name, depths in panels.items() if len(depths) >= FEWEST_DEPTHS]
    counted = [headline[name] for name in names if not placebo[name]]
    share = _shares(sum(counted), len(counted) - sum(counted), budget)
    return [
        Curve(
            panels=tuple(panels[name][layers] for layers in sorted(panels[name])),
            arm=name.arm,
            baseline=baseline[name],
            placebo=placebo[name],
            phase=name.phase,
            error_share=share[headline[name]],
        )
        for name in names
    ]


def _name(comparison: Comparison, arm: str) -> _Name:
    factors = comparison.factors
    return _Name(
        factors.scenario,
        factors.architecture,
        factors.batch,
        factors.call_mode,
        factors.device,
        factors.backend,
        factors.environment,
        arm,
        comparison.phase,
    )


def _shares(headline: int, rest: int, budget: float) -> dict[bool, float]:
    """The share of one curve, by whether its phase is a headline."""
    part = HEADLINE_SHARE if headline and rest else float(headline > 0)
    return {
        True: budget * part / max(headline, 1),
        False: budget * (1 - part) / max(rest, 1),
    }
