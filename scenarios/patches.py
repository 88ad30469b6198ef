"""Changes to Keras that an arm can test: context managers that apply while they are open."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from weakref import WeakKeyDictionary, WeakSet

import keras

NEEDS_BUILT = ("layers", "variables", "weights", "trainable_weights", "non_trainable_weights")
"""Attributes of a ``Sequential`` that are only known once its layers have been called."""


@contextmanager
def postponed_rebuild() -> Iterator[None]:
    """``Sequential`` is rebuilt when somebody needs it, and calls every layer once.

    Keras 3 rebuilds a ``Sequential`` whose input is known after every ``add``: it calls all of its
    layers again, and makes a graph of them that the next ``add`` throws away. Here ``add`` only
    remembers the layer. When the model is called, or asked for what takes layers that have been
    called, the new ones are called on what the one before them puts out, and the graph is made.

    Two things are later than they were. A layer that does not fit is refused when it is needed, not
    when it is added; and a layer that was added has its weights once the model was asked for
    something.

    Raises ``NotImplementedError`` for a Keras whose ``Sequential`` is not rebuilt.
    """
    sequential = keras.Sequential
    if not hasattr(sequential, "_maybe_rebuild"):
        raise NotImplementedError(f"Sequential of Keras {keras.__version__} is not rebuilt")
    rebuild, build = sequential._maybe_rebuild, sequential.build
    outputs: WeakKeyDictionary[Any, list[tuple[Any, Any]]] = WeakKeyDictionary()
    postponed: WeakSet[Any] = WeakSet()

    def postpone(model: Any) -> None:
        # To set an attribute is to read it first: nothing may be postponed then.
        postponed.discard(model)
        model.built = False
        model._functional = None
        if isinstance(model._layers[0], keras.layers.InputLayer) and len(model._layers) > 1:
            postponed.add(model)
        else:
            rebuild(model)

    def quiesce(model: Any) -> None:
        postponed.discard(model)
        try:
            call_new_layers(model)
        except Exception:
            # Keras has its own words for what is wrong, and layers that it leaves unbuilt.
            outputs.pop(model, None)
            rebuild(model)
        else:
            model.build(model._layers[0].batch_shape)

    def call_new_layers(model: Any) -> None:
        """Forget the outputs of layers that are gone, and call those that have none yet."""
        first = model._layers[0]
        known = outputs.get(model, [(first, first.output)])
        kept = 0
        while kept < min(len(known), len(model._layers)) and known[kept][0] is model._layers[kept]:
            kept += 1
        known = known[:kept]
        with model._open_name_scope():
            for layer in model._layers[kept:]:
                known.append((layer, layer(known[-1][1])))
        outputs[model] = known

    def build_from_outputs(self: Any, input_shape: Any = None) -> None:
        if self in postponed and tuple(input_shape or ()) == self._layers[0].batch_shape:
            postponed.discard(self)
            call_new_layers(self)
        known, layers = outputs.get(self, []), self._layers
        complete = len(known) == len(layers) > 1 and known[-1][0] is layers[-1]
        if complete and tuple(input_shape or ()) == layers[0].batch_shape:
            self._functional = keras.Model(inputs=layers[0].output, outputs=known[-1][1])
        else:
            build(self, input_shape)

    def settled(name: str) -> property:
        """An attribute of the model that is right only once it has been rebuilt."""

        def read(model: Any) -> Any:
            if model in postponed:
                quiesce(model)
            try:
                return vars(model)[name]
            except KeyError:
                raise AttributeError(name) from None

        def write(model: Any, value: Any) -> None:
            vars(model)[name] = value

        return property(read, write)

    def settling(original: property) -> property:
        """The same property, read once the model has been rebuilt."""

        def read(model: Any) -> Any:
            if model in postponed:
                quiesce(model)
            return original.__get__(model)

        return property(read, original.fset)

    changes = {
        "_maybe_rebuild": postpone,
        "build": build_from_outputs,
        "built": settled("built"),
        "_functional": settled("_functional"),
        **{name: settling(getattr(sequential, name)) for name in NEEDS_BUILT},
    }
    before = {name: vars(sequential)[name] for name in changes if name in vars(sequential)}
    for name, change in changes.items():
        setattr(sequential, name, change)
    try:
        yield
    finally:
        try:
            for model in list(postponed):
                quiesce(model)
        finally:
            for name in changes:
                delattr(sequential, name)
            for name, original in before.items():
                setattr(sequential, name, original)
