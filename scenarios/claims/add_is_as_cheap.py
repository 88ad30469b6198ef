"""Claim: the style costs nothing."""

from __future__ import annotations

from typing import Any

from scenarios.claims import DEPENDS, MARGIN, REFUTED, SUPPORTED, counted
from scenarios.claims.building import incremental, inline

CLAIM = "Building with .add() is as cheap as building inline."
DEPTHS = (1, 2, 4, 8, 16, 32)


def check(kit: Any) -> tuple[str, list[str]]:
    """Count the calls of both styles at several depths."""
    for build in (inline, incremental):
        build(kit, 1)  # What is done once in a process belongs to neither.
    ratios = {}
    evidence = []
    for depth in DEPTHS:
        calls = [kit.calls(build, kit, depth) for build in (inline, incremental)]
        ratios[depth] = calls[1] / calls[0]
        evidence.append(
            f"{counted(depth, 'layer')}: {calls[0]:,} calls inline, {calls[1]:,} with add(): "
            f"{ratios[depth]:.2f} times as many"
        )
    beyond = [depth for depth, ratio in ratios.items() if ratio > 1 + MARGIN]
    if not beyond:
        return SUPPORTED, evidence
    evidence.append(f"more than {100 * MARGIN:g} % more work from {beyond[0]} layers on")
    return (REFUTED if beyond[0] == DEPTHS[0] else DEPENDS), evidence
