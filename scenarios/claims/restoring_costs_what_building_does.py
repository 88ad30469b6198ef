"""Claim: what was saved comes back at the price of building it."""

from __future__ import annotations

from typing import Any

from scenarios.claims import DEPENDS, REFUTED, SUPPORTED, counted
from scenarios.claims.building import inline

CLAIM = "Restoring a saved Sequential costs what building it costs."
DEPTHS = (1, 4, 16, 32)
ALIKE = 0.25
"""Restoring also reads the configuration: so much more of the work of building is as good as it."""


def check(kit: Any) -> tuple[str, list[str]]:
    """Count the calls of ``from_config`` and of building, at several depths."""
    sequential = kit.keras.Sequential
    sequential.from_config(inline(kit, 1).get_config())
    ratios, evidence = [], []
    for depth in DEPTHS:
        configuration = inline(kit, depth).get_config()
        building = kit.calls(inline, kit, depth)
        restoring = kit.calls(sequential.from_config, configuration)
        ratios.append(restoring / building)
        evidence.append(
            f"{counted(depth, 'layer')}: building {building:,} calls, from_config {restoring:,}: "
            f"{ratios[-1]:.2f} times as many"
        )
    cheap = [ratio <= 1 + ALIKE for ratio in ratios]
    if all(cheap):
        return SUPPORTED, evidence
    return (DEPENDS if any(cheap) else REFUTED), evidence
