"""Variables that Keras and TensorFlow read while they are loaded, set before they are imported (keras#3936)."""

from __future__ import annotations

import os
from typing import Any

os.environ["KERAS_BACKEND"] = "jax"
os.environ["TF_ENABLE_ONEDNN_OPTS"] = "0"

import keras


def build(depth: int) -> Any:
    return keras.Sequential([keras.Input((8,)), *(keras.layers.Dense(8) for _ in range(depth))])
