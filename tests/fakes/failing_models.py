"""Models that are made and then fail when they are called, each in a way of its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import tensorflow as tf


class Armed(keras.layers.Layer):
    """Passes its inputs on until it is armed; then it does ``action`` with them."""

    def __init__(self, action: Callable[[Any], Any]) -> None:
        super().__init__()
        self.action = action
        self.is_armed = False

    def call(self, inputs: Any) -> Any:
        return self.action(inputs) if self.is_armed else inputs


def _armed(action: Callable[[Any], Any]) -> Any:
    layer = Armed(action)
    model = keras.Sequential([keras.Input((8,)), keras.layers.Dense(8), layer])
    layer.is_armed = True
    return model


def _refuse(inputs: Any) -> Any:
    raise ValueError("the layer has no such unit")


def refuses() -> Any:
    """Raises in a layer of the user's."""
    return _armed(_refuse)


def mismatched() -> Any:
    """Multiplies matrices that do not fit."""
    return _armed(lambda inputs: tf.linalg.matmul(inputs, tf.ones((9, 8))))


def hashes_strings() -> Any:
    """Does what XLA does not compile."""

    def hashed(inputs: Any) -> Any:
        numbers = tf.strings.to_hash_bucket_fast(tf.strings.as_string(inputs), 7)
        return tf.cast(numbers, "float32")

    return _armed(hashed)


class _Trained(keras.Model):
    def train_step(self, data: Any) -> Any:
        raise RuntimeError("there is nothing to learn")


def cannot_learn() -> Any:
    """Raises in a training step of the user's."""
    inputs = keras.Input((8,))
    return _Trained(inputs, keras.layers.Dense(8)(inputs))


def _with_outputs(outputs: Callable[[Any], Any]) -> Any:
    inputs = keras.Input((8,))
    return keras.Model(inputs, outputs(keras.layers.Dense(8)(inputs)))


def no_weight_counts() -> Any:
    """Its outputs have no gradient."""
    return _with_outputs(keras.ops.stop_gradient)


def answers_with_classes() -> Any:
    """Its outputs are whole numbers, which no weight changes little by little."""
    return _with_outputs(lambda hidden: keras.ops.argmax(hidden, axis=-1))


def loses_nothing() -> Any:
    """Its own loss does not look at the outputs."""
    model = _with_outputs(keras.layers.Dense(2))
    model.compile("sgd", lambda targets, outputs: tf.reduce_mean(targets))
    return model


class _StepsAside(keras.Model):
    def train_step(self, data: Any) -> Any:
        loss = tf.constant(1.0)
        with tf.GradientTape() as tape:
            loss = loss * 2.0
        self.optimizer.apply(tape.gradient(loss, self.trainable_weights), self.trainable_weights)
        return {"loss": loss}


def steps_aside() -> Any:
    """Its own training step takes gradients of something else."""
    inputs = keras.Input((8,))
    return _StepsAside(inputs, keras.layers.Dense(8)(inputs))
