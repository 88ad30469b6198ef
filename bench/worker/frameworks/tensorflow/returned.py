"""What models return on TensorFlow: tensors, in structures that may hold other things as well."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any

import numpy as np
import tensorflow as tf


def tensors_in(outputs: Any) -> list[Any]:
    """The tensors that ``outputs`` consist of, in order; those of ragged and sparse ones too."""
    return [each for each in _parts(outputs) if tf.is_tensor(each)]


def arrays_in(outputs: Any) -> list[Any]:
    """All that ``outputs`` consist of, as NumPy arrays; what is None is left out."""
    return [
        each.numpy() if hasattr(each, "numpy") else np.asarray(each) for each in _parts(outputs)
    ]


def _parts(outputs: Any) -> Iterator[Any]:
    for each in tf.nest.flatten(outputs, expand_composites=True):
        if dataclasses.is_dataclass(each):
            yield from _parts([getattr(each, field.name) for field in dataclasses.fields(each)])
        elif each is not None:
            yield each
