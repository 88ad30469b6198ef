"""Claim: to change an inline model, one must build it again."""

from __future__ import annotations

from typing import Any

from scenarios.claims import REFUTED, SUPPORTED, UNDETERMINED
from scenarios.claims.building import inline

CLAIM = "Changing a model that was built inline requires creating a new one."
DEPTH, WIDTH = 16, 3


def check(kit: Any) -> tuple[str, list[str]]:
    """Extend a model, look at what it computes, and compare the work with building it again."""
    model = inline(kit, DEPTH)
    batch = kit.batch(model)

    def extend() -> None:
        model.add(kit.keras.layers.Dense(WIDTH))

    def recreate() -> None:
        kit.keras.Sequential([*kit.layers(DEPTH), kit.keras.layers.Dense(WIDTH)])

    try:
        extending = kit.calls(extend)
    except AttributeError as error:
        return SUPPORTED, [f"add() raises AttributeError: {error}"]
    except Exception as error:
        return UNDETERMINED, [f"add() raises {type(error).__name__}: {error}"]
    shape = tuple(model(batch, training=False).shape)
    recreating = kit.calls(recreate)
    evidence = [
        f"after add() a direct call answers with the shape {shape}",
        f"extending {DEPTH} layers by one makes {extending:,} calls, recreating makes "
        f"{recreating:,}: {extending / recreating:.2f} times as many",
    ]
    return (REFUTED if shape[-1] == WIDTH else SUPPORTED), evidence
