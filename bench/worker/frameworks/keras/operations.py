"""What a Keras model consists of: operations, nodes, and the symbolic work of building it.

An operation is a layer, or what ``+`` and ``keras.ops`` make of symbolic tensors.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import keras


def operations_of(model: Any) -> list[Any]:
    """The operations that ``model`` consists of, each once.

    Those within nested models and within layers are among them; the model itself is not, and
    neither is the graph that a Sequential keeps of its own layers.
    """
    found: dict[int, Any] = {}
    waiting = list(_parts(model))
    while waiting:
        each = waiting.pop()
        if id(each) not in found:
            found[id(each)] = each
            waiting += _parts(each)
    return list(found.values())


def inbound_nodes(model: Any) -> int:
    """Nodes that the model's operations retain, one for each symbolic call that is remembered."""
    return sum(len(getattr(each, "_inbound_nodes", ())) for each in operations_of(model))


@contextmanager
def symbolic_work() -> Iterator[dict[str, int]]:
    """Counts, while it is open, the symbolic work that building does.

    That are symbolic calls of layers, of other operations, and Functional graphs constructed.
    """
    counts = {"symbolic_calls": 0, "symbolic_operations": 0, "functional_graphs": 0}
    layer, functional = keras.layers.Layer, _functional()
    # Keras 2 makes a layer of every operation.
    operation = getattr(keras, "Operation", layer)
    call, construct = layer.__call__, functional.__init__
    operate: Any = getattr(operation, "symbolic_call", None)

    def counted_call(self: Any, *args: Any, **kwargs: Any) -> Any:
        counts["symbolic_calls"] += _is_symbolic(args) or _is_symbolic(kwargs)
        return call(self, *args, **kwargs)

    def counted_operation(self: Any, *args: Any, **kwargs: Any) -> Any:
        counts["symbolic_operations"] += 1
        return operate(self, *args, **kwargs)

    def counted_construct(self: Any, *args: Any, **kwargs: Any) -> None:
        counts["functional_graphs"] += 1
        construct(self, *args, **kwargs)

    layer.__call__, functional.__init__ = counted_call, counted_construct
    if operate is not None:
        operation.symbolic_call = counted_operation
    try:
        yield counts
    finally:
        layer.__call__, functional.__init__ = call, construct
        if operate is not None:
            operation.symbolic_call = operate


def _parts(operation: Any) -> list[Any]:
    """The operations directly within ``operation``: none where it is no layer and no model."""
    if isinstance(operation, keras.Model):
        layers = operation.layers
    elif isinstance(operation, keras.layers.Layer):
        layers = list(operation._flatten_layers(include_self=False, recursive=False))
    else:
        layers = []
    return [*layers, *getattr(operation, "operations", ())]


def _is_symbolic(value: Any) -> bool:
    """Whether ``value`` is or holds a symbolic tensor."""
    if isinstance(value, (list, tuple)):
        return any(_is_symbolic(each) for each in value)
    if isinstance(value, Mapping):
        return any(_is_symbolic(each) for each in value.values())
    return type(value).__name__ == "KerasTensor"


def _functional() -> Any:
    """The class of functional models, which no version exports: that of the smallest one."""
    inputs = keras.Input((1,))
    return type(keras.Model(inputs, inputs))
