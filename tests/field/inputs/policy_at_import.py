"""A module that asks for another image format when it is imported."""

from __future__ import annotations

from typing import Any

import keras

keras.config.set_image_data_format("channels_first")


def build(depth: int) -> Any:
    return keras.Sequential([keras.Input((8,)), *(keras.layers.Dense(8) for _ in range(depth))])
