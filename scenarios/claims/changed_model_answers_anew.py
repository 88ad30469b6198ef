"""Claim: what a model answers is what it is."""

from __future__ import annotations

from typing import Any

from scenarios.claims import REFUTED, SUPPORTED, UNDETERMINED
from scenarios.claims.building import inline

CLAIM = "A model that is changed after its first predict() answers with its new structure."
DEPTH, WIDTH = 4, 3


def check(kit: Any) -> tuple[str, list[str]]:
    """Predict, add a layer, predict again, and compare with a direct call."""
    model = inline(kit, DEPTH)
    batch = kit.batch(model)
    model.compile(optimizer="adam", loss="mse")
    before = _width(model.predict(batch, verbose=0))
    model.add(kit.keras.layers.Dense(WIDTH))
    direct = _width(model(batch, training=False))
    predicted = _width(model.predict(batch, verbose=0))
    model.compile(optimizer="adam", loss="mse")
    compiled = _width(model.predict(batch, verbose=0))
    evidence = [
        f"outputs before: {before}; after adding {WIDTH}: a direct call {direct}, predict "
        f"{predicted}, predict after compiling again {compiled}"
    ]
    if direct != WIDTH:
        return UNDETERMINED, evidence
    return (SUPPORTED if predicted == WIDTH else REFUTED), evidence


def _width(outputs: Any) -> int:
    return int(outputs.shape[-1])
