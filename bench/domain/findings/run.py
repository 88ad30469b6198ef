"""The findings: what analysis concluded from a run. Types only; read and written as JSON.

Durations are seconds, memory bytes, ratios plain numbers (1.25: 25 % longer than the baseline).
An interval bound that the rounds so far cannot place is ``None``.
"""

from __future__ import annotations

from typing import Literal

from pydantic import ConfigDict, Field

from bench.domain.findings.profiling import OverheadFinding, ProfileFinding
from bench.domain.findings.quality import (
    NoiseFinding,
    OrderFinding,
    SteadyFinding,
    VarianceFinding,
)
from bench.domain.panel import Panel
from bench.domain.values import Rounded

Verdict = Literal["faster", "slower", "equivalent", "unresolved"]
WarningKind = Literal[
    "bimodal",
    "conservation",
    "drift",
    "false_alarm",
    "framework",
    "incomplete",
    "margin_below_floor",
    "no_cost",
    "no_steady_state",
    "notes",
    "order",
    "profile",
    "throttled",
    "too_few_rounds",
]
Growth = Literal["constant", "linear", "quadratic", "sublinear", "unresolved"]


class ResultWarning(Rounded):
    """A doubt that travels with a result: what kind it is, and what to know about it."""

    kind: WarningKind
    text: str


class LifecycleFinding(Rounded):
    """What models lived through, as the plan declared it.

    ``compared`` are the phases and composites in which arms are compared, in their order;
    ``composites`` maps each sum of phases to those. ``time_to_first_output`` is the composite that
    ends with the first answer, ``first_call`` the phases that a first call brings with it, and
    ``repeats`` that of later ones, where there are such; ``answers`` says whether these answer.
    """

    compared: tuple[str, ...]
    composites: dict[str, tuple[str, ...]]
    time_to_first_output: str | None
    first_call: tuple[str, ...]
    answers: bool = False
    repeats: str | None


class ComparisonFinding(Panel, Rounded):
    """An arm against the baseline in one panel and phase.

    A ``control`` cannot differ: the placebo, or an arm that runs the baseline's compiled program.
    ``ratio_low`` and ``ratio_high`` hold simultaneously over the family, and verdicts are read from
    them; ``unadjusted_low`` and ``unadjusted_high`` would hold for this comparison, had it been the
    only one. ``confidence`` is the family's; ``error_share`` is this comparison's part of
    ``1 - confidence``. ``more_rounds`` is the expected number of further rounds until an unresolved
    comparison is resolved, where that can be told, and ``more_seconds`` the time they take here.
    """

    phase: str
    arm: str
    baseline: str
    placebo: bool
    headline: bool
    control: bool
    ratio: float | None
    ratio_low: float | None
    ratio_high: float | None
    unadjusted_low: float | None
    unadjusted_high: float | None
    confidence: float
    error_share: float
    rounds: int
    verdict: Verdict
    within_margin: bool
    more_rounds: int | None
    more_seconds: float | None
    baseline_seconds: float | None
    arm_seconds: float | None
    warnings: tuple[ResultWarning, ...] = ()


class Forecast(Rounded):
    """The cost of a depth that was not measured, should the fitted curve go on."""

    layers: int
    seconds: float
    seconds_low: float | None
    seconds_high: float | None


class ForecastCheck(Rounded):
    """The deepest depth forecast from the shallower ones, relative to what was measured there."""

    layers: int
    ratio: float
    ratio_low: float | None
    ratio_high: float | None


class _Coefficients(Rounded):
    constant: float
    constant_low: float | None
    constant_high: float | None
    per_layer: float
    per_layer_low: float | None
    per_layer_high: float | None
    per_layer_squared: float
    per_layer_squared_low: float | None
    per_layer_squared_high: float | None


class CoefficientDifference(_Coefficients):
    """What an arm's curve has more than the baseline's, coefficient by coefficient, in seconds."""

    baseline: str
    rounds: int


class ScalingFinding(_Coefficients):
    """cost(n) = constant + per_layer·n + per_layer_squared·n², fitted in each round.

    The coefficients are medians over rounds, their intervals simultaneous over the scaling family.
    ``curvature`` is the share of the quadratic term in the cost at the deepest panel, from which
    ``growth`` is read; ``layers`` are the depths that were fitted. ``difference`` is to the
    baseline's curve, where both arms have the same depths; ``forecast_check`` takes four depths.
    """

    scenario: str
    architecture: str | None
    batch: int | None = None
    call_mode: str
    device: str
    backend: str
    environment: str
    arm: str
    placebo: bool
    phase: str
    unit: Literal["seconds", "bytes"]
    layers: tuple[int, ...]
    rounds: int
    curvature: float
    curvature_low: float | None
    curvature_high: float | None
    growth: Growth
    difference: CoefficientDifference | None
    forecast: Forecast
    forecast_check: ForecastCheck | None


class CellFinding(Panel, Rounded):
    """What one arm cost in one panel and phase: median over rounds, and the range of its rounds.

    ``median_low`` and ``median_high`` are an interval for the median, at the run's confidence for
    this cell and phase alone.
    ``memory_change_bytes`` and ``memory_peak_bytes`` are medians over rounds, for phases that a
    meter of memory covers.
    """

    arm: str
    placebo: bool
    phase: str
    rounds: int
    seconds: float
    seconds_low: float
    seconds_high: float
    median_low: float | None
    median_high: float | None
    memory_change_bytes: float | None
    memory_peak_bytes: float | None


class BreakEvenFinding(Panel, Rounded):
    """The number of calls after which an arm's faster calls recover its slower start.

    0 if its start is no slower; ``None`` if it never breaks even, in ``calls_high`` also if the
    rounds so far do not exclude that. ``never`` when the whole interval says so, which
    then has no bounds.
    """

    arm: str
    baseline: str
    rounds: int
    calls: float | None
    calls_low: float | None
    calls_high: float | None
    never: bool


class CallModeCost(Rounded):
    """One call mode: seconds of all that its first call brings with it, and of each later one.

    Medians over rounds. After ``calls`` calls it has cost no more than ``cheapest_start`` would
    have, the call mode that is first to answer (see ``BreakEvenFinding``). The interval holds at
    the run's confidence for this pair alone. Call modes that do not answer, but train, are nobody's
    alternative.
    """

    call_mode: str
    answers: bool = True
    rounds: int
    first_seconds: float
    call_seconds: float
    calls: float | None = None
    calls_low: float | None = None
    calls_high: float | None = None
    never: bool = False

    def after(self, calls: float) -> float:
        """Seconds that ``calls`` calls have cost, the first included."""
        return self.first_seconds + (calls - 1) * self.call_seconds


class CallModesFinding(Rounded):
    """The call modes of one arm at one depth, quickest to answer first, then those that train."""

    scenario: str
    architecture: str | None
    layers: int | None
    batch: int | None = None
    device: str
    backend: str
    environment: str
    arm: str
    cheapest_start: str | None
    call_modes: tuple[CallModeCost, ...]


class MemoryGrowthFinding(Panel, Rounded):
    """Calls that follow one another in a process, where how they go on is the question.

    ``retained_bytes`` is what the resident memory grows by with each call of the later half: the
    memory ``grows``, or is ``flat`` when a thousand calls keep less than 32 MiB. ``slowdown`` is
    the time of the later half relative to that of the earlier one. Intervals hold at the run's
    confidence
    for all series of the run together. ``seconds`` of each call, and the ``bytes`` that were added
    until its end, are medians over rounds.
    """

    arm: str
    placebo: bool
    phase: str
    rounds: int
    memory: Literal["grows", "flat", "unresolved"]
    retained_bytes: float
    retained_bytes_low: float | None
    retained_bytes_high: float | None
    slowdown: float
    slowdown_low: float | None
    slowdown_high: float | None
    seconds: tuple[float, ...]
    bytes: tuple[float, ...]


class FactFinding(Panel, Rounded):
    """What a scenario's own lifecycle says of an arm beside its times."""

    arm: str
    name: str
    value: bool | int | float | str


class FailureFinding(Panel, Rounded):
    """Invocations of one cell that could not be measured, for one reason."""

    arm: str
    phase: str | None
    kind: str
    reason: str
    count: int


class Findings(Rounded):
    """Everything concluded from a run, the document of ``bench show --json``.

    A run is not ``controls_passed`` when controls, comparisons that cannot differ, differ more
    often than the error budget allows. ``round_seconds`` is the mean time that a round took.
    """

    model_config = ConfigDict(frozen=True, validate_by_name=True, serialize_by_alias=True)

    schema_version: Literal[1] = Field(default=1, alias="schema")
    run: str
    status: str
    controls_passed: bool
    rounds: int
    planned_rounds: int
    round_seconds: float | None
    margin: float
    confidence: float
    family_size: int
    error_budget: float
    environment: dict[str, str | int | float | None]
    questions: dict[str, str]
    lifecycles: dict[str, LifecycleFinding]
    comparisons: tuple[ComparisonFinding, ...]
    scaling: tuple[ScalingFinding, ...]
    noise: NoiseFinding
    order: OrderFinding | None
    variance: VarianceFinding | None
    steady: tuple[SteadyFinding, ...]
    break_even: tuple[BreakEvenFinding, ...]
    call_modes: tuple[CallModesFinding, ...] = ()
    cells: tuple[CellFinding, ...]
    series: tuple[MemoryGrowthFinding, ...] = ()
    notes: tuple[FactFinding, ...] = ()
    profiles: tuple[ProfileFinding, ...] = ()
    profiling: tuple[OverheadFinding, ...] = ()
    failures: tuple[FailureFinding, ...]
    warnings: tuple[ResultWarning, ...] = ()
