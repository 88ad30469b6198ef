"""What is the same in Keras on every backend: looking into a built model, counting what it does."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import keras

from bench.worker.frameworks.base import Signature
from bench.worker.frameworks.canonical import array_lines, configuration_lines


def inbound_nodes(model: Any) -> int:
    """Nodes that the model's layers keep, one for each symbolic call that is remembered."""
    return sum(len(getattr(layer, "_inbound_nodes", ())) for layer in model.layers)


def configuration(model: Any) -> list[str]:
    """What the model says of itself, names left out."""
    return [type(model).__name__, *configuration_lines(model.get_config())]


def weights(model: Any) -> list[str]:
    """Shape, dtype and digest of every weight."""
    return array_lines([weight.numpy() for weight in model.weights])


def output_shapes(model: Any, signature: Signature) -> list[Any]:
    """The shape of each of the model's outputs, batch first."""
    if hasattr(keras, "KerasTensor"):
        inputs = [keras.KerasTensor(shape, dtype) for shape, dtype in signature]
        outputs = model.compute_output_spec(inputs[0] if len(inputs) == 1 else inputs)
        return [tuple(each.shape) for each in keras.tree.flatten(outputs)]
    # Keras 2.
    shapes = [shape for shape, _ in signature]
    found = model.compute_output_shape(shapes[0] if len(shapes) == 1 else shapes)
    single = not found or found[0] is None or isinstance(found[0], int)
    return [tuple(each) for each in ([found] if single else found)]


@contextmanager
def symbolic_work() -> Iterator[dict[str, int]]:
    """Counts, while it is open, symbolic layer calls and Functional graphs constructed."""
    counts = {"symbolic_calls": 0, "functional_graphs": 0}
    layer, functional = keras.layers.Layer, _functional()
    call, construct = layer.__call__, functional.__init__

    def counted_call(self: Any, *args: Any, **kwargs: Any) -> Any:
        counts["symbolic_calls"] += any(_is_symbolic(each) for each in (*args, *kwargs.values()))
        return call(self, *args, **kwargs)

    def counted_construct(self: Any, *args: Any, **kwargs: Any) -> None:
        counts["functional_graphs"] += 1
        construct(self, *args, **kwargs)

    layer.__call__, functional.__init__ = counted_call, counted_construct
    try:
        yield counts
    finally:
        layer.__call__, functional.__init__ = call, construct


def _is_symbolic(value: Any) -> bool:
    if isinstance(value, (list, tuple)):
        return any(_is_symbolic(each) for each in value)
    return type(value).__name__ == "KerasTensor"


def _functional() -> Any:
    """The class of functional models, which no version exports: that of the smallest one."""
    inputs = keras.Input((1,))
    return type(keras.Model(inputs, inputs))
