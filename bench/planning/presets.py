"""How much a run measures: the presets, from a first look to a publishable answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Preset:
    """Limits of a run and what it sweeps.

    ``architectures`` is how many of a scenario's architectures are taken, the first ones first.
    ``pilot_rounds`` before the first choose the replicates where there are not many cells.
    ``jobs`` invocations run side by side, each on a core of its own, where there are cores enough.
    ``budget_s`` bounds the rounds, and ``evidence_s`` the passes that compare programs and count
    calls after them. ``margin`` is that of equivalence, relative.
    """

    architectures: int
    rounds: int
    replicates: int
    pilot_rounds: int
    iterations: int
    budget_s: float
    evidence_s: float
    jobs: int
    margin: float


PRESETS: Mapping[str, Preset] = {
    "quick": Preset(
        architectures=1,
        rounds=40,
        replicates=1,
        pilot_rounds=0,
        iterations=20,
        budget_s=160,
        evidence_s=10,
        jobs=2,
        margin=0.05,
    ),
    "standard": Preset(
        architectures=1,
        rounds=100,
        replicates=1,
        pilot_rounds=3,
        iterations=30,
        budget_s=660,
        evidence_s=60,
        jobs=2,
        margin=0.02,
    ),
    "thorough": Preset(
        architectures=5,
        rounds=100,
        replicates=3,
        pilot_rounds=5,
        iterations=100,
        budget_s=4 * 3600,
        evidence_s=600,
        jobs=1,
        margin=0.02,
    ),
}
