"""Recipes for networks of any depth. Each yields new layers one at a time, the input first.

``depth`` counts the layers, or blocks of layers, that repeat. The input may have another size than
the usual one: more ``features``, a longer ``side``, more ``steps``. With ``legacy_shape`` there is
no ``keras.Input``: the first layer is given ``input_shape=``, as older tutorials write it.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from typing import Any

import keras
from keras import layers

Layers = Iterator[Any]


def mlp(depth: int, features: int = 16, legacy_shape: bool = False) -> Layers:
    """Dense(16, relu) × depth on 16 features."""
    first = yield from _start((features,), legacy_shape)
    for index in range(depth):
        yield layers.Dense(16, activation="relu", **(first if index == 0 else {}))


def cnn(depth: int, side: int = 28, legacy_shape: bool = False) -> Layers:
    """Conv2D(32, 3×3, relu) × depth on 28×28×1, pooled while there is room, and two Dense."""
    first = yield from _start((side, side, 1), legacy_shape)
    for index in range(depth):
        yield layers.Conv2D(
            32, (3, 3), activation="relu", padding="same", **(first if index == 0 else {})
        )
        if side >= 4:
            yield layers.MaxPooling2D((2, 2))
            side //= 2
    yield layers.Flatten()
    yield layers.Dense(128, activation="relu")
    yield layers.Dense(10, activation="softmax")


def conv_bn(depth: int, side: int = 16, legacy_shape: bool = False) -> Layers:
    """Conv2D(8, 3×3) and BatchNormalization × depth on 16×16×3."""
    first = yield from _start((side, side, 3), legacy_shape)
    for index in range(depth):
        yield layers.Conv2D(8, (3, 3), padding="same", **(first if index == 0 else {}))
        yield layers.BatchNormalization()
    yield layers.GlobalAveragePooling2D()
    yield layers.Dense(10, activation="softmax")


def lstm(depth: int, steps: int = 12, legacy_shape: bool = False) -> Layers:
    """LSTM(16) × depth on 12 steps of 8 features, returning sequences."""
    first = yield from _start((steps, 8), legacy_shape)
    for index in range(depth):
        yield layers.LSTM(16, return_sequences=True, **(first if index == 0 else {}))


def custom(depth: int, features: int = 16, legacy_shape: bool = False) -> Layers:
    """A layer of our own × depth on 16 features, without compute_output_shape."""
    first = yield from _start((features,), legacy_shape)
    for index in range(depth):
        yield Gate(**(first if index == 0 else {}))


def tutorial(legacy_shape: bool = False) -> Layers:
    """The classic first network for handwritten digits: convolution, pooling, two dense layers."""
    first = yield from _start((28, 28, 1), legacy_shape)
    yield layers.Conv2D(32, (3, 3), activation="relu", **first)
    yield layers.MaxPooling2D((2, 2))
    yield layers.Flatten()
    yield layers.Dense(128, activation="relu")
    yield layers.Dense(10, activation="softmax")


class Gate(layers.Layer):
    """x · sigmoid(x W), as users write layers: Keras must find its output shape by trying."""

    def build(self, input_shape: Any) -> None:
        features = input_shape[-1]
        self.kernel = self.add_weight(shape=(features, features), name="kernel")

    def call(self, inputs: Any) -> Any:
        return inputs * keras.activations.sigmoid(inputs @ self.kernel)


def _start(shape: tuple[int, ...], legacy_shape: bool) -> Generator[Any, None, dict[str, Any]]:
    """Yield the input, unless the first layer is to carry the shape; return that argument."""
    if legacy_shape:
        return {"input_shape": shape}
    yield keras.Input(shape)
    return {}
