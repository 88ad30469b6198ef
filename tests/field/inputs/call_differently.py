"""Models of which call modes and calls differ, and models that are no more alike than they look."""

from __future__ import annotations

from typing import Any

import keras


class Forgetful(keras.Model):
    """Never tells its random layer whether it is trained, and so predict lets it."""

    def __init__(self, depth: int) -> None:
        super().__init__()
        self.augment = keras.layers.RandomContrast(0.9)
        self.rest = keras.Sequential(
            [keras.layers.Flatten(), *(keras.layers.Dense(3) for _ in range(depth))]
        )

    def call(self, inputs: Any) -> Any:
        return self.rest(self.augment(inputs))


def forgetful(depth: int) -> Any:
    return Forgetful(depth)


def wider(depth: int) -> Any:
    hidden = [keras.layers.Dense(8) for _ in range(depth)]
    return keras.Sequential([keras.Input((4,)), *hidden, keras.layers.Dense(3)])


def narrower(depth: int) -> Any:
    hidden = [keras.layers.Dense(4) for _ in range(depth)]
    return keras.Sequential([keras.Input((4,)), *hidden, keras.layers.Dense(3)])
