"""Sweeps: the findings of all panels that differ in depth only, which is what one table shows."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from bench.domain.findings.comparisons import ComparisonFinding, ScalingFinding
from bench.domain.findings.costs import (
    BreakEvenFinding,
    CallModesFinding,
    CellFinding,
    FailureFinding,
)
from bench.domain.findings.run import Findings
from bench.domain.metrics import SECONDS, Metric
from bench.domain.panel import Setting
from bench.domain.phases import PhasePlan, is_overhead_phase
from bench.domain.status import UNAVAILABLE
from bench.report.places import Place, Places, Shown

LIFECYCLE = (
    "import",
    "runtime",
    "construct",
    "build",
    "ready",
    "compile",
    "trace",
    "xla_compile",
    "torch_compile",
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


class Span(NamedTuple):
    """From one depth to another, a time grows so many ``times``, to ``seconds``."""

    shallowest: int
    deepest: int
    times: float
    seconds: float


@dataclass(frozen=True)
class Sweep:
    """All findings of one place; but for ``costs``, those of wall time.

    Where the place is an arm in several environments, ``arms`` and all findings name these in its
    place: ``keras3`` is then compared with ``keras2``.

    ``cells`` are those of the arms' own phases: without one, nothing of an arm was measured.
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
    def compares(self) -> str:
        """What its rows are: each an ``arm`` or an ``environment``."""
        return "arm" if self.place.of_arm is None else "environment"

    @property
    def deepest(self) -> int | None:
        """The largest depth at which anything was measured, else the largest."""
        return self._deepest_of({cell.layers for cell in self.cells}, self.depths[-1])

    def deepest_measured(
        self, phase: str, arm: str | None = None, metric: Metric = SECONDS
    ) -> int | None:
        """The largest depth at which ``arm``, or any, has a cost in ``phase``; else ``deepest``."""
        found = {
            layers
            for who, layers, what, measured in self.costs
            if (what, measured) == (phase, metric.name) and arm in (None, who)
        }
        return self._deepest_of(found, self.deepest)

    def deepest_compared(self, phase: str) -> int | None:
        """The largest depth at which any arm was compared with the baseline in ``phase``.

        Where none was, the largest at which any was measured in it.
        """
        compared = {
            item.layers
            for item in self.comparisons
            if item.rounds and not item.placebo and item.phase == phase
        }
        return self._deepest_of(compared, self.deepest_measured(phase))

    def _deepest_of(self, depths: Collection[int | None], otherwise: int | None) -> int | None:
        return next((depth for depth in reversed(self.depths) if depth in depths), otherwise)

    def has_failed(self, arm: str, layers: int | None) -> bool:
        """Whether any invocation of ``arm`` at one depth failed, in whatever phase."""
        return any((each.arm, each.layers) == (arm, layers) for each in self.failures)

    def failure(self, arm: str, layers: int | None) -> str:
        """What has become of an ``arm`` that failed at one depth, in a word or two."""
        failures = [each for each in self.failures if (each.arm, each.layers) == (arm, layers)]
        if all(each.kind == UNAVAILABLE for each in failures):
            return "unavailable"
        return "given up" if any(each.given_up for each in failures) else "failed"

    @property
    def is_of_one_arm(self) -> bool:
        """Whether there is nothing to compare: no arm but the baseline and its placebo."""
        return set(self.arms) - self.placebos == {self.baseline}

    @property
    def is_compared(self) -> bool:
        """Whether any arm but the placebo was compared with the baseline in any phase."""
        return any(item.rounds and not item.placebo for item in self.comparisons)

    @property
    def lacks_baseline(self) -> bool:
        """Whether others were measured, and the baseline failed in all that the scenario is about.

        So it is also where a phase that the baseline ended before says how they differ.
        """
        about = [item for item in self.comparisons if item.headline and not item.placebo]
        others = {cell.arm for cell in self.cells} - self.placebos - {self.baseline}
        failed = any(each.arm == self.baseline for each in self.failures)
        return failed and bool(others) and not any(item.rounds for item in about)

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
        """The phases to compare that are measured and no arm's headline.

        Of those that were not compared, a sum of a single part is left out: it is that part.
        """
        declared = {item.phase for item in self.comparisons}
        compared = {item.phase for item in self.comparisons if item.rounds}
        measured, sums = set(self.measured_phases), self.lifecycle.composites
        phases = [
            phase
            for phase in self.measured_phases
            if phase in compared
            or (phase in declared and len(measured.intersection(sums.get(phase, ()))) != 1)
        ]
        return tuple(phase for phase in phases if phase not in self.headline_phases)

    @property
    def measured_phases(self) -> tuple[str, ...]:
        """The phases that any cell has a time for, except those that belong to no arm."""
        return self._in_order(cell.phase for cell in self.cells)

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

    def span(self, arm: str, phase: str) -> Span | None:
        """How much longer ``arm`` takes in ``phase`` at the deepest than at the shallowest.

        Those are the depths that it was measured at; None where there are fewer than two.
        """
        cells = [self.cell(arm, depth, phase) for depth in self.depths if depth is not None]
        found = [each for each in cells if each is not None and each.value > 0]
        if len(found) < 2:
            return None
        first, last = found[0], found[-1]
        return Span(first.layers or 0, last.layers or 0, last.value / first.value, last.value)

    def growth(self, arm: str, phase: str) -> ScalingFinding | None:
        """How the time of ``arm`` in ``phase`` grows with depth, or None."""
        return self._growth.get((arm, phase))

    @cached_property
    def _comparisons(self) -> Mapping[tuple[str, int | None, str], ComparisonFinding]:
        return {(item.arm, item.layers, item.phase): item for item in reversed(self.comparisons)}

    @cached_property
    def _growth(self) -> Mapping[tuple[str, str], ScalingFinding]:
        return {(item.arm, item.phase): item for item in reversed(self.scaling)}


def is_short(findings: Findings) -> bool:
    """Whether arms were compared in fewer rounds than any verdict takes."""
    compared = any(each.rounds and not each.placebo for each in findings.timings)
    return compared and findings.rounds < findings.rounds_needed


def sweeps(findings: Findings) -> list[Sweep]:
    """The findings of a run by place: arms within environments, then environments of arms."""
    found: dict[Place, list[Shown]] = {}
    # The order of these is that of the places.
    shown: list[Shown] = [*findings.timings, *findings.timed_cells, *findings.failures]
    rest: list[Shown] = [each for each in findings.cells if each.metric != SECONDS.name]
    places_of = Places(findings)
    for item in shown:
        for place, named in places_of.of(item):
            found.setdefault(place, []).append(named)
    for item in (*rest, *findings.scaling, *findings.break_even):
        for place, named in places_of.of(item):
            if place in found:
                found[place].append(named)
    places = sorted(found, key=lambda place: place.of_arm is not None)
    return [_sweep(findings, place, found[place]) for place in places]


def side_by_side(found: Iterable[Sweep]) -> list[tuple[Sweep, ...]]:
    """Those of ``found`` that are of one setting in several environments, together."""
    settings: dict[Setting, list[Sweep]] = {}
    for sweep in found:
        if sweep.place.of_arm is None and sweep.cells:
            settings.setdefault(sweep.place.setting, []).append(sweep)
    return [tuple(each) for each in settings.values() if len(each) > 1]


def baseline_call_modes(findings: Findings) -> list[CallModesFinding]:
    """The findings about baselines: how a model is called is asked of one way to build it."""
    baselines = {(each.scenario, each.baseline) for each in findings.timings if not each.across}
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


def _sweep(findings: Findings, place: Place, items: Sequence[Shown]) -> Sweep:
    comparisons = tuple(item for item in items if isinstance(item, ComparisonFinding))
    costs = [item for item in items if isinstance(item, CellFinding)]
    cells = tuple(
        item for item in costs if item.metric == SECONDS.name and not is_overhead_phase(item.phase)
    )
    failures = tuple(item for item in items if isinstance(item, FailureFinding))
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
            for item in items
            if isinstance(item, ScalingFinding) and item.metric == SECONDS.name
        ),
        break_even=tuple(item for item in items if isinstance(item, BreakEvenFinding)),
        failures=failures,
    )
