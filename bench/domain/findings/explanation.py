"""Why one arm costs more than another, put together from everything that has no noise.

Types only, read and written as JSON. Counts are of Python objects and calls; shares are parts of 1.
"""

from __future__ import annotations

from typing import Literal

from pydantic import ConfigDict, Field

from bench.domain.findings.costs import InventedFinding
from bench.domain.names import slug
from bench.domain.values import Rounded


class ExactGrowthFinding(Rounded):
    """The law of a count (see ``exact_counts``): its kind, its formula, and how fast it grows."""

    kind: str
    text: str
    order: float


class FunctionFinding(Rounded):
    """Where a function is defined, ``file`` from the folder its package lies in."""

    name: str
    file: str
    line: int


class StructureFinding(Rounded):
    """Whether an arm is the same program as the baseline, at ``layers`` (see ``structure``)."""

    arm: str
    baseline: str
    layers: int | None
    same: tuple[str, ...]
    different: tuple[str, ...]
    first: str | None
    difference: tuple[str, ...]
    same_program: bool


class CounterFinding(Rounded):
    """One counter of one arm and phase at each depth; ``phase`` is None for the finished model.

    A builder without a depth has the depth 0.

    ``exact`` counters came out the same in every repetition; the others are no gates.
    """

    arm: str
    phase: str | None
    counter: str
    depths: tuple[int, ...]
    values: tuple[int, ...]
    exact: bool
    law: ExactGrowthFinding | None


class GrowingFunction(Rounded):
    """A function whose calls grow faster than the layers."""

    function: FunctionFinding
    calls: tuple[int, ...]
    law: ExactGrowthFinding
    calls_share: float
    time_share: float


class CallEdge(Rounded):
    """Where growth appears: a caller that is called less and less often than it calls."""

    caller: FunctionFinding
    callee: FunctionFinding
    caller_law: ExactGrowthFinding
    law: ExactGrowthFinding
    calls_share: float
    time_share: float


class GrowthFinding(Rounded):
    """The calls of one phase of one arm, and what of them grows faster than the layers.

    A builder without a depth has the depth 0; with a single depth there is no law.
    """

    arm: str
    phase: str
    depths: tuple[int, ...]
    calls: tuple[int, ...]
    law: ExactGrowthFinding | None
    takes_over: int | None
    edges: tuple[CallEdge, ...]
    functions: tuple[GrowingFunction, ...]


class CallTree(Rounded):
    """The calls of one phase of one arm at ``layers``, by everything that led to them.

    ``frames`` has those with a part of all calls that can be seen: for each the position of the
    frame that it is called from, that of its function among ``functions``, how often it is called
    there, and how many other calls are made within these. The first is whoever begins, called once
    from itself, and each comes after the one that it is called from. ``growing`` are positions of
    functions whose calls grow faster than the layers.
    """

    arm: str
    phase: str
    layers: int
    functions: tuple[FunctionFinding, ...]
    growing: tuple[int, ...]
    frames: tuple[tuple[int, int, int, int], ...]


class CallDifference(Rounded):
    """The calls of one phase of an arm less those of the baseline, at the depths of both.

    ``order`` says how fast the difference grows and ``leading`` is the term that grows fastest;
    None where calls were counted at a single depth.
    """

    arm: str
    phase: str
    depths: tuple[int, ...]
    more: tuple[int, ...]
    baseline_calls: tuple[int, ...]
    order: float | None
    leading: str | None


class RetainedFinding(Rounded):
    """What stays alive after the main phase at the deepest, by type and by allocating line."""

    arm: str
    layers: int | None
    types: tuple[tuple[str, int], ...]
    lines: tuple[tuple[str, int, int], ...]


class PassFailure(Rounded):
    """A pass over a cell that failed."""

    arm: str
    layers: int | None
    what: str
    kind: str
    reason: str


class MissingEvidence(Rounded):
    """A level of structure or a counter of the finished model that an arm does not have, and why.

    ``layers`` is the deepest at which it is missing.
    """

    arm: str
    layers: int | None
    what: str
    reason: str


class PassLeftOut(Rounded):
    """A pass over a cell for which there was no time."""

    what: str
    arm: str
    layers: int | None


class Explanation(Rounded):
    """The document of ``bench explain --json``; ``phases`` are explained, the first in detail.

    ``same_work`` are the phases in which an arm makes as many calls as the baseline at every depth.
    ``invented`` is what the suite made up of the models' inputs, and ``compiled`` says of each arm
    by whom its model is compiled, with what. Of ``call_modes``, the first is what all is counted
    in. ``call_trees`` are of the first phase, or of all until the model is ready, at the deepest
    that was counted of all arms: of the baseline, and of arms that do not make as many calls.
    ``environment_name`` is that of the one of several environments in which it is made; with
    ``of_arm`` it is made across them, and ``baseline`` and the arms are environments.
    """

    model_config = ConfigDict(frozen=True, validate_by_name=True, serialize_by_alias=True)

    schema_version: Literal[2] = Field(default=2, alias="schema")
    scenario: str
    architecture: str | None
    baseline: str
    phases: tuple[str, ...] = ("construct",)
    environment: dict[str, str | int | float | None]
    structure: tuple[StructureFinding, ...]
    counters: tuple[CounterFinding, ...]
    growth: tuple[GrowthFinding, ...]
    same_work: dict[str, tuple[str, ...]]
    retained: tuple[RetainedFinding, ...]
    failures: tuple[PassFailure, ...]
    call_differences: tuple[CallDifference, ...] = ()
    left_out: tuple[PassLeftOut, ...] = ()
    missing: tuple[MissingEvidence, ...] = ()
    invented: tuple[InventedFinding, ...] = ()
    compiled: dict[str, str] = Field(default_factory=dict)
    call_modes: tuple[str, ...] = ()
    call_trees: tuple[CallTree, ...] = ()
    environment_name: str | None = None
    of_arm: str | None = None

    @property
    def place(self) -> tuple[str, ...]:
        """What it is about, in words: the scenario, the architecture, and where or which arm."""
        named = (self.scenario, self.architecture, self.environment_name, self.of_arm)
        return tuple(each for each in named if each)

    @property
    def slug(self) -> str:
        """A name for its file and its anchor, which no other of the run has."""
        # An arm and an environment may have one name.
        return slug(*self.place, "across" if self.of_arm else None)
