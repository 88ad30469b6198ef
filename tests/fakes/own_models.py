"""Models as people bring them: with several inputs, subclassed, or without known inputs."""

from __future__ import annotations

from typing import Any

import keras


def two_inputs(units: int = 8) -> Any:
    """An autoencoder of an image's features and a label, with two outputs."""
    features, label = keras.Input((16,)), keras.Input((4,))
    joined = keras.layers.concatenate([features, label])
    code = keras.layers.Dense(units, activation="relu")(joined)
    outputs = [keras.layers.Dense(16)(code), keras.layers.Dense(4)(code)]
    return keras.Model([features, label], outputs)


class Subclassed(keras.Model):
    def __init__(self, units: int) -> None:
        super().__init__()
        self.first = keras.layers.Dense(units, activation="relu")
        self.last = keras.layers.Dense(3)

    def call(self, inputs: Any) -> Any:
        return self.last(self.first(inputs))


def subclassed(units: int = 8) -> Any:
    """A model whose inputs nobody can know before it is called."""
    return Subclassed(units)


def any_length(depth: int) -> Any:
    """A recurrent classifier of sequences of any length."""
    hidden = [keras.layers.LSTM(8, return_sequences=True) for _ in range(depth - 1)]
    last = [keras.layers.LSTM(8), keras.layers.Dense(2)]
    return keras.Sequential([keras.Input((None, 5)), *hidden, *last])


def transformer(depth: int) -> Any:
    """A small classifier of sequences of tokens: attention and a feed-forward layer × depth."""
    tokens = keras.Input((12,), dtype="int32")
    hidden = keras.layers.Embedding(50, 16)(tokens)
    for _ in range(depth):
        attended = keras.layers.MultiHeadAttention(num_heads=2, key_dim=8)(hidden, hidden)
        hidden = keras.layers.LayerNormalization()(hidden + attended)
        forward = keras.layers.Dense(16)(keras.layers.Dense(32, activation="relu")(hidden))
        hidden = keras.layers.LayerNormalization()(hidden + forward)
    pooled = keras.layers.GlobalAveragePooling1D()(hidden)
    return keras.Model(tokens, keras.layers.Dense(3, activation="softmax")(pooled))
