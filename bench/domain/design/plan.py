"""The frozen plan of a run: what is measured, and within which limits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from pydantic import model_validator

from bench.domain.design.error_budget import JOINT_ERROR
from bench.domain.design.validity import problems
from bench.domain.inputs import Input
from bench.domain.metrics import SECONDS, Metric
from bench.domain.panel import Cell, Panel
from bench.domain.phases import (
    BUILD,
    ITERATING,
    RUNTIME,
    CallMode,
    Lifecycle,
    PhasePlan,
    call_modes_of,
)
from bench.domain.values import Frozen

Isolation = Literal["fork", "start", "none"]


class PlannedArm(Frozen):
    """An arm as it will be measured; ``placebo`` marks the second copy of the baseline.

    Without an ``environment`` it is measured in all those of the plan. ``inputs`` are what its file
    says of its models' inputs.
    """

    name: str
    builder: str
    arguments: Mapping[str, Any] = {}
    architecture_arguments: Mapping[str, Any] = {}
    lifecycle_arguments: Mapping[str, Any] = {}
    deferred: bool = False
    patch: str | None = None
    inputs: tuple[Input, ...] = ()
    environment: str | None = None
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


class Pilot(Frozen):
    """What a few rounds before the first said of the variance of effects and the cost of a round.

    ``within`` and ``between`` are standard deviations of logs (see
    ``bench.analysis.inference.variance``);
    ``zygote_s`` is what an import takes, ``replicate_s`` one invocation of every cell. The parts of
    the latter that are for each panel, and the replicates chosen for it, are in the plan's order of
    panels; runs of earlier versions have none, and the same number of replicates everywhere.
    """

    rounds: int
    replicates: int
    within: float
    between: float
    zygote_s: float
    replicate_s: float
    panel_s: tuple[float, ...] = ()
    panel_replicates: tuple[int, ...] = ()


class CoScheduling(Frozen):
    """How the arms of a panel share a core, and its noise with it.

    ``arms`` of them do at a time, the baseline always among them, and compute for ``slice_ms`` in
    turn. Calls that repeat are timed in blocks of ``block_ms`` of CPU time. With every replicate of
    a round each arm is co-scheduled once; solo, a round has the baseline once and each other arm
    every ``solo_every`` rounds, and in the first. A phase in which solo invocations compute for
    less than ``computing`` of their wall time is compared solo, as is one in which arms differ in
    that: waiting is not shared. One that takes the baseline less than ``short_ms`` is no longer
    than some slices: the arms that share a core go through it one after the other.
    """

    arms: int = 4
    slice_ms: float = 3.0
    block_ms: float = 100.0
    solo_every: int = 6
    computing: float = 0.9
    short_ms: float = 12.0


class Plan(Frozen):
    """All that is decided before the first measurement of a run; stored in ``run.json``.

    ``environments`` maps names to interpreters; all are compared with the first. ``backends`` and
    ``devices`` map the same names to what each measures with, where that is not the same for all.
    ``architectures`` maps names to ``module:function``, and ``architecture_arguments`` those that
    have any to what they are called with. ``iterations`` calls are made in each phase that
    iterates, fewer where they take long; ``batch`` is their batch size.
    ``folders`` are searched for measured code, in addition to the current one.
    ``inputs`` are what the user says of all models' inputs, in place of what arms say of theirs.
    With ``co_scheduling`` arms share cores; without, every invocation has one to itself.
    ``margin`` is relative (0.05 is ±5 %); a phase that comes once has a margin of at least
    ``margin_floor_s``. Of the error budget ``1 - confidence``, joint claims get ``joint_error`` in
    all, and the single comparisons the rest. ``budget_s`` bounds the measuring part of the run, and
    ``evidence_s`` the passes without a clock after it; 0 is none.
    Before the first round, ``pilot_rounds`` rounds choose the replicates of each panel; ``pilot``
    is what they said, and ``replicates`` the most of any panel. ``jobs`` invocations run side by
    side. With ``pin`` each runs on a core of its own, and a probe measures the speed of that core.

    Raises ``ValidationError`` where its parts do not fit together: see
    ``bench.domain.design.validity``.
    """

    scenarios: tuple[PlannedScenario, ...]
    panels: tuple[Panel, ...]
    architectures: Mapping[str, str]
    architecture_arguments: Mapping[str, Mapping[str, Any]] = {}
    environments: Mapping[str, str]
    backends: Mapping[str, str] = {}
    devices: Mapping[str, str] = {}
    folders: tuple[str, ...] = ()
    rounds: int
    replicates: int
    pilot_rounds: int = 0
    pilot: Pilot | None = None
    iterations: int
    batch: int = 32
    inputs: tuple[Input, ...] = ()
    budget_s: float
    evidence_s: float = 0.0
    margin: float = 0.05
    margin_floor_s: float = 0.001
    confidence: float = 0.95
    joint_error: float = JOINT_ERROR
    seed: int
    isolation: Isolation = "fork"
    timeout_s: float = 120.0
    memory_bytes: int
    threads: int | None = None
    pin: bool = False
    jobs: int = 1
    co_scheduling: CoScheduling | None = None

    @model_validator(mode="after")
    def _fits_together(self) -> Plan:
        for problem in problems(self):
            raise ValueError(problem)
        return self

    @property
    def first_environment(self) -> str:
        """The environment that others are compared with, by name."""
        return next(iter(self.environments))

    def backend_in(self, environment: str) -> str:
        """The backend of Keras in ``environment``."""
        return self.backends.get(environment) or self._backends_of(self.panels[0])[0]

    def device_of(self, cell: Cell) -> str:
        """What ``cell`` computes on: ``cpu``, ``gpu`` or ``gpu:1``."""
        return cell.panel.device or self.devices[cell.environment]

    def scenario(self, name: str) -> PlannedScenario:
        """The planned scenario called ``name``."""
        return next(scenario for scenario in self.scenarios if scenario.name == name)

    def arm(self, cell: Cell) -> PlannedArm:
        """The arm of ``cell``, as it will be measured."""
        arms = self.scenario(cell.panel.scenario).arms
        return next(arm for arm in arms if arm.name == cell.arm)

    def replicates_of(self, panel: Panel) -> int:
        """How many invocations of each cell of ``panel`` a round has."""
        if self.pilot is None or not self.pilot.panel_replicates:
            return self.replicates
        return self.pilot.panel_replicates[self.panels.index(panel)]

    def inputs_of(self, cell: Cell) -> tuple[Input, ...]:
        """What is declared of the inputs of the models of ``cell``, by its user or its file."""
        return self.inputs or self.arm(cell).inputs

    def batch_of(self, cell: Cell) -> int | None:
        """The batch size that is asked for ``cell``; None where nobody asks for one.

        Inputs that one arm declares say the size for all arms, which are compared.
        """
        arms = self.scenario(cell.panel.scenario).arms
        declared = self.inputs or [each for arm in arms for each in arm.inputs]
        return declared[0].shape[0] if declared else cell.panel.batch

    def baseline_of(self, cell: Cell) -> Cell:
        """The cell that ``cell`` is compared with, in the same environment if it is measured there.

        A baseline is its own.
        """
        scenario = self.scenario(cell.panel.scenario)
        places = self._environments_of(
            next(a for a in scenario.arms if a.name == scenario.baseline)
        )
        environment = cell.environment if cell.environment in places else places[0]
        return Cell(cell.panel, scenario.baseline, environment)

    def across_of(self, cell: Cell) -> Cell:
        """The same arm in the environment that others are compared with.

        That is the first one in which the arm is measured.
        """
        return cell._replace(environment=self._environments_of(self.arm(cell))[0])

    def shares_core_with(self, cell: Cell) -> Cell:
        """The cell with which ``cell`` shares a core, where arms do: its baseline.

        A baseline does with its own in the first environment, which shares with all others. Itself,
        where that has another backend: one that computes in more threads has more of the core.
        """
        baseline = self.baseline_of(cell)
        partner = self.across_of(cell) if cell == baseline else baseline
        backends = {self.backend_in(each.environment) for each in (cell, partner)}
        return partner if len(backends) == 1 else cell

    def margin_of(self, metric: Metric, phase: str, baseline_value: float | None) -> float:
        """The relative margin of ``phase``, where the baseline costs ``baseline_value``.

        Wall time has a floor in phases and composites that come once: a difference of
        ``margin_floor_s`` matters to nobody, even where it is a large part of a short phase. A call
        that repeats has none. Without a cost of the baseline, above 0, the margin is ``margin``.
        """
        if metric is not SECONDS or phase in ITERATING or not baseline_value:
            return self.margin
        return max(self.margin, self.margin_floor_s / baseline_value)

    def negligible_of(self, metric: Metric, phase: str, baseline_value: float | None) -> float:
        """The relative difference up to which ``phase`` is never called slower or faster.

        That is the floor of its margin where it has one above the plan's margin, and else none.
        What an earlier phase leaves behind in a process, such as the layout of its memory, shows
        in phases of some milliseconds and is no cost of their own.
        """
        margin = self.margin_of(metric, phase, baseline_value)
        return margin if margin > self.margin else 0.0

    def lifecycles(self) -> Mapping[str, PhasePlan]:
        """The phases of each call mode, or of each scenario with a lifecycle of its own."""
        return {
            panel.call_mode: (
                self.scenario(panel.scenario).lifecycle or self.call_mode_of(panel)
            ).plan()
            for panel in self.panels
        }

    def composites(self) -> Mapping[str, Mapping[str, tuple[str, ...]]]:
        """Call mode → composite → the phases that it is the sum of."""
        return {call_mode: each.composites for call_mode, each in self.lifecycles().items()}

    def meetings(self, panel: Panel) -> tuple[str, ...]:
        """The phases of ``panel`` before which those that share a core meet, in order.

        ``build`` is none of them: it is a part of what other arms do in ``construct``, and is
        compared with that.
        """
        lifecycle = self.scenario(panel.scenario).lifecycle
        if lifecycle is not None:
            return (RUNTIME, *lifecycle.phases)
        return tuple(phase for phase in self.call_mode_of(panel).phases if phase != BUILD)

    def call_mode_of(self, panel: Panel) -> CallMode:
        """How models of ``panel`` are called; no panel with a lifecycle of its own has that."""
        return call_modes_of(*self._backends_of(panel))[panel.call_mode]

    def cells(self) -> list[Cell]:
        """Every cell, panel by panel; an arm without an environment of its own is in all."""
        return [
            Cell(panel, arm.name, environment)
            for panel in self.panels
            for arm in self.scenario(panel.scenario).arms
            for environment in self._environments_of(arm)
        ]

    def references(self, cell: Cell) -> list[str]:
        """The ``module:function`` of all that measuring ``cell`` takes."""
        arm = self.arm(cell)
        lifecycle = self.scenario(cell.panel.scenario).lifecycle
        named = (
            arm.builder,
            self.architectures.get(cell.panel.architecture or ""),
            arm.patch,
            lifecycle and lifecycle.function,
        )
        return [reference for reference in named if reference]

    def _backends_of(self, panel: Panel) -> Sequence[str]:
        return [panel.backend] if panel.backend else list(dict.fromkeys(self.backends.values()))

    def _environments_of(self, arm: PlannedArm) -> Sequence[str]:
        return [arm.environment] if arm.environment else list(self.environments)
