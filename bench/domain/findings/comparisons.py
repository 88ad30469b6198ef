"""What comparisons and curves conclude: verdicts, growth, and the warnings that go with them.

Ratios are plain numbers (1.25: 25 % more than the baseline). An interval bound that the rounds so
far cannot place is ``None``.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from bench.domain.panel import FACTORS, OfCell, Panel, Setting
from bench.domain.values import Rounded

Verdict = Literal["faster", "slower", "equivalent", "unresolved", "failed"]
"""``failed``: no round measured both arms, since one of them failed before the phase was over."""

WarningKind = Literal[
    "bimodal",
    "drift",
    "facts",
    "false_alarm",
    "framework",
    "incomplete",
    "margin_below_floor",
    "no_cost",
    "no_core_speed",
    "no_steady_state",
    "order",
    "outputs",
    "outputs_not_compared",
    "phase_sums",
    "schedules_disagree",
    "shared_device",
    "profile",
    "short_run",
    "throttled",
    "too_few_rounds",
]
Schedule = Literal["solo", "co-scheduled"]
Growth = Literal["constant", "linear", "quadratic", "sublinear", "unresolved"]


class ResultWarning(Rounded):
    """A warning that goes with a result: its kind, and what to know about it."""

    kind: WarningKind
    text: str


class ComparisonFinding(OfCell):
    """An arm against the baseline in one panel, phase and metric.

    The baseline of an arm that is compared ``across`` environments is the same arm in the first
    one. ``placebo`` and ``control`` mark comparisons that cannot differ: the placebo's, and those
    of an arm that runs the baseline's compiled program. ``ratio_low`` and ``ratio_high`` hold
    simultaneously over the family of the metric, and verdicts are read from them;
    ``unadjusted_low`` and ``unadjusted_high`` would hold for this comparison if it were the only
    one. ``confidence`` is the family's; ``error_share`` is this comparison's part of ``1 -
    confidence``. ``more_rounds`` is the expected number of further rounds until an unresolved
    comparison is resolved, and ``more_seconds`` the time they take here; None where that is not
    known. ``baseline_value`` and ``arm_value`` are medians over rounds, in the metric's unit.
    ``margin`` is the relative one that this comparison was judged by. ``joint`` marks a verdict
    ``equivalent``, or an effect ``within_margin``, that rests on the joint claim (see
    ``JointFinding``) and not on this comparison's own interval. ``scheduled`` says which
    invocations the ratio rests on; beside a co-scheduled one stands what solo invocations say,
    ``solo_ratio``, from as many rounds as measured both so.
    """

    metric: str
    phase: str
    baseline: str
    baseline_environment: str
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
    margin: float
    joint: bool = False
    more_rounds: int | None
    more_seconds: float | None
    baseline_value: float | None
    arm_value: float | None
    scheduled: Schedule = "solo"
    solo_ratio: float | None = None
    solo_low: float | None = None
    solo_high: float | None = None
    warnings: tuple[ResultWarning, ...] = ()

    @property
    def across(self) -> bool:
        """Whether an arm is compared with itself in another environment."""
        return self.arm == self.baseline


class JointMember(OfCell):
    """A comparison of wall time as a member of a joint claim.

    ``environments`` says where, in a run of several: the arm's, and the one that it is compared
    with where that is another. The interval is the one at which the claim tests its members, so it
    is narrower than that of the comparison itself. ``margin`` is relative.
    """

    phase: str
    environments: tuple[str, ...] = Field(default=(), exclude_if=lambda named: not named)
    margin: float
    ratio: float
    ratio_low: float | None
    ratio_high: float | None


class JointFinding(Rounded):
    """Whether nothing in a group of comparisons differs by more than its margin.

    A claim has the whole run as its ``scope``; its factors are None. What it says of one panel
    follows from it. A run has one of arms and their baselines, and in several environments another,
    ``across`` them, of each arm and itself. In the group are the comparisons of wall time that the
    scenarios are not about and that any round measured; ``comparisons`` is their number.
    ``equivalent`` means that the claim is made and shows all of them to be within their margins,
    except for the ``exceptions``, of which nothing is claimed. Exceptions are those that fail the
    test when the claim is made, at most ``exceptions_allowed`` in the run. A panel in which all
    fail is ``unresolved``.

    ``margin`` is relative; phases that come once may have a wider one, of at least
    ``margin_floor_s`` of the findings. ``error_share`` is the probability with which the claim may
    be made, at any look, although it is false. ``widest`` is the member shown that comes nearest to
    its margin; while the claim is not made, of the run the member that keeps it from being made,
    which is the furthest outside after the exceptions with which it is made soonest, and of a panel
    the furthest.
    ``more_rounds`` is the expected number of further rounds until an unresolved claim is made, None
    where that is not known.
    """

    scope: Literal["run", "panel"]
    across: bool = False
    scenario: str | None = None
    architecture: str | None = None
    layers: int | None = None
    batch: int | None = None
    call_mode: str | None = None
    device: str | None = None
    backend: str | None = None
    verdict: Literal["equivalent", "unresolved"]
    margin: float
    comparisons: int
    exceptions: tuple[JointMember, ...]
    exceptions_allowed: int
    error_share: float
    widest: JointMember
    more_rounds: int | None

    @property
    def panel(self) -> Panel | None:
        """The panel that the claim is about; None for the whole run."""
        if self.scope == "run":
            return None
        return Panel(**{name: getattr(self, name) for name in FACTORS})


class Forecast(Rounded):
    """The cost of a depth that was not measured, if the fitted curve continues."""

    layers: int
    value: float
    value_low: float | None
    value_high: float | None


class ForecastCheck(Rounded):
    """The deepest depth forecast from the shallower ones, relative to what was measured there."""

    layers: int
    ratio: float
    ratio_low: float | None
    ratio_high: float | None


class Coefficients(Rounded):
    """The coefficients of a quadratic in the number of layers, in the metric's unit."""

    constant: float
    constant_low: float | None
    constant_high: float | None
    per_layer: float
    per_layer_low: float | None
    per_layer_high: float | None
    per_layer_squared: float
    per_layer_squared_low: float | None
    per_layer_squared_high: float | None


class CoefficientDifference(Coefficients):
    """The coefficients of an arm's curve less those of the baseline's."""

    baseline: str
    rounds: int


class ScalingFinding(Setting, Coefficients):
    """cost(n) = constant + per_layer·n + per_layer_squared·n², fitted in each round.

    The coefficients are medians over rounds, their intervals simultaneous over the scaling family
    of the metric. ``curvature`` is the share of the quadratic term in the cost at the deepest
    panel, from which ``growth`` is read; ``layers`` are the depths that were fitted.
    ``difference`` is to the baseline's curve, where both arms have the same depths. There is no
    ``forecast`` of an unresolved growth, nor one below 0; ``forecast_check`` takes four depths.
    """

    environment: str
    arm: str
    placebo: bool
    metric: str
    unit: str
    phase: str
    layers: tuple[int, ...]
    rounds: int
    curvature: float
    curvature_low: float | None
    curvature_high: float | None
    growth: Growth
    difference: CoefficientDifference | None
    forecast: Forecast | None
    forecast_check: ForecastCheck | None
