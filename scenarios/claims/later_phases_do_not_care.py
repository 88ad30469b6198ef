"""Claim: after construction nothing is left of the style."""

from __future__ import annotations

from typing import Any

from scenarios.claims import REFUTED, SUPPORTED
from scenarios.claims.building import incremental, inline

CLAIM = "Compile, tracing, first call and inference do not depend on the style."
DEPTH = 8


def check(kit: Any) -> tuple[str, list[str]]:
    """Count the calls of compiling, and compare traced graphs and compiled programs."""
    for build in (inline, incremental):
        build(kit, 1).compile("adam", "mse")
    calls, built = [], []
    for build in (inline, incremental):
        kit.keras.utils.set_random_seed(1)
        model = build(kit, DEPTH)
        calls.append(kit.calls(model.compile, "adam", "mse"))
        built.append(kit.structure(model))
    levels = [level for level in ("graph", "program", "outputs") if level in built[0]]
    different = [level for level in levels if built[0][level] != built[1][level]]
    evidence = [f"compile: {calls[0]:,} calls inline, {calls[1]:,} with add()"]
    evidence += [
        f"{level}: {'different' if level in different else 'the same'}" for level in levels
    ]
    return (REFUTED if different or calls[0] != calls[1] else SUPPORTED), evidence
