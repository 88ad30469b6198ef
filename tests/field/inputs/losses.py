"""Losses whose targets do not look like outputs (keras#14227, keras#20452, keras#8558)."""

from __future__ import annotations

import functools
from typing import Any

import keras


def _compiled(depth: int, units: int, loss: Any, *, is_flat: bool = True) -> Any:
    inputs = keras.Input((20, 5))
    x = keras.layers.Flatten()(inputs) if is_flat else inputs
    for _ in range(depth):
        x = keras.layers.Dense(8)(x)
    model = keras.Model(inputs, keras.layers.Dense(units, activation="softmax")(x))
    model.compile("adam", loss)
    return model


def letters(depth: int) -> Any:
    return _compiled(depth, 12, keras.losses.CTC(), is_flat=False)


def alike(depth: int) -> Any:
    return _compiled(depth, 16, keras.losses.Circle())


def with_settings(depth: int) -> Any:
    entropy = keras.losses.sparse_categorical_crossentropy
    return _compiled(depth, 6, functools.partial(entropy, ignore_class=0))


class Weighted(keras.losses.Loss):
    def call(self, y_true: Any, y_pred: Any) -> Any:
        return 3 * keras.losses.sparse_categorical_crossentropy(y_true, y_pred)


def weighted(depth: int) -> Any:
    return _compiled(depth, 6, Weighted())
