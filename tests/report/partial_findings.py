"""Findings of runs in which cells failed: what was not reached is not there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bench.domain.findings.comparisons import ComparisonFinding
from bench.domain.findings.costs import (
    BreakEvenFinding,
    CallModeCost,
    CallModesFinding,
    FailureFinding,
)
from bench.domain.findings.run import Findings
from bench.domain.panel import CELL_FIELDS, FACTORS, OfCell
from bench.report.answer.compose import compose_answer
from tests.report.findings_factory import findings

PHASES = ("construct", "build", "compile", "trace", "first_call", "inference")
"""Those of an invocation, in order: one that fails in a phase has measured all before it."""

_SUMS = {"ready": "build", "time_to_first_inference": "first_call"}
"""The last part of each sum."""

Lost = Mapping[tuple[str, "int | None"], str]
"""Arm and depth of each cell that failed → the phase in which it did."""

ARMS = ("inline", "placebo", "incremental", "functional")

_NOTHING: dict[str, Any] = {
    "rounds": 0,
    "verdict": "failed",
    "within_margin": False,
    "more_rounds": None,
    "more_seconds": None,
} | dict.fromkeys(
    ("ratio", "ratio_low", "ratio_high", "unadjusted_low", "unadjusted_high"),
)


def partly_failed(lost: Lost, **changes: Any) -> Findings:
    """The example's run in which the cells of ``lost`` failed, each in its phase."""
    whole = findings(**{"arms": ARMS, **changes})
    kept = {"cells": tuple(each for each in whole.cells if _is_reached(each, each.phase, lost))}
    found = whole.model_copy(
        update={
            **kept,
            "comparisons": tuple(_compared(each, lost) for each in whole.comparisons),
            "scaling": tuple(
                each
                for each in whole.scaling
                if all((each.arm, layers) not in lost for layers in each.layers)
            ),
            "steady": tuple(each for each in whole.steady if (each.arm, each.layers) not in lost),
            "break_even": tuple(_break_even(whole, lost)),
            "call_modes": tuple(_call_modes(whole, lost)),
            "failures": tuple(_failures(whole, lost)),
        }
    )
    return found.model_copy(update={"answer": compose_answer(found, ())})


def _is_reached(each: OfCell, phase: str, lost: Lost) -> bool:
    """Whether the cell of ``each`` ended ``phase`` before it failed, if it did."""
    failed_in = lost.get((each.arm, each.layers))
    last = _SUMS.get(phase, phase)
    if failed_in is None or last not in PHASES:
        return True
    return PHASES.index(last) < PHASES.index(failed_in)


def _compared(each: ComparisonFinding, lost: Lost) -> ComparisonFinding:
    baseline = each.model_copy(update={"arm": each.baseline})
    values = {
        "arm_value": each.arm_value if _is_reached(each, each.phase, lost) else None,
        "baseline_value": each.baseline_value if _is_reached(baseline, each.phase, lost) else None,
    }
    both = None not in values.values()
    return each.model_copy(update={**values, **({} if both else _NOTHING)})


def _failures(whole: Findings, lost: Lost) -> list[FailureFinding]:
    cells = {(each.arm, each.layers): each for each in whole.cells}
    return [
        FailureFinding(
            **{name: getattr(cells[key], name) for name in CELL_FIELDS},
            phase=phase,
            kind="builder_error",
            reason=f"{phase} raised ValueError: no such depth (mine.py, line 5)",
            count=3,
        )
        for key, phase in lost.items()
    ]


def _call_modes(whole: Findings, lost: Lost) -> list[CallModesFinding]:
    """Two ways to call each cell that did not fail."""
    cells = {(each.arm, each.layers): each for each in whole.cells}
    ways = (
        CallModeCost(call_mode="eager", rounds=2, first_seconds=0.1, call_seconds=0.02),
        CallModeCost(call_mode="function", rounds=2, first_seconds=0.3, call_seconds=0.001),
    )
    return [
        CallModesFinding(
            **{name: getattr(each, name) for name in CELL_FIELDS if name != "call_mode"},
            call_mode="",
            cheapest_start="eager",
            call_modes=ways,
        )
        for key, each in cells.items()
        if key not in lost
    ]


def _break_even(whole: Findings, lost: Lost) -> list[BreakEvenFinding]:
    return [
        BreakEvenFinding(
            **{name: getattr(each, name) for name in (*FACTORS, "environment", "arm")},
            baseline=each.baseline,
            rounds=whole.rounds,
            calls=120.0,
            calls_low=100.0,
            calls_high=150.0,
            never=False,
        )
        for each in whole.comparisons
        if each.phase == "inference"
        and not {(each.arm, each.layers), (each.baseline, each.layers)} & set(lost)
    ]
