"""Models that Keras can build and run, and that some way to restore them refuses."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np


@keras.saving.register_keras_serializable()
class Subclassed(keras.Model):
    """Takes an argument, and says nothing of it."""

    def __init__(self, units: int) -> None:
        super().__init__()
        self.dense = keras.layers.Dense(units)

    def call(self, inputs: Any) -> Any:
        return self.dense(inputs)


@keras.saving.register_keras_serializable()
class Secretive(keras.layers.Layer):
    """Raises when it is asked what it is."""

    def call(self, inputs: Any) -> Any:
        return inputs

    def get_config(self) -> dict[str, Any]:
        raise LookupError("the notes on this layer are lost")


@keras.saving.register_keras_serializable()
class Unwritable(keras.layers.Layer):
    """Cannot be saved, nor its weights."""

    def build(self, _: Any) -> None:
        self.scale = self.add_weight(shape=())

    def call(self, inputs: Any) -> Any:
        return inputs * self.scale

    def save_own_variables(self, _: Any) -> None:
        raise PermissionError("no weight leaves this layer")


class Unregistered(keras.layers.Layer):
    """Is known to nobody but this module."""

    def call(self, inputs: Any) -> Any:
        return inputs


def subclassed() -> Any:
    model = Subclassed(3)
    model(np.zeros((1, 4), "float32"))
    return model


def unregistered() -> Any:
    return keras.Sequential([keras.Input((4,)), keras.layers.Dense(3), Unregistered()])


def secretive() -> Any:
    return keras.Sequential([keras.Input((4,)), keras.layers.Dense(3), Secretive()])


def unwritable() -> Any:
    return keras.Sequential([keras.Input((4,)), keras.layers.Dense(3), Unwritable()])


def with_lambda() -> Any:
    return keras.Sequential(
        [keras.Input((4,)), keras.layers.Dense(3), keras.layers.Lambda(lambda x: x * 0.5)]
    )
