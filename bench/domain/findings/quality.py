"""What the samples say of the measurement itself: types of findings, part of ``Findings``."""

from __future__ import annotations

from bench.domain.panel import OfCell
from bench.domain.values import Rounded


class NoiseFinding(Rounded):
    """What the placebo showed: the error of the instrument in this run, on this machine.

    ``controls`` counts comparisons that cannot differ, the placebo's and those of arms that run the
    baseline's compiled program; ``false_alarm_probability`` bounds the chance of so many false
    alarms among them, or more, in an instrument that keeps its promise. ``floor_ratio`` is the
    ratio that 95 % of the placebo's single-round effects stay below, ``floor_ratio_as_measured``
    the same without the correction for the speed of the cores.
    """

    placebo_comparisons: int
    placebo_false_alarms: int
    controls: int
    control_false_alarms: int
    false_alarm_probability: float
    floor_ratio: float | None
    floor_ratio_as_measured: float | None


class OrderFinding(Rounded):
    """What the place in a round, and what was measured before, did to an invocation's time.

    ``last_to_first_ratio`` is how much longer the last invocation of a round takes than the first;
    ``predecessor_ratio`` how far the arms measured before it spread its mean.
    """

    invocations: int
    last_to_first_ratio: float
    position_matters: bool
    predecessor_ratio: float
    predecessor_matters: bool


class VarianceFinding(Rounded):
    """How the variance of an effect splits, and what a round costs: why this many replicates.

    ``within`` is the standard deviation of the log time of one invocation among the replicates of
    its cell and round, ``between`` that of an effect over rounds beyond what they explain, both
    pooled over the headline comparisons. ``zygote_seconds`` is what an import takes, and
    ``replicate_seconds`` one invocation of every cell, one at a time.
    """

    rounds: int
    replicates: int
    within: float
    between: float
    zygote_seconds: float | None
    replicate_seconds: float | None


class SteadyPhaseFinding(Rounded):
    """Where the calls of a phase become steady, over the invocations of all cells.

    The counts are sums over cells (see ``SteadyFinding``), out of ``invocations``. The calls and
    seconds before the steady part are medians over the cells that have any.
    """

    phase: str
    invocations: int
    flat: int
    warm_up: int
    slowdown: int
    none: int
    calls_before: float | None
    seconds_before: float | None


class SteadyFinding(OfCell):
    """Where the calls of a phase that iterates become steady, over the invocations of one cell.

    ``flat``, ``warm_up``, ``slowdown`` and ``none`` count invocations (see ``steady_state``). The
    calls and seconds before the steady part are medians over those that come to it later.
    """

    placebo: bool
    phase: str
    flat: int
    warm_up: int
    slowdown: int
    none: int
    calls_before: float | None
    seconds_before: float | None
