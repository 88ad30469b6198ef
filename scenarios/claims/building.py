"""The two styles, as the claims mean them."""

from __future__ import annotations

from typing import Any


def inline(kit: Any, depth: int) -> Any:
    """``Sequential([...])``."""
    return kit.keras.Sequential(list(kit.layers(depth)))


def incremental(kit: Any, depth: int) -> Any:
    """``Sequential()`` and ``add`` for every layer."""
    model = kit.keras.Sequential()
    for layer in kit.layers(depth):
        model.add(layer)
    return model
