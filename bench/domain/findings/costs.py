"""What cells cost, and what else was found about them."""

from __future__ import annotations

from typing import Literal

from bench.domain.panel import DEFAULT_ENVIRONMENT, OfCell
from bench.domain.values import Rounded


class CellFinding(OfCell):
    """What one cell cost in one phase and metric: median over rounds, and the range of its rounds.

    Values are in ``unit``. ``median_low`` and ``median_high`` are an interval for the median, at
    the run's confidence for this cell, phase and metric alone; None where the rounds so far place
    no bound.
    """

    placebo: bool
    metric: str
    unit: str
    phase: str
    rounds: int
    value: float
    value_low: float
    value_high: float
    median_low: float | None
    median_high: float | None


class InventedFinding(Rounded):
    """Something that the suite made up of the data of these ``arms``, in words: a free length."""

    scenario: str
    text: str
    arms: tuple[str, ...]


class BreakEvenFinding(OfCell):
    """The number of calls after which an arm's slower start is balanced by its faster calls.

    0 calls when its start is no slower; ``None`` when there is no break-even, in ``calls_high``
    also when the rounds so far do not rule that out. ``never`` when the whole interval says so,
    which then has no bounds. The baseline of an arm on another device is the arm itself, in
    ``baseline_environment``.
    """

    baseline: str
    baseline_environment: str = DEFAULT_ENVIRONMENT
    rounds: int
    calls: float | None
    calls_low: float | None
    calls_high: float | None
    never: bool

    @property
    def across(self) -> bool:
        """Whether an arm is compared with itself in another environment."""
        return self.arm == self.baseline


class CallModeCost(Rounded):
    """One call mode: seconds of its first call, with all that comes once, and of each later call.

    Medians over rounds. After ``calls`` calls its total cost is no more than that of
    ``cheapest_start``, the call mode with the fastest first output (see ``BreakEvenFinding``). The
    interval holds at the run's confidence for this pair alone. Call modes that train (not
    ``answers``) are not alternatives to those that infer.
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
        """Seconds that ``calls`` calls cost in total, the first included."""
        return self.first_seconds + (calls - 1) * self.call_seconds


class CallModesFinding(OfCell):
    """The call modes of one arm at one depth, fastest first output first, then those that train.

    Its own ``call_mode`` is empty.
    """

    cheapest_start: str | None
    call_modes: tuple[CallModeCost, ...]


class ImportFinding(Rounded):
    """What it takes to import the framework in one of several environments.

    ``seconds`` is the median over rounds, ``ratio`` that of the ratio to ``baseline_environment``
    in the same round. Intervals hold at the run's confidence for all such findings together.
    """

    environment: str
    baseline_environment: str
    rounds: int
    seconds: float
    ratio: float
    ratio_low: float | None
    ratio_high: float | None


class MemoryGrowthFinding(OfCell):
    """Consecutive calls in one process: the memory each retains, and whether they slow down.

    ``retained_bytes`` is what the resident memory grows by with each call of the later half: the
    memory ``grows``, or is ``flat`` when a thousand calls retain less than 32 MiB. ``slowdown`` is
    the time of the later half relative to that of the earlier one. Intervals hold at the run's
    confidence for all such findings of the run together. ``seconds`` of each call, and the
    ``bytes`` added until its end, are medians over rounds.
    """

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


COMPILED_FACT = "compiled"
"""The name of the fact that says how the model of a cell is compiled, and by whom."""


class FactFinding(OfCell):
    """A fact about one cell that is not timed.

    Its scenario's own lifecycle reports it; of the call modes there is one, ``COMPILED_FACT``.
    """

    name: str
    value: bool | int | float | str


class FailureFinding(OfCell):
    """Invocations of one cell that could not be measured, for one reason.

    ``log`` is the path of what the first of them printed, from the run folder; None where it
    printed nothing. A cell that is ``given_up`` is not tried again, not even by a resumed run.
    """

    phase: str | None
    kind: str
    reason: str
    count: int
    log: str | None = None
    given_up: bool = False
