"""A table of every kind of column, encoded by a FeatureSpace (keras#21009, keras-io#1194)."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import tensorflow as tf


def build(depth: int) -> Any:
    of = keras.utils.FeatureSpace
    space = of(
        features={
            "age": of.float_discretized(num_bins=4),
            "city": of.string_categorical(),
            "income": of.float_normalized(),
            "kind": of.integer_categorical(),
        },
        output_mode="concat",
    )
    rows = {
        "age": np.array([1.0, 30, 60, 80]),
        "city": np.array(["here", "there", "here", "away"]),
        "income": np.array([1.0, 2, 3, 4]),
        "kind": np.array([1, 2, 3, 1]),
    }
    space.adapt(tf.data.Dataset.from_tensor_slices(rows))
    x = space.get_encoded_features()
    for _ in range(depth):
        x = keras.layers.Dense(8)(x)
    return keras.Model(space.get_inputs(), keras.layers.Dense(1)(x))
