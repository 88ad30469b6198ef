"""Keras 3 on JAX and PyTorch: tensors go in and come out by Keras's own conversions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np

from bench.worker.frameworks.base import Unavailable
from bench.worker.frameworks.keras.framework import KerasFramework


class Keras3Framework(KerasFramework):
    """What these backends share; ``name`` is what people call the backend."""

    name: str

    def tensor(self, values: Any, dtype: str) -> Any:
        if dtype == "string" or np.asarray(values).dtype.hasobject:
            raise Unavailable(f"{self.name} has no tensors of text")
        return keras.ops.convert_to_tensor(values, dtype=dtype)

    def ragged(self, values: Any, dtype: str, lengths: Sequence[Sequence[int]]) -> Any:
        raise Unavailable(f"{self.name} has no ragged tensors")

    def sparse(self, values: Any, dtype: str, places: Any) -> Any:
        raise Unavailable(f"Keras has no sparse tensors on {self.name}")

    def arrays(self, outputs: Any) -> list[Any]:
        return [keras.ops.convert_to_numpy(each) for each in tensors_in(outputs)]


def tensors_in(outputs: Any) -> list[Any]:
    """All that ``outputs`` of a model consist of, in order; what is None is left out."""
    return [each for each in keras.tree.flatten(outputs) if each is not None]
