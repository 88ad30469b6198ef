"""Findings of a scenario with a lifecycle of its own: its notes and series."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bench.domain.findings.costs import FactFinding, MemoryGrowthFinding
from bench.domain.findings.run import Findings
from bench.domain.phases import Lifecycle
from tests.report.findings_factory import findings

ARMS = ("inline", "placebo", "incremental", "functional")
KIB, MIB = 2**10, 2**20
PHASES = {"ready": "search", "compile": "reload", "runtime": "prepare"}
"""Phases of the example that stand for those of the lifecycle, and for its preparation."""

OWN = {
    "scenario": "loop",
    "architecture": "mlp",
    "call_mode": "loop",
    "device": "cpu",
    "backend": "tensorflow",
    "environment": "default",
}


def lived(depths: Sequence[int | None] = (4, 16), **changes: Any) -> Findings:
    """The example's run as that of a scenario with a lifecycle of its own."""
    found = findings(
        arms=ARMS,
        depths=depths,
        scaling=(),
        steady=(),
        answer=(),
        questions={"loop": "Does it get slower?"},
        lifecycles={"loop": Lifecycle("m:loop", ("search", "reload")).plan()},
        **changes,
    )
    moved = {"scenario": "loop", "call_mode": "loop"}
    comparisons = tuple(
        each.model_copy(update={**moved, "phase": phase, "headline": phase == "search"})
        for each in found.comparisons
        if (phase := PHASES.get(each.phase))
    )
    cells = tuple(
        each.model_copy(update={**moved, "phase": phase})
        for each in found.cells
        if (phase := PHASES.get(each.phase))
    )
    return found.model_copy(update={"comparisons": comparisons, "cells": cells})


def note(arm: str, name: str, value: Any, layers: int | None = 16) -> FactFinding:
    return FactFinding(**OWN, layers=layers, arm=arm, name=name, value=value)


def noted(values: Mapping[str, Any], name: str = "predict") -> Findings:
    """A run whose lifecycle noted ``values`` of its arms."""
    return lived(facts=tuple(note(arm, name, value) for arm, value in values.items()))


def series(arm: str, kept: float, layers: int | None = 16, **changes: Any) -> MemoryGrowthFinding:
    """Calls that keep ``kept`` bytes each and get slower by a tenth."""
    calls = changes.pop("calls", 8)
    known: dict[str, Any] = {
        "phase": "search",
        "placebo": arm == "placebo",
        "rounds": 16,
        "memory": "grows" if kept > 32 * KIB else "flat",
        "retained_bytes": kept,
        "retained_bytes_low": kept - KIB,
        "retained_bytes_high": kept + KIB,
        "slowdown": 1.1,
        "slowdown_low": 1.05,
        "slowdown_high": 1.2,
        "seconds": tuple(0.01 for _ in range(calls)),
        "bytes": tuple(kept * (call + 1) for call in range(calls)),
    }
    return MemoryGrowthFinding(**OWN, layers=layers, arm=arm, **{**known, **changes})


def growing(*more: MemoryGrowthFinding) -> Findings:
    """A run where each call keeps memory with two arms and none with the third."""
    kept = {"placebo": 100 * KIB, "functional": 2 * KIB, "incremental": MIB, "inline": 100 * KIB}
    return lived(memory_growth=(*(series(arm, size) for arm, size in kept.items()), *more))
