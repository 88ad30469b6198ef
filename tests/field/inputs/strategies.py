"""Models of a distribution strategy, compiled by their builder or not (keras-io#2007)."""

from __future__ import annotations

from typing import Any

import keras
import tensorflow as tf


def _network(depth: int) -> Any:
    return keras.Sequential([keras.Input((8,)), *(keras.layers.Dense(8) for _ in range(depth))])


def compiled(depth: int) -> Any:
    with tf.distribute.MirroredStrategy(["CPU:0"]).scope():
        model = _network(depth)
        model.compile("adam", "mse")
    return model


def not_compiled(depth: int) -> Any:
    with tf.distribute.MirroredStrategy(["CPU:0"]).scope():
        return _network(depth)
