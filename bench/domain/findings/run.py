"""The findings: what analysis concludes from a run. Types only; read and written as JSON."""

from __future__ import annotations

from html import escape
from typing import Literal

from pydantic import ConfigDict, Field

from bench.domain.findings.comparisons import (
    ComparisonFinding,
    JointFinding,
    ResultWarning,
    ScalingFinding,
)
from bench.domain.findings.costs import (
    BreakEvenFinding,
    CallModesFinding,
    CellFinding,
    FactFinding,
    FailureFinding,
    ImportFinding,
    InventedFinding,
    MemoryGrowthFinding,
)
from bench.domain.findings.profiling import OverheadFinding, ProfileFinding, ProfilesFinding
from bench.domain.findings.quality import (
    NoiseFinding,
    OrderFinding,
    SteadyFinding,
    SteadyPhaseFinding,
    VarianceFinding,
)
from bench.domain.metrics import SECONDS
from bench.domain.phases import PhasePlan
from bench.domain.values import Rounded
from bench.domain.words import without_controls


class Findings(Rounded):
    """Everything concluded from a run, the document of ``bench show --json``.

    ``controls_passed`` is False when comparisons that cannot differ, the controls, differ more
    often than the error budget allows. ``answer`` holds sentences, the most important first.
    ``environments`` are those of a run of several, by name, the one first that others are compared
    with; ``environment`` is that, and the machine. ``round_seconds`` is the mean time of a round,
    and ``rounds_needed`` the fewest that bound the ratio of a headline. ``family_size`` counts the
    comparisons of wall time, placebos left out. ``margin_floor_s`` is the smallest margin of a
    phase that comes once. ``sources`` is a digest of what this was concluded from, empty where that
    is not stored.
    """

    model_config = ConfigDict(validate_by_name=True, serialize_by_alias=True)

    schema_version: Literal[5] = Field(default=5, alias="schema")
    run: str
    status: str
    controls_passed: bool
    rounds: int
    planned_rounds: int
    rounds_needed: int = 0
    round_seconds: float | None
    margin: float
    margin_floor_s: float = 0.0
    confidence: float
    family_size: int
    error_budget: float
    environment: dict[str, str | int | float | None]
    environments: dict[str, dict[str, str | int | float | None]] = Field(
        default_factory=dict, exclude_if=lambda named: not named
    )
    questions: dict[str, str]
    lifecycles: dict[str, PhasePlan]
    answer: tuple[str, ...] = ()
    sources: str = ""
    comparisons: tuple[ComparisonFinding, ...]
    joint: tuple[JointFinding, ...] = ()
    scaling: tuple[ScalingFinding, ...]
    noise: NoiseFinding
    order: OrderFinding | None
    variance: VarianceFinding | None
    steady: tuple[SteadyFinding, ...]
    steady_phases: tuple[SteadyPhaseFinding, ...]
    break_even: tuple[BreakEvenFinding, ...]
    call_modes: tuple[CallModesFinding, ...] = ()
    cells: tuple[CellFinding, ...]
    imports: tuple[ImportFinding, ...] = Field(default=(), exclude_if=lambda found: not found)
    memory_growth: tuple[MemoryGrowthFinding, ...] = ()
    facts: tuple[FactFinding, ...] = ()
    invented: tuple[InventedFinding, ...] = ()
    profiles: tuple[ProfileFinding, ...] = ()
    all_profiles: ProfilesFinding | None = None
    profiling: tuple[OverheadFinding, ...] = ()
    failures: tuple[FailureFinding, ...]
    warnings: tuple[ResultWarning, ...] = ()

    @property
    def timings(self) -> tuple[ComparisonFinding, ...]:
        """The comparisons of wall time, on which headlines and the stopping rule rest."""
        return tuple(each for each in self.comparisons if each.metric == SECONDS.name)

    @property
    def timed_cells(self) -> tuple[CellFinding, ...]:
        """What the cells cost in wall time."""
        return tuple(each for each in self.cells if each.metric == SECONDS.name)

    def _repr_html_(self) -> str:
        sentences = (escape(without_controls(each)) for each in self.answer)
        items = "".join(f"<li>{each}</li>" for each in sentences)
        return f"<p>{escape(self.run)}</p><ul>{items or '<li>Nothing was measured.</li>'}</ul>"
