"""What a compiled Keras model is trained towards: targets in the structure of its outputs.

The loss of each output says which values it takes: classes, probabilities of classes, or numbers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Optional

import keras

from bench.worker.frameworks.base import Unavailable
from bench.worker.frameworks.generated import UNKNOWN_BELOW
from bench.worker.frameworks.keras.losses import (
    BINARY,
    CLASSES,
    LABELS,
    ONE_HOT,
    SEQUENCES,
    taken_by,
)
from bench.worker.frameworks.signature import InputSpec, KnownValues, Signature, leaves, placed


def target_signature(model: Any, outputs: Any) -> Signature:
    """The targets of ``model``, whose ``outputs`` are tensors, symbolic or not, in a structure."""
    loss = getattr(model, "loss", None)
    names = list(getattr(model, "output_names", None) or ())
    return Signature(placed(_targets(loss, outputs, names)))


def _targets(loss: Any, outputs: Any, names: Sequence[str]) -> Any:
    if isinstance(outputs, Mapping):
        if isinstance(loss, (list, tuple)) and len(loss) == len(outputs):
            # Keras gives them to the outputs in the order of their names.
            loss = dict(zip(sorted(outputs), loss))
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
    return _target(loss, outputs)


def unknown_losses(model: Any) -> list[str]:
    """The losses of ``model`` of which nobody knows what they take, by their names."""
    losses = [each for _, each in leaves(getattr(model, "loss", None))]
    return list(dict.fromkeys(each.name for each in map(taken_by, losses) if not each.is_known))


def _target(loss: Any, output: Any) -> InputSpec:
    """The target of one ``output`` under ``loss``.

    Raises ``Unavailable`` where the output is no tensor.
    """
    if not hasattr(output, "shape"):
        what = "None" if output is None else f"a {type(output).__name__}"
        raise Unavailable(f"the model returns {what}, and there is no target for that")
    plain = InputSpec(tuple(output.shape), "float32")
    name, kind, _ = taken_by(loss)
    classes = int(plain.shape[-1] or 0) if plain.shape else 0
    if kind == BINARY:
        return replace(plain, values=KnownValues(f"classes of {name}", below=2))
    if kind == LABELS:
        values = KnownValues(f"labels of {name}", below=UNKNOWN_BELOW)
        return replace(plain, shape=plain.shape[:1], dtype="int32", values=values)
    if kind == SEQUENCES and len(plain.shape) == 3 and classes > 1:
        # Class 0 is the blank between others, and two that are equal need one.
        values = KnownValues(f"classes of {name}", among=tuple(range(1, classes)))
        length = max((plain.shape[1] or 0) // 2, 1)
        return replace(plain, shape=(plain.shape[0], length), dtype="int32", values=values)
    if kind == CLASSES and classes:
        values = KnownValues(f"classes of {name}", below=classes)
        return replace(plain, shape=plain.shape[:-1], dtype="int32", values=values)
    if kind == ONE_HOT and classes:
        values = KnownValues(f"classes of {name}", below=classes)
        return replace(plain, layout="one_hot", values=values)
    return plain


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
