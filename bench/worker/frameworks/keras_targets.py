"""What a compiled Keras model is trained towards: targets in the structure of its outputs.

The loss of each output says which values it takes: classes, probabilities of classes, or numbers.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Optional

import keras

from bench.worker.frameworks.signature import InputSpec, KnownValues, Signature, placed


def target_signature(model: Any, outputs: Any) -> Signature:
    """The targets of ``model``, whose ``outputs`` are tensors, symbolic or not, in a structure."""
    loss = getattr(model, "loss", None)
    names = list(getattr(model, "output_names", None) or ())
    return Signature(placed(_targets(loss, outputs, names)))


def _targets(loss: Any, outputs: Any, names: Sequence[str]) -> Any:
    if isinstance(outputs, Mapping):
        return {
            name: _targets(loss.get(name) if isinstance(loss, Mapping) else loss, each, ())
            for name, each in outputs.items()
        }
    if isinstance(outputs, (list, tuple)):
        if isinstance(loss, Mapping):
            by_name = [loss.get(name) for name in names]
        else:
            by_name = list(loss) if isinstance(loss, (list, tuple)) else [loss] * len(outputs)
        each_loss = by_name if len(by_name) == len(outputs) else [None] * len(outputs)
        found = [_targets(own, each, ()) for own, each in zip(each_loss, outputs)]
        return found if isinstance(outputs, list) else tuple(found)
    if isinstance(loss, Mapping):
        loss = next(iter(loss.values()), None)
    if isinstance(loss, (list, tuple)):
        loss = loss[0] if loss else None
    return _target(_name_of(loss), outputs)


def _target(loss: str, output: Any) -> InputSpec:
    """The target of one ``output`` under the loss called ``loss``."""
    plain = InputSpec(tuple(output.shape), "float32")
    classes = plain.shape[-1] if plain.shape else None
    squeezed = loss.replace("_", "")
    if squeezed.startswith("sparsecategorical") and classes:
        values = KnownValues(f"classes of {loss}", below=int(classes))
        return replace(plain, shape=plain.shape[:-1], dtype="int32", values=values)
    if squeezed.startswith("categorical") and classes:
        values = KnownValues(f"classes of {loss}", below=int(classes))
        return replace(plain, layout="one_hot", values=values)
    if squeezed.startswith("binary"):
        return replace(plain, values=KnownValues(f"classes of {loss}", below=2))
    return plain


def _name_of(loss: Any) -> str:
    """What Keras calls ``loss``, a name, a function or an object: ``mean_squared_error``."""
    if isinstance(loss, str):
        return loss
    name = getattr(loss, "__name__", None) or type(loss).__name__
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()


def symbolic_outputs(model: Any, signature: Signature, size: int) -> Any:
    """Symbolic outputs of ``model`` in batches of ``size``, each with a shape, in their structure.

    Raises what the model raises.
    """
    if hasattr(keras, "KerasTensor"):
        return model.compute_output_spec(signature.mapped(lambda each: _symbolic(each, size)))
    # Keras 2.
    found = model.compute_output_shape(signature.mapped(lambda each: each.full_shape(size)))
    single = not found or found[0] is None or isinstance(found[0], int)
    return _OfShape(tuple(found)) if single else [_OfShape(tuple(each)) for each in found]


def _symbolic(spec: InputSpec, size: int) -> Any:
    layout = {} if spec.layout == "dense" else {spec.layout: True}
    return keras.KerasTensor(spec.full_shape(size), spec.dtype, **layout)


@dataclass(frozen=True)
class _OfShape:
    shape: tuple[Optional[int], ...]
