"""Builders that set what holds for their whole process, and one that shows whether it does."""

from __future__ import annotations

from typing import Any

import keras


def _model(depth: int) -> Any:
    return keras.Sequential([keras.Input((8,)), *(keras.layers.Dense(8) for _ in range(depth))])


def half(depth: int) -> Any:
    keras.config.set_dtype_policy("mixed_bfloat16")
    return _model(depth)


def eager_functions(depth: int) -> Any:
    import tensorflow as tf

    tf.config.run_functions_eagerly(True)
    return _model(depth)


def seeded(depth: int) -> Any:
    keras.utils.set_random_seed(7)
    return _model(depth)


def as_it_was(depth: int) -> Any:
    model = _model(depth)
    policy, eager = model.layers[0].compute_dtype, __import__("tensorflow").config
    if policy != "float32" or eager.functions_run_eagerly():
        raise RuntimeError(f"another arm has reached this one: {policy}")
    return model
