"""Do forked processes time like started ones here, and is a round of them worth its price?"""

from __future__ import annotations

import secrets
import sys
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median

from bench.analysis.calibration.fork_fidelity import (
    RatioOverRounds,
    corrected_ratio_over_rounds,
    ratio_over_rounds,
)
from bench.doctor.fork_fidelity import INVOCATIONS_PER_ROUND, measure
from bench.domain.suite import ReferenceModel
from bench.worker.wire.requests import CellRequest

MAX_DISAGREEMENT = 0.05
"""How far the ratio of forked to started ``construct`` may be from 1."""

MAX_PRICE = 1 / 6
"""What a round of forked invocations may cost, as a part of what started ones cost."""

MAX_OVERHEAD_S = 0.25
"""Seconds that a forked invocation may take beyond its own phases."""

MAX_FAULTS = 1000
"""Minor page faults that ``construct`` may have in a forked process."""


@dataclass(frozen=True)
class Fidelity:
    """What was measured in ``rounds`` rounds, each ratio with its interval over them.

    ``construct`` is forked to started; ``side_by_side`` and ``one_at_a_time`` are the price of a
    round of forked invocations, imports included, to as many started ones.
    """

    construct: RatioOverRounds
    side_by_side: RatioOverRounds
    one_at_a_time: RatioOverRounds
    overhead_s: float
    minor_faults: float
    rounds: int

    @property
    def holds(self) -> bool:
        """Whether forked processes may stand for started ones on this machine."""
        return (
            abs(self.construct.ratio - 1) <= MAX_DISAGREEMENT
            and self.side_by_side.ratio < MAX_PRICE
            and self.overhead_s <= MAX_OVERHEAD_S
            and self.minor_faults < MAX_FAULTS
        )


def check_fidelity(
    model: ReferenceModel, rounds: int, round_ends: Callable[[int, float], None]
) -> Fidelity:
    """Measure ``model`` in forked and in started processes, ``rounds`` times.

    ``round_ends`` is given the number and duration in seconds of each. Raises ``FidelityFailed``
    when an invocation fails, ``InterpreterFailed`` when an interpreter does not start.
    """
    measured = measure(
        sys.executable, "tensorflow", _request(model), rounds, secrets.randbits(32), round_ends
    )
    started_ns = [one.started_ns * INVOCATIONS_PER_ROUND for one in measured]
    return Fidelity(
        construct=corrected_ratio_over_rounds(
            [one.forked_construct for one in measured], [one.started_construct for one in measured]
        ),
        side_by_side=ratio_over_rounds([one.side_by_side_ns for one in measured], started_ns),
        one_at_a_time=ratio_over_rounds([one.one_at_a_time_ns for one in measured], started_ns),
        overhead_s=median(ns for one in measured for ns in one.overhead_ns) / 1e9,
        minor_faults=median(count for one in measured for count in one.minor_faults),
        rounds=rounds,
    )


def _request(model: ReferenceModel) -> CellRequest:
    return CellRequest(
        builder=model.builder,
        architecture=model.architecture,
        arguments={},
        architecture_arguments={},
        deferred=False,
        patch=None,
        lifecycle=None,
        inputs=(),
        call_mode="function",
        device="cpu",
        layers=model.layers,
        batch=32,
        iterations=20,
        seed=0,
        threads=None,
    )
