"""What a Keras model declares of its inputs, and which values its layers take.

Of a model that declares nothing, a user does (see ``from_declared``).
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any, Optional

import keras

from bench.worker.frameworks.generated import SENTENCE
from bench.worker.frameworks.signature import (
    InputSpec,
    KnownValues,
    Signature,
    leaves,
    mapped,
    placed,
)

_AUTOMATIC = re.compile(r"(keras_tensor|input_layer|input)(_\d+)?")
"""Names that Keras gives by counting, which say nothing of the input."""

_NOT_DATA = ("training", "mask")
"""Arguments of ``call`` that Keras fills in itself."""


def model_signature(model: Any) -> Optional[Signature]:
    """The inputs of ``model`` in the structure that it declares; None where it declares none."""
    structure = _structure(model)
    if structure is not None:
        return Signature(placed(mapped(tensor_spec, structure)))
    shapes = getattr(model, "_build_shapes_dict", None)
    return _from_shapes(model, shapes) if shapes else None


def tensor_spec(tensor: Any) -> InputSpec:
    """What a symbolic tensor, or a layer that has a shape and a dtype, says of an input."""
    dtype = tensor.dtype if isinstance(tensor.dtype, str) else str(tensor.dtype.name)
    name = getattr(tensor, "name", None) or ""
    flags = {each: bool(getattr(tensor, each, False)) for each in ("ragged", "sparse")}
    layout = next((each for each, is_so in flags.items() if is_so), "dense")
    return InputSpec(
        shape=tuple(tensor.shape),
        dtype=dtype,
        name="" if _AUTOMATIC.fullmatch(name) else name,
        layout=layout,
        ragged_rank=getattr(tensor, "ragged_rank", None) or 1,
        values=known_values(tensor, dtype),
    )


def from_declared(model: Any, declared: Sequence[InputSpec]) -> Signature:
    """The signature of a model that declares none, from what its user declares of it.

    Names that are arguments of its ``call`` are such; other names are those of a dictionary.
    Without names they are arguments where ``call`` takes as many, and else a list.
    """
    known = [replace(each, values=_inside(model, each.dtype)) for each in declared]
    arguments = _arguments(model)
    names = [each.name for each in known]
    if len(known) == 1 and (not names[0] or names[0] in arguments[:1]):
        return Signature(known[0])
    if all(name in arguments for name in names):
        return Signature(dict(zip(names, known)), by_argument=True)
    if all(names):
        return Signature(placed(dict(zip(names, known))))
    if len(_arguments(model, required=True)) == len(known):
        return Signature(placed(dict(zip(arguments, known))), by_argument=True)
    return Signature(placed(known))


def refined(model: Any, signature: Signature) -> Signature:
    """``signature``, in which inputs without known values have those that ``model`` shows now.

    A model that was not finished, or not called yet, knows its layers only then.
    """
    now = model_signature(model)
    shown = [] if now is None else [each.values for each in now.inputs]
    values = iter(shown if len(shown) == len(signature.inputs) else [None] * len(signature.inputs))
    found = {
        id(each): replace(each, values=each.values or known or _inside(model, each.dtype))
        for each, known in zip(signature.inputs, values)
    }
    return replace(signature, structure=signature.mapped(lambda each: found[id(each)]))


def known_values(tensor: Any, dtype: str) -> Optional[KnownValues]:
    """Which values the layers that take the symbolic ``tensor`` know; the fewest of them."""
    return _fewest(_known(tensor, dtype, depth=0), dtype)


def _known(tensor: Any, dtype: str, depth: int) -> Iterator[Optional[KnownValues]]:
    history = getattr(tensor, "_keras_history", None)
    if history is None or depth > _DEEPEST:
        return
    for node in getattr(history[0], "_outbound_nodes", ()):
        taken = _listed(getattr(node, "input_tensors", ()))
        place = next((place for place, each in enumerate(taken) if each is tensor), None)
        # Of Keras 3, or 2.
        operation = getattr(node, "operation", getattr(node, "layer", None))
        if place is None or operation is None:
            continue
        told = _of_layer(operation)
        inner = _inner_inputs(operation)
        if told is not None:
            yield told
        elif len(inner) == len(taken):
            yield from _known(inner[place], dtype, depth + 1)
        elif _is_discrete(dtype) and _sublayers(operation):
            yield _inside(operation, dtype)
        elif _is_discrete(dtype) or type(operation).__name__ in _PASS_ON:
            outputs = getattr(node, "output_tensors", getattr(node, "outputs", ()))
            for output in _listed(outputs):
                if _is_discrete(str(output.dtype)) or not _is_discrete(dtype):
                    yield from _known(output, dtype, depth + 1)


def _listed(tensors: Any) -> list[Any]:
    """The tensors of a node: Keras 2 has no list of one."""
    return [each for _, each in leaves(tensors)]


_PASS_ON = ("Cast", "GetItem", "Reshape", "Squeeze", "Split")
"""Operations after which numbers are what they were, such as columns of a table."""

_DEEPEST = 20
"""Operations that are followed from an input to the layer that knows its values."""


def _of_layer(layer: Any) -> Optional[KnownValues]:
    """What ``layer`` says of the values that it takes."""
    source = f"vocabulary of {layer.name}"
    if isinstance(layer, keras.layers.Embedding):
        return KnownValues(source, below=int(layer.input_dim))
    if isinstance(layer, keras.layers.CategoryEncoding) and layer.num_tokens:
        return KnownValues(f"tokens of {layer.name}", below=int(layer.num_tokens))
    if not hasattr(layer, "get_vocabulary"):
        return None
    if getattr(layer, "invert", False):
        return KnownValues(source, below=int(layer.vocabulary_size()))
    words = tuple(_plain(each) for each in layer.get_vocabulary(include_special_tokens=False))
    if not words:
        return None
    is_text = isinstance(layer, keras.layers.TextVectorization)
    length = getattr(layer, "_output_sequence_length", None) if is_text else 1
    return KnownValues(source, among=words, words=length or SENTENCE)


def _inside(model: Any, dtype: str) -> Optional[KnownValues]:
    """The fewest values that the layers in ``model`` know, of whole numbers or of texts."""
    if not _is_discrete(dtype):
        return None
    return _fewest([_of_layer(layer) for layer in _sublayers(model)], dtype)


def _fewest(known: Iterable[Optional[KnownValues]], dtype: str) -> Optional[KnownValues]:
    """The one of ``known`` that has the fewest values, among those that ``dtype`` can hold."""
    kind = str if dtype == "string" else int

    def suits(values: KnownValues) -> bool:
        return isinstance(values.among[0], kind) if values.among else kind is int

    suiting = [each for each in known if each is not None and suits(each)]
    return min(suiting, key=lambda each: each.below or len(each.among), default=None)


def _sublayers(layer: Any) -> list[Any]:
    flatten = getattr(layer, "_flatten_layers", None)
    return list(flatten(include_self=False)) if flatten else []


def _inner_inputs(operation: Any) -> list[Any]:
    """The inputs of a model that is used as a layer; none of other operations."""
    if not isinstance(operation, keras.Model):
        return []
    structure = _structure(operation)
    return [] if structure is None else [each for _, each in leaves(structure)]


def _structure(model: Any) -> Any:
    """The symbolic tensors that ``model`` is called with, nested; None where it has none."""
    functional = getattr(model, "_functional", None) or model
    try:
        found = functional.input
    except (AttributeError, ValueError, RuntimeError):
        return None
    tensors = [each for _, each in leaves(found)]
    return found if tensors and all(hasattr(each, "shape") for each in tensors) else None


def _from_shapes(model: Any, shapes: dict[str, Any]) -> Optional[Signature]:
    """The inputs of a model that was built for ``shapes``, by the arguments of its ``call``."""
    dtype = keras.config.floatx() if hasattr(keras, "config") else "float32"

    def spec(shape: Any) -> InputSpec:
        lengths = (None, *shape[1:])
        return InputSpec(lengths, dtype, is_dtype_assumed=True)

    structures = {
        name[: -len("_shape")] if name.endswith("_shape") else name: _mapped_shapes(spec, each)
        for name, each in shapes.items()
        if each is not None
    }
    if len(structures) < len(_arguments(model, required=True)):
        # Keras notes the first argument alone.
        return None
    if len(structures) == 1:
        return Signature(placed(next(iter(structures.values()))))
    return Signature(placed(structures), by_argument=True) if structures else None


def _mapped_shapes(function: Any, shapes: Any) -> Any:
    if isinstance(shapes, dict):
        return {key: _mapped_shapes(function, each) for key, each in shapes.items()}
    if all(length is None or isinstance(length, int) for length in shapes):
        return function(shapes)
    return [_mapped_shapes(function, each) for each in shapes]


def _arguments(model: Any, required: bool = False) -> list[str]:
    """The arguments of the model's ``call`` that are data, in their order."""
    try:
        parameters = inspect.signature(model.call).parameters.values()
    except (TypeError, ValueError):
        return []
    named = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
    return [
        each.name
        for each in parameters
        if each.kind in named
        and each.name not in _NOT_DATA
        and not (required and each.default is not inspect.Parameter.empty)
    ]


def _is_discrete(dtype: str) -> bool:
    return dtype == "string" or dtype.startswith(("int", "uint"))


def _plain(value: Any) -> Any:
    """A word of a vocabulary as a value of Python: a text or a whole number."""
    return str(value) if isinstance(value, str) else int(value)
