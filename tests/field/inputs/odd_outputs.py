"""Models that return other things than tensors (keras#21866, tensorflow#37683)."""

from __future__ import annotations

import dataclasses
from typing import Any, NamedTuple

import keras


class Network(keras.Model):
    def __init__(self, depth: int) -> None:
        super().__init__()
        self.hidden = [keras.layers.Dense(8) for _ in range(depth)]

    def logits(self, x: Any) -> Any:
        for each in self.hidden:
            x = each(x)
        return x


class WithNothing(Network):
    def call(self, x: Any) -> Any:
        return self.logits(x), None


class Nothing(Network):
    def call(self, x: Any) -> Any:
        self.logits(x)


class Answer(NamedTuple):
    logits: Any
    attention: Any


class WithNames(Network):
    def call(self, x: Any) -> Any:
        logits = self.logits(x)
        return Answer(logits, {"weights": logits})


@dataclasses.dataclass
class Result:
    logits: Any
    attention: Any = None


class AsObject(Network):
    def call(self, x: Any) -> Any:
        return Result(self.logits(x))


def nothing(depth: int) -> Any:
    return WithNothing(depth)


def nothing_at_all(depth: int) -> Any:
    return Nothing(depth)


def names(depth: int) -> Any:
    return WithNames(depth)


def an_object(depth: int) -> Any:
    return AsObject(depth)
