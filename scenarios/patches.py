"""Changes to Keras that an arm may try: context managers, in force while they are open."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from weakref import WeakKeyDictionary, WeakSet

import keras


@contextmanager
def postponed_rebuild() -> Iterator[None]:
    """``Sequential`` calls every layer once, and is rebuilt when somebody needs it.

    Keras 3 rebuilds a ``Sequential`` whose input is known after every ``add``: it calls all of its
    layers again, and makes a graph of them that the next ``add`` throws away. Here ``add`` calls
    the new layer alone, on what the layer before it puts out. Its weights exist, and a layer that
    does not fit is refused, at once, as ever. Only the graph waits until it is asked for.

    Raises ``NotImplementedError`` for a Keras whose ``Sequential`` is not rebuilt.
    """
    sequential = keras.Sequential
    if not hasattr(sequential, "_maybe_rebuild"):
        raise NotImplementedError(f"Sequential of Keras {keras.__version__} is not rebuilt")
    rebuild, build = sequential._maybe_rebuild, sequential.build
    outputs: WeakKeyDictionary[Any, list[tuple[Any, Any]]] = WeakKeyDictionary()
    postponed: WeakSet[Any] = WeakSet()

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

    def postpone(model: Any) -> None:
        postponed.discard(model)
        model.built = False
        model._functional = None
        if not isinstance(model._layers[0], keras.layers.InputLayer) or len(model._layers) == 1:
            rebuild(model)
            return
        try:
            call_new_layers(model)
        except Exception:
            # Keras has its own words for what is wrong, and layers that it leaves unbuilt.
            outputs.pop(model, None)
            rebuild(model)
            return
        postponed.add(model)

    def build_from_outputs(self: Any, input_shape: Any = None) -> None:
        known = outputs.get(self, [])
        layers = self._layers
        complete = len(known) == len(layers) > 1
        if complete and tuple(input_shape or ()) == layers[0].batch_shape:
            self._functional = keras.Model(inputs=layers[0].output, outputs=known[-1][1])
        else:
            build(self, input_shape)

    def settled(name: str) -> property:
        """An attribute that is right only once the model has been rebuilt."""

        def read(model: Any) -> Any:
            if model in postponed:
                settle(model)
            try:
                return vars(model)[name]
            except KeyError:
                raise AttributeError(name) from None

        def write(model: Any, value: Any) -> None:
            vars(model)[name] = value

        return property(read, write)

    def settle(model: Any) -> None:
        postponed.discard(model)
        model.build(model._layers[0].batch_shape)

    sequential._maybe_rebuild, sequential.build = postpone, build_from_outputs
    sequential.built, sequential._functional = settled("built"), settled("_functional")
    try:
        yield
    finally:
        for model in list(postponed):
            settle(model)
        del sequential.built, sequential._functional
        sequential._maybe_rebuild, sequential.build = rebuild, build
