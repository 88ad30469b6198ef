"""Sweeps: the findings of all panels that differ in depth only, which is what one table shows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from bench.domain.findings.comparisons import ComparisonFinding, ScalingFinding
from bench.domain.findings.costs import (
    BreakEvenFinding,
    CallModesFinding,
    CellFinding,
    FailureFinding,
)
from bench.domain.findings.run import Findings
from bench.domain.labels import label
from bench.domain.metrics import SECONDS, Metric
from bench.domain.panel import Cell, OfCell, Setting
from bench.domain.phases import PhasePlan, is_overhead_phase

LIFECYCLE = (
    "import",
    "runtime",
    "construct",
    "build",
    "ready",
    "compile",
    "trace",
    "xla_compile",
    "first_call",
    "first_step",
    "first_epoch",
    "time_to_first_inference",
    "time_to_first_step",
    "time_to_first_epoch",
    "inference",
    "step",
    "epoch",
)
"""The order in which phases are shown, of all call modes, each composite after its parts."""


class Place(Setting):
    """What one table shows: a setting in one environment."""

    environment: str

    @property
    def setting(self) -> Setting:
        """It without its environment."""
        return Setting(**{name: getattr(self, name) for name in Setting.model_fields})

    def text(self) -> str:
        """The factors in a line, ``build_style · mlp · function · cpu · tensorflow``."""
        return label(self)


@dataclass(frozen=True)
class Sweep:
    """All findings of one setting in one environment; but for ``costs``, those of wall time.

    ``costs`` holds the cells of all metrics, by arm, depth, phase and name of the metric.
    ``arms`` holds every arm, measured or not: the baseline first, placebos last. ``depths`` are
    ascending, and ``(None,)`` where panels have no depth.
    """

    place: Place
    lifecycle: PhasePlan
    arms: tuple[str, ...]
    placebos: frozenset[str]
    depths: tuple[int | None, ...]
    cells: tuple[CellFinding, ...]
    costs: Mapping[tuple[str, int | None, str, str], CellFinding]
    comparisons: tuple[ComparisonFinding, ...]
    scaling: tuple[ScalingFinding, ...]
    break_even: tuple[BreakEvenFinding, ...]
    failures: tuple[FailureFinding, ...]

    @property
    def baseline(self) -> str:
        """The arm that the others are compared with."""
        return self.arms[0]

    @property
    def deepest(self) -> int | None:
        """The largest depth, of which the headlines speak."""
        return self.depths[-1]

    @property
    def deepest_compared(self) -> int | None:
        """The largest depth at which any arm was compared with the baseline, else the largest."""
        compared = {item.layers for item in self.comparisons if item.rounds and not item.placebo}
        return next((depth for depth in reversed(self.depths) if depth in compared), self.deepest)

    @property
    def headline_phases(self) -> tuple[str, ...]:
        """The phases that the scenario is about."""
        return self._in_order(item.phase for item in self.comparisons if item.headline)

    def headlines(self, arm: str) -> tuple[str, ...]:
        """The phases that the scenario is about where ``arm`` is concerned."""
        if arm == self.baseline:
            return self.headline_phases
        items = (item for item in self.comparisons if item.arm == arm and item.headline)
        return self._in_order(item.phase for item in items)

    @property
    def other_phases(self) -> tuple[str, ...]:
        """The phases that are compared and no arm's headline."""
        phases = self._in_order(item.phase for item in self.comparisons)
        return tuple(phase for phase in phases if phase not in self.headline_phases)

    @property
    def measured_phases(self) -> tuple[str, ...]:
        """The phases that any cell has a time for, except those that belong to no arm."""
        return self._in_order(
            cell.phase for cell in self.cells if not is_overhead_phase(cell.phase)
        )

    @property
    def main_phase(self) -> str:
        """The phase that titles speak of: the first headline, else the first measured."""
        return (*self.headline_phases, *self.measured_phases, LIFECYCLE[2])[0]

    def _in_order(self, phases: Iterable[str]) -> tuple[str, ...]:
        return in_lifecycle_order(phases, self.lifecycle)

    def cell(
        self, arm: str, layers: int | None, phase: str, metric: Metric = SECONDS
    ) -> CellFinding | None:
        """What ``arm`` cost in ``phase`` at one depth, or None where it was not measured."""
        return self.costs.get((arm, layers, phase, metric.name))

    def comparison(self, arm: str, layers: int | None, phase: str) -> ComparisonFinding | None:
        """``arm`` against the baseline in ``phase`` at one depth, or None."""
        return self._comparisons.get((arm, layers, phase))

    def growth(self, arm: str, phase: str) -> ScalingFinding | None:
        """How the time of ``arm`` in ``phase`` grows with depth, or None."""
        return self._growth.get((arm, phase))

    @cached_property
    def _comparisons(self) -> Mapping[tuple[str, int | None, str], ComparisonFinding]:
        return {(item.arm, item.layers, item.phase): item for item in reversed(self.comparisons)}

    @cached_property
    def _growth(self) -> Mapping[tuple[str, str], ScalingFinding]:
        return {(item.arm, item.phase): item for item in reversed(self.scaling)}


def sweeps(findings: Findings) -> list[Sweep]:
    """The findings of a run by place, in the order of the findings."""
    found: dict[Place, None] = {}
    for item in (*findings.timings, *findings.timed_cells, *findings.failures):
        found.setdefault(place_of(item))
    return [_sweep(findings, place) for place in found]


def baseline_call_modes(findings: Findings) -> list[CallModesFinding]:
    """The findings about baselines: how a model is called is asked of one way to build it."""
    baselines = {(item.scenario, item.baseline) for item in findings.timings}
    return [each for each in findings.call_modes if (each.scenario, each.arm) in baselines]


def in_lifecycle_order(
    phases: Iterable[str], lifecycle: PhasePlan | None = None
) -> tuple[str, ...]:
    """Distinct ``phases`` in the order of ``LIFECYCLE``, or of one that has phases of its own."""
    order: Sequence[str] = LIFECYCLE
    if lifecycle is not None and not set(lifecycle.compared) <= set(LIFECYCLE):
        order = lifecycle.compared
    rank = {phase: position for position, phase in enumerate(order)}
    return tuple(sorted(dict.fromkeys(phases), key=lambda phase: rank.get(phase, len(rank))))


def _sweep(findings: Findings, place: Place) -> Sweep:
    comparisons = tuple(item for item in findings.timings if place_of(item) == place)
    costs = [item for item in findings.cells if place_of(item) == place]
    cells = tuple(item for item in costs if item.metric == SECONDS.name)
    failures = tuple(item for item in findings.failures if place_of(item) == place)
    placebos = {item.arm for item in comparisons if item.placebo}
    placebos |= {cell.arm for cell in cells if cell.placebo}
    arms = dict.fromkeys(item.baseline for item in comparisons)
    arms |= dict.fromkeys(item.arm for item in comparisons)
    arms |= dict.fromkeys(cell.arm for cell in cells)
    arms |= dict.fromkeys(failure.arm for failure in failures)
    depths = {item.layers for item in comparisons} | {cell.layers for cell in cells}
    depths |= {failure.layers for failure in failures}
    return Sweep(
        place=place,
        lifecycle=findings.lifecycles[place.call_mode],
        arms=tuple(sorted(arms, key=placebos.__contains__)),
        placebos=frozenset(placebos),
        depths=tuple(sorted(depths, key=lambda depth: depth or 0)),
        cells=cells,
        costs={(item.arm, item.layers, item.phase, item.metric): item for item in costs},
        comparisons=comparisons,
        scaling=tuple(
            item
            for item in findings.scaling
            if place_of(item) == place and item.metric == SECONDS.name
        ),
        break_even=tuple(item for item in findings.break_even if place_of(item) == place),
        failures=failures,
    )


def place_of(item: OfCell | ScalingFinding | Cell) -> Place:
    """The place that a finding or a cell belongs to."""
    factors = item.panel if isinstance(item, Cell) else item
    names = Setting.model_fields
    return Place(**{name: getattr(factors, name) for name in names}, environment=item.environment)
