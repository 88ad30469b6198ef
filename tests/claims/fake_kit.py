"""A kit whose Keras is as small as can be, and behaves as a claim says, or not.

Work is counted in ticks: every layer that a model looks at is one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any


@dataclass
class Behaviour:
    """What this Keras does; by default all that people claim."""

    inline_is_closed: bool = True
    add_rebuilds: bool = False
    style_shows: bool = False
    restoring_adds: bool = False
    predict_is_stale: bool = False
    compile_looks: bool = False


@dataclass
class ClaimTools:
    """What a claim may use, on top of ``behaviour``."""

    behaviour: Behaviour
    ticks: int = 0
    keras: Any = field(init=False)

    def __post_init__(self) -> None:
        self.keras = SimpleNamespace(
            Sequential=_sequential(self),
            layers=SimpleNamespace(Dense=lambda width: width),
            utils=SimpleNamespace(set_random_seed=lambda seed: None),
        )

    def layers(self, depth: int) -> list[int]:
        return [16] * depth

    def calls(self, action: Callable[..., object], *arguments: Any) -> int:
        before = self.ticks
        action(*arguments)
        return self.ticks - before

    def batch(self, model: Any) -> Any:
        return SimpleNamespace(shape=(4, 16))

    def structure(self, model: Any) -> dict[str, list[str]]:
        shown = model.style if self.behaviour.style_shows else "model"
        return {level: [shown] for level in ("configuration", "graph", "program", "outputs")}


def _sequential(kit: ClaimTools) -> type:
    behaviour = kit.behaviour

    class Sequential:
        def __init__(self, layers: list[int] | None = None) -> None:
            self.style = "inline" if layers else "incremental"
            self.layers = list(layers or [])
            self.predicts: int | None = None
            kit.ticks += 100 + 10 * len(self.layers)

        def add(self, layer: int) -> None:
            if self.style == "inline" and behaviour.inline_is_closed:
                raise AttributeError("no add")
            self.layers.append(layer)
            kit.ticks += 10 * (len(self.layers) if behaviour.add_rebuilds else 1)

        def __call__(self, batch: Any, training: bool) -> Any:
            return SimpleNamespace(shape=(4, self.layers[-1]))

        def predict(self, batch: Any, verbose: int) -> Any:
            if self.predicts is None or not behaviour.predict_is_stale:
                self.predicts = self.layers[-1]
            return SimpleNamespace(shape=(4, self.predicts))

        def compile(self, optimizer: str, loss: str) -> None:
            self.predicts = None
            kit.ticks += 5 + behaviour.compile_looks * (self.style == "incremental")

        def get_config(self) -> list[int]:
            return list(self.layers)

        @classmethod
        def from_config(cls, configuration: list[int]) -> Sequential:
            if not behaviour.restoring_adds:
                return cls(configuration)
            model = cls()
            for count, layer in enumerate(configuration, start=1):
                model.layers.append(layer)
                kit.ticks += 10 * count
            return model

    return Sequential
