"""The frozen plan of a run: cells, their random order in each round, the declared family."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal, NamedTuple

from bench.domain.panel import Panel
from bench.domain.phases import Lifecycle, Phases, call_modes_of
from bench.domain.scenario import PLACEBO, Arm, Scenario
from bench.domain.values import Frozen

HEADLINE_SHARE = 0.95
"""Share of the error budget that goes to the phases a scenario is about (see ``Scenario``)."""

Isolation = Literal["fork", "start", "none"]


class Input(Frozen):
    """One of a model's inputs: its dtype, and its shape with the batch size in front."""

    dtype: str
    shape: tuple[int, ...]


class PlannedArm(Frozen):
    """An arm as it will be measured; ``placebo`` marks the second copy of the baseline."""

    name: str
    builder: str
    arguments: Mapping[str, Any] = {}
    architecture_arguments: Mapping[str, Any] = {}
    lifecycle_arguments: Mapping[str, Any] = {}
    deferred: bool = False
    patch: str | None = None
    placebo: bool = False


class PlannedScenario(Frozen):
    """A scenario as it will be measured, the placebo among its arms."""

    name: str
    question: str
    baseline: str
    arms: tuple[PlannedArm, ...]
    headline: tuple[str, ...]
    lifecycle: Lifecycle | None = None

    def is_headline(self, arm: PlannedArm, phase: str) -> bool:
        """Whether the scenario is about ``phase`` of ``arm``."""
        baseline = next(each for each in self.arms if each.name == self.baseline)
        if (arm.deferred or baseline.deferred) and phase in ("construct", "ready"):
            return phase == "ready" and bool({"construct", "ready"} & set(self.headline))
        return phase in self.headline


class Cell(NamedTuple):
    """One arm in one panel."""

    panel: Panel
    arm: PlannedArm


class PlannedInvocation(NamedTuple):
    """One planned invocation within a round."""

    order: int
    cell: Cell
    replicate: int


class DeclaredComparison(NamedTuple):
    """An arm against the baseline in one panel and phase, with its share of the error budget."""

    panel: Panel
    phase: str
    arm: str
    baseline: str
    placebo: bool
    headline: bool
    error_share: float


class Pilot(Frozen):
    """What a few rounds before the first said of the variance of effects and the cost of a round.

    ``within`` and ``between`` are standard deviations of logs (see
    ``bench.analysis.inference.variance``);
    ``zygote_s`` is what an import takes, ``replicate_s`` one invocation of every cell.
    """

    rounds: int
    replicates: int
    within: float
    between: float
    zygote_s: float
    replicate_s: float


class Plan(Frozen):
    """All that is decided before the first measurement of a run; stored in ``run.json``.

    ``architectures`` maps names to ``module:function``, and ``architecture_arguments`` those that
    have any to what they are called with. ``iterations`` calls are made in each phase that
    iterates; ``batch`` is their batch size.
    ``folders`` are those, beside the current one, that measured code is imported from.
    ``inputs`` are those of models whose own cannot be known, in their order.
    ``margin`` is relative (0.05 is ±5 %). ``budget_s`` bounds the measuring part of the run.
    Before the first round, ``pilot_rounds`` rounds choose the replicates; ``pilot`` is what they
    said. ``jobs`` invocations run side by side. With ``pin`` each is kept on a core of its own, and
    a probe tells the pace of that core.
    """

    scenarios: tuple[PlannedScenario, ...]
    panels: tuple[Panel, ...]
    architectures: Mapping[str, str]
    architecture_arguments: Mapping[str, Mapping[str, Any]] = {}
    environments: Mapping[str, str]
    folders: tuple[str, ...] = ()
    rounds: int
    replicates: int
    pilot_rounds: int = 0
    pilot: Pilot | None = None
    iterations: int
    batch: int = 32
    inputs: tuple[Input, ...] = ()
    budget_s: float
    margin: float = 0.05
    confidence: float = 0.95
    seed: int
    isolation: Isolation = "fork"
    timeout_s: float = 120.0
    memory_bytes: int
    threads: int | None = None
    pin: bool = False
    jobs: int = 1

    def scenario(self, name: str) -> PlannedScenario:
        """The planned scenario called ``name``."""
        return next(scenario for scenario in self.scenarios if scenario.name == name)

    def lifecycles(self) -> Mapping[str, Phases]:
        """The lifecycle of each call mode, or of each scenario with one of its own."""
        found: dict[str, Phases] = {}
        for panel in self.panels:
            found[panel.call_mode] = (
                self.scenario(panel.scenario).lifecycle
                or call_modes_of(panel.backend)[panel.call_mode]
            )
        return found

    def cells(self) -> list[Cell]:
        """Every cell, panel by panel."""
        return [
            Cell(panel, arm) for panel in self.panels for arm in self.scenario(panel.scenario).arms
        ]

    def references(self, cell: Cell) -> list[str]:
        """The ``module:function`` of all that measuring ``cell`` takes."""
        panel, arm = cell
        lifecycle = self.scenario(panel.scenario).lifecycle
        named = (
            arm.builder,
            self.architectures.get(panel.architecture or ""),
            arm.patch,
            lifecycle and lifecycle.function,
        )
        return [reference for reference in named if reference]

    def order(self, round_number: int) -> Iterator[PlannedInvocation]:
        """The visits of a round: each replicate a complete pass over all cells in random order."""
        generator = random.Random(f"order-{self.seed}-{round_number}")
        cells = self.cells()
        position = 0
        for replicate in range(self.replicates):
            for cell in generator.sample(cells, len(cells)):
                yield PlannedInvocation(position, cell, replicate)
                position += 1

    def round_seed(self, round_number: int) -> int:
        """The seed that every arm of a round shares; 32 bits, different in each round."""
        return random.Random(f"round-{self.seed}-{round_number}").getrandbits(32)

    def family(self) -> list[DeclaredComparison]:
        """Every comparison of the run, placebos included, counted before anything is measured.

        The shares of the comparisons other than the placebo's sum to ``1 - confidence``. A placebo
        is judged as strictly as the comparisons of its phase; it tests the instrument, not a claim.
        """
        lifecycles = self.lifecycles()
        pairs = [
            (panel, arm, phase, self.scenario(panel.scenario).is_headline(arm, phase))
            for panel, arm in self.cells()
            if arm.name != self.scenario(panel.scenario).baseline
            for phase in lifecycles[panel.call_mode].compared
        ]
        claims = [pair for pair in pairs if not pair[1].placebo] or pairs
        headline = sum(is_headline for *_, is_headline in claims)
        share = error_shares(1 - self.confidence, headline, len(claims) - headline)
        return [
            DeclaredComparison(
                panel=panel,
                phase=phase,
                arm=arm.name,
                baseline=self.scenario(panel.scenario).baseline,
                placebo=arm.placebo,
                headline=is_headline,
                error_share=share[is_headline],
            )
            for panel, arm, phase, is_headline in pairs
        ]


def error_shares(budget: float, headline: int, rest: int) -> dict[bool, float]:
    """What each of ``headline`` comparisons (True) and of the ``rest`` (False) may err."""
    headline_budget = budget * (HEADLINE_SHARE if headline and rest else float(headline > 0))
    return {
        True: headline_budget / max(headline, 1),
        False: (budget - headline_budget) / max(rest, 1),
    }


def declared(scenario: PlannedScenario, panels: Sequence[Panel]) -> Scenario:
    """What ``scenario`` was planned from, to sweep what it swept in its ``panels``."""
    mine = [panel for panel in panels if panel.scenario == scenario.name]
    return Scenario(
        question=scenario.question,
        arms={
            arm.name: Arm(**arm.model_dump(exclude={"name", "placebo"}))
            for arm in scenario.arms
            if not arm.placebo
        },
        baseline=scenario.baseline,
        architectures=[*dict.fromkeys(each.architecture for each in mine if each.architecture)],
        layers=[*dict.fromkeys(each.layers for each in mine if each.layers)],
        headline=scenario.headline,
        lifecycle=scenario.lifecycle,
    )


def planned(name: str, scenario: Scenario) -> PlannedScenario:
    """``scenario`` with its placebo: a second copy of the baseline, right after it."""
    arms: list[PlannedArm] = []
    for arm_name, arm in scenario.arms.items():
        arguments = dict(arm.architecture_arguments)
        arms.append(
            PlannedArm(
                name=arm_name,
                builder=arm.builder,
                arguments=dict(arm.arguments),
                architecture_arguments=arguments,
                lifecycle_arguments=dict(arm.lifecycle_arguments),
                deferred=arm.deferred,
                patch=arm.patch,
            )
        )
        if arm_name == scenario.baseline:
            arms.append(arms[-1].model_copy(update={"name": PLACEBO, "placebo": True}))
    return PlannedScenario(
        name=name,
        question=scenario.question,
        baseline=scenario.baseline,
        arms=tuple(arms),
        headline=tuple(scenario.headline),
        lifecycle=scenario.lifecycle,
    )
