"""Ways to assemble the same layers. Each takes an iterable of layers and returns a model.

The first layer may be a ``keras.Input``. The builders differ only in how they assemble the layers.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterable
from typing import Any

import keras

Layers = Iterable[Any]


def inline(layers: Layers) -> keras.Model:
    """All layers in one go."""
    return keras.Sequential(list(layers))


def incremental(layers: Layers) -> keras.Model:
    """Layer by layer, as they come."""
    model = keras.Sequential()
    for layer in layers:
        model.add(layer)
    return model


def incremental_deferred(layers: Layers) -> keras.Model:
    """Layer by layer without the input, to be built when all are in."""
    model = keras.Sequential()
    for layer in layers:
        if not _is_input(layer):
            model.add(layer)
    return model


def incremental_no_rebuild(layers: Layers) -> keras.Model:
    """Layer by layer, the input too, but built when all are in. Keras 3 only."""
    model = keras.Sequential()
    if "rebuild" not in inspect.signature(model.add).parameters:
        raise NotImplementedError(f"Sequential.add of Keras {keras.__version__} has no rebuild=")
    for layer in layers:
        model.add(layer, rebuild=False)
    return model


def functional(layers: Layers) -> keras.Model:
    """Each layer called on the output of the one before."""
    inputs, *rest = layers
    outputs = inputs
    for layer in rest:
        outputs = layer(outputs)
    return keras.Model(inputs, outputs)


def _is_input(layer: Any) -> bool:
    return not isinstance(layer, keras.layers.Layer) or isinstance(layer, keras.layers.InputLayer)
