"""Keras on any backend: models, the call modes that are methods of a model, what models consist of.

A backend's own adapter derives from ``KerasFramework`` and adds what Keras leaves to the backend.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, Callable, Optional

import keras
import numpy as np

from bench.domain.phases import KERAS_CALL_MODES, CallMode
from bench.worker.frameworks.base import (
    CallPlan,
    CounterReadings,
    Data,
    Signature,
    StructureLevels,
    Unavailable,
)
from bench.worker.frameworks.canonical import array_lines, configuration_lines
from bench.worker.frameworks.keras_operations import inbound_nodes, operations_of, symbolic_work
from bench.worker.frameworks.training import (
    compile_as_usual,
    compile_its_own_way,
    compiled_with,
    equalise_weights,
    has_call,
    has_own_compile,
    inferring,
    is_compiled,
    losses,
    takes_targets,
    target_for,
)

# Attribute access makes lazily loaded parts of Keras load now, in the import and not in a phase.
_MODEL = keras.Model
_SEQUENTIAL = keras.Sequential

FIT_BATCHES = 8
"""Batches in an epoch of the call mode ``fit``."""


class KerasFramework(ABC):
    """What is the same on every backend, of Keras 2 and 3."""

    call_modes: Mapping[str, CallMode] = KERAS_CALL_MODES
    structure_levels: Sequence[str] = ("configuration", "weights")

    @abstractmethod
    def tensor(self, values: Any, dtype: str) -> Any:
        """The array ``values`` as a tensor on the device."""

    @abstractmethod
    def arrays(self, outputs: Any) -> list[Any]:
        """``outputs`` of a model as NumPy arrays, one for each tensor that they consist of."""

    @abstractmethod
    def wait_for(self, outputs: Any) -> None:
        """Wait until ``outputs`` of a model, one tensor or several, are there."""

    def settings(self) -> dict[str, str]:
        return {
            "the dtype policy": str(_dtype_policy().name),
            "floatx": str(keras.backend.floatx()),
            "the fuzz factor": str(keras.backend.epsilon()),
            "the image data format": str(keras.backend.image_data_format()),
        }

    def set_seed(self, seed: int) -> None:
        keras.utils.set_random_seed(seed)

    def is_model(self, candidate: object) -> bool:
        return isinstance(candidate, _MODEL)

    def is_built(self, model: Any) -> bool:
        return bool(model.built) or not has_call(model)

    def declared(self, first: Any) -> Optional[Signature]:
        return None if first is None else [_input(first)]

    def signature(self, model: Any, first: Any) -> Optional[Signature]:
        try:
            inputs = model.inputs
        except (AttributeError, ValueError):
            inputs = None
        return [_input(each) for each in inputs] if inputs else self.declared(first)

    def build(self, model: Any, signature: Signature) -> None:
        model.build(_one_or_all([shape for shape, _ in signature]))

    def compiled_with(self, model: Any) -> Optional[str]:
        return compiled_with(model) if is_compiled(model) else None

    def compiling(self, model: Any, call_mode: str) -> Optional[Callable[[], object]]:
        if is_compiled(model):
            return None
        if not has_own_compile(model):
            return lambda: compile_as_usual(model)
        if not self.call_modes[call_mode].trains:
            return None
        return lambda: compile_its_own_way(model, call_mode)

    def batch(self, signature: Signature, size: int, seed: int) -> Any:
        generator = np.random.default_rng(seed)

        def random(shape: tuple[int, ...], dtype: str) -> Any:
            if np.issubdtype(np.dtype(dtype), np.integer):
                return generator.integers(0, 2, shape)
            return generator.standard_normal(shape, dtype="float32")

        tensors = [
            self.tensor(random(with_batch(shape, size), dtype), dtype) for shape, dtype in signature
        ]
        return _one_or_all(tensors)

    def data(self, call_mode: str, model: Any, signature: Signature, size: int, seed: int) -> Data:
        examples = size * FIT_BATCHES if call_mode == "fit" else size
        inputs = self.batch(signature, examples, seed)
        if not self.call_modes[call_mode].trains or not takes_targets(model):
            return Data(inputs, None)
        return Data(inputs, self._targets(model, signature, examples, seed + 1))

    def _targets(self, model: Any, signature: Signature, examples: int, seed: int) -> Any:
        """Random targets for each output, as its loss takes them; None of a model without any."""
        if not has_call(model):
            return None
        generator = np.random.default_rng(seed)
        shapes = [with_batch(shape, examples) for shape in _output_shapes(model, signature)]
        return _one_or_all(
            [
                self.tensor(target_for(shape, loss, generator), "float32")
                for shape, loss in zip(shapes, losses(model, len(shapes)))
            ]
        )

    def calling(
        self, call_mode: str, model: Any, signature: Signature, size: int, data: Data
    ) -> CallPlan:
        if not has_call(model) and not self.call_modes[call_mode].trains:
            name = type(model).__name__
            raise Unavailable(f"{name} has no call(): it can be trained (train, fit), no more")

        infer = inferring(model)

        def predict() -> None:
            model.predict(data.inputs, batch_size=size, verbose=0)

        def predict_on_batch() -> None:
            model.predict_on_batch(data.inputs)

        def eager() -> None:
            self.wait_for(infer(data.inputs))

        def train() -> None:
            model.train_on_batch(data.inputs, data.targets)

        def fit() -> None:
            model.fit(data.inputs, data.targets, batch_size=size, epochs=1, verbose=0)

        calls = {each.__name__: each for each in (predict, predict_on_batch, eager, train, fit)}
        return CallPlan([calls[call_mode]], calls[call_mode])

    def outputs(
        self, call_mode: str, model: Any, signature: Signature, size: int, inputs: Any
    ) -> list[Any]:
        ways: dict[str, Callable[[], Any]] = {
            "predict": lambda: model.predict(inputs, batch_size=size, verbose=0),
            "predict_on_batch": lambda: model.predict_on_batch(inputs),
            "eager": lambda: inferring(model)(inputs),
        }
        return self.arrays(ways[call_mode]())

    def equalise(self, model: Any) -> None:
        equalise_weights(model)

    def structure(
        self, model: Any, signature: Signature, size: int, inputs: Any
    ) -> StructureLevels:
        return {
            "configuration": lambda: [
                type(model).__name__,
                *configuration_lines(model.get_config()),
            ],
            "weights": lambda: array_lines([weight.numpy() for weight in model.weights]),
        }

    def counters(self, model: Any, signature: Signature, size: int, inputs: Any) -> CounterReadings:
        return {
            "operations": lambda: len(operations_of(model)),
            "inbound_nodes": lambda: inbound_nodes(model),
        }

    def symbolic_work(self) -> AbstractContextManager[dict[str, int]]:
        return symbolic_work()


def _dtype_policy() -> Any:
    """The policy of layers that are given none, of Keras 3 or 2."""
    if hasattr(keras.config, "dtype_policy"):
        return keras.config.dtype_policy()
    return keras.mixed_precision.global_policy()


def with_batch(shape: Sequence[Optional[int]], size: int) -> tuple[int, ...]:
    """``shape`` with the batch size in front and every other free dimension set to 1."""
    return (size, *(1 if length is None else length for length in shape[1:]))


def _output_shapes(model: Any, signature: Signature) -> list[Any]:
    """The shape of each of the model's outputs, batch first."""
    if hasattr(keras, "KerasTensor"):
        inputs = [keras.KerasTensor(shape, dtype) for shape, dtype in signature]
        outputs = model.compute_output_spec(_one_or_all(inputs))
        return [tuple(each.shape) for each in keras.tree.flatten(outputs)]
    # Keras 2.
    found = model.compute_output_shape(_one_or_all([shape for shape, _ in signature]))
    single = not found or found[0] is None or isinstance(found[0], int)
    return [tuple(each) for each in ([found] if single else found)]


def _one_or_all(values: Sequence[Any]) -> Any:
    """What Keras takes for a model's inputs: the only one by itself, several in a list."""
    return values[0] if len(values) == 1 else values


def _input(tensor: Any) -> tuple[tuple[Optional[int], ...], str]:
    dtype = tensor.dtype
    return tuple(tensor.shape), dtype if isinstance(dtype, str) else str(dtype.name)
