"""Code from before TensorFlow 2, which switches eager execution off (tensorflow#46919)."""

from __future__ import annotations

from typing import Any

import tensorflow as tf

tf.compat.v1.disable_eager_execution()


def build(depth: int) -> Any:
    import keras

    return keras.Sequential([keras.Input((8,)), *(keras.layers.Dense(8) for _ in range(depth))])
