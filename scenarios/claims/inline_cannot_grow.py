"""Claim: an inline model is closed."""

from __future__ import annotations

from typing import Any

from scenarios.claims import REFUTED, SUPPORTED, UNDETERMINED
from scenarios.claims.building import inline

CLAIM = (
    "A model built inline cannot be extended after construction: add() then raises AttributeError."
)
DEPTH = 4


def check(kit: Any) -> tuple[str, list[str]]:
    """Add a layer to a model that was built inline."""
    model = inline(kit, DEPTH)
    before = len(model.layers)
    try:
        model.add(kit.keras.layers.Dense(3))
    except AttributeError as error:
        return SUPPORTED, [f"add() raises AttributeError: {error}"]
    except Exception as error:
        return UNDETERMINED, [f"add() raises {type(error).__name__}: {error}"]
    after = len(model.layers)
    if after != before + 1:
        return UNDETERMINED, [f"add() raises nothing, and {before} layers become {after}"]
    return REFUTED, [f"add() raises nothing: {before} layers become {after}"]
