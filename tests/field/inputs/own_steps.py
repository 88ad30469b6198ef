"""A step of training of its own that takes pairs, as guides write it (keras#19479, keras#20894)."""

from __future__ import annotations

from typing import Any

import keras
import tensorflow as tf


class Scaled(keras.Model):
    def train_step(self, data: Any) -> Any:
        x, y = data
        with tf.GradientTape() as tape:
            loss = self.compute_loss(x, y, self(x, training=True))
            scaled = self.optimizer.scale_loss(loss)
        gradients = tape.gradient(scaled, self.trainable_weights)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_weights, strict=True))
        return {"loss": loss}


def half(depth: int) -> Any:
    inputs = keras.Input((8,))
    x = inputs
    for _ in range(depth):
        x = keras.layers.Dense(8, dtype="mixed_float16")(x)
    model = Scaled(inputs, keras.layers.Dense(1, dtype="float32")(x))
    model.compile(keras.optimizers.LossScaleOptimizer(keras.optimizers.Adam()), "mse")
    return model
