"""Models whose weights are of a kind of their own: a state, eight bits, parts of low rank."""

from __future__ import annotations

from typing import Any

import keras
from keras import layers

LENGTH, WIDTH = 8, 16


def stateful_rnn() -> Any:
    """A recurrent network that goes on where the last batch ended, and so has a fixed batch."""
    return keras.Sequential(
        [
            keras.Input(batch_shape=(4, LENGTH, WIDTH)),
            layers.LSTM(WIDTH, stateful=True),
            layers.Dense(2),
        ]
    )


def perceptron() -> Any:
    """A small network without anything of its own."""
    return keras.Sequential(
        [keras.Input((WIDTH,)), *(layers.Dense(WIDTH, activation="relu") for _ in range(3))]
    )


def quantised() -> Any:
    """A perceptron with weights of eight bits."""
    model = perceptron()
    model.quantize("int8")
    return model


def lora() -> Any:
    """A perceptron with frozen weights and trainable parts of low rank (LoRA)."""
    model = perceptron()
    for layer in model.layers:
        layer.enable_lora(rank=2)
    return model
