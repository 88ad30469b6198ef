"""Claim: what comes out is the same."""

from __future__ import annotations

from typing import Any

from scenarios.claims import REFUTED, SUPPORTED, counted
from scenarios.claims.building import incremental, inline

CLAIM = (
    "Both styles produce the same kind of model, the same configuration, the same weights and the "
    "same compiled program."
)
DEPTH = 8


def check(kit: Any) -> tuple[str, list[str]]:
    """Compare both styles at every level of structure, under one seed."""
    built = []
    for build in (inline, incremental):
        kit.keras.utils.set_random_seed(1)
        built.append(kit.structure(build(kit, DEPTH)))
    one, other = built
    different = [level for level in one if one[level] != other[level]]
    evidence = [
        f"{level}: {'different' if level in different else 'the same'}, "
        f"{counted(len(lines), 'line')}"
        for level, lines in one.items()
    ]
    return (REFUTED if different else SUPPORTED), evidence
