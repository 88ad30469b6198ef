"""Keras on any backend: models, the call modes that are methods of a model, what models consist of.

A backend's own adapter derives from ``KerasFramework`` and adds what Keras leaves to the backend.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, Callable, Optional

import keras

from bench.domain.phases import KERAS_CALL_MODES, CallMode
from bench.worker.frameworks.base import (
    CallPlan,
    CounterReadings,
    Data,
    StructureLevels,
    Unavailable,
)
from bench.worker.frameworks.canonical import array_lines, configuration_lines
from bench.worker.frameworks.gpu import GpuMeters
from bench.worker.frameworks.keras.data import KerasData
from bench.worker.frameworks.keras.operations import inbound_nodes, operations_of, symbolic_work
from bench.worker.frameworks.keras.training import (
    compile_as_usual,
    compile_its_own_way,
    compiled_with,
    equalise_weights,
    has_call,
    has_own_compile,
    is_compiled,
)
from bench.worker.frameworks.signature import InputSpec, Signature

# Attribute access makes lazily loaded parts of Keras load now, in the import and not in a phase.
_MODEL = keras.Model
_SEQUENTIAL = keras.Sequential


class KerasFramework(KerasData):
    """What is the same on every backend, of Keras 2 and 3."""

    backend: str
    """What Keras calls the backend."""

    call_modes: Mapping[str, CallMode] = KERAS_CALL_MODES
    structure_levels: Sequence[str] = ("configuration", "weights")

    def __init__(self) -> None:
        self.meters: Optional[GpuMeters] = None

    def prepare(self, device: str, threads: Optional[int]) -> None:
        """Raises ``Unavailable`` where Keras runs on another backend than this one."""
        version, used = keras.__version__, str(keras.backend.backend())
        if used == self.backend:
            return
        if version.startswith("2."):
            raise Unavailable(f"Keras 2 runs on TensorFlow alone, and this is Keras {version}")
        raise Unavailable(f"Keras {version} runs on {used} here, and not on {self.backend}")

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
        if not has_call(model):
            return True
        # Keras calls a model built as soon as its build() was called, also without any weights. A
        # layer that nothing calls has none for ever, which is no reason to build the others again.
        return bool(model.built) and (
            bool(model.weights) or all(each.built for each in model._flatten_layers())
        )

    def build(self, model: Any, signature: Signature) -> None:
        only = signature.structure
        is_plain = isinstance(only, InputSpec) and only.layout == "dense"
        if is_plain and isinstance(model, _SEQUENTIAL):
            model.build(only.shape)
        else:
            # What makes all weights of other models is a call: build() may leave that to it.
            self.asked(model, signature)(self.batch(signature, 1, seed=0))

    def compiled_with(self, model: Any) -> Optional[str]:
        return compiled_with(model) if is_compiled(model) else None

    def compiling(self, model: Any, call_mode: str) -> Optional[Callable[[], object]]:
        if is_compiled(model):
            return None
        if not has_own_compile(model):
            return lambda: compile_as_usual(model)
        if not self.call_modes[call_mode].trains:
            return None
        return lambda: compile_its_own_way(model)

    def calling(
        self, call_mode: str, model: Any, signature: Signature, size: int, data: Data
    ) -> CallPlan:
        if not has_call(model) and not self.call_modes[call_mode].trains:
            raise Unavailable(_without_call(model))
        infer = self.asked(model, signature)

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
            "eager": lambda: self.asked(model, signature)(inputs),
        }
        return self.arrays(ways[call_mode]())

    def equalise(self, model: Any) -> None:
        equalise_weights(model)

    def structure(self, model: Any, signature: Signature, inputs: Any) -> StructureLevels:
        return {
            "configuration": lambda: [
                type(model).__name__,
                *configuration_lines(model.get_config()),
            ],
            "weights": lambda: array_lines([weight.numpy() for weight in model.weights]),
        }

    def counters(self, model: Any, signature: Signature, inputs: Any) -> CounterReadings:
        return {
            "operations": lambda: len(operations_of(model)),
            "inbound_nodes": lambda: inbound_nodes(model),
        }

    def symbolic_work(self) -> AbstractContextManager[dict[str, int]]:
        return symbolic_work()

    def begin_device_meters(self) -> None:
        if self.meters is not None:
            self.meters.begin()

    def device_meters(self) -> dict[str, Any]:
        return {} if self.meters is None else dict(self.meters.read())


def _without_call(model: Any) -> str:
    name = type(model).__name__
    if type(model).__call__ is not _MODEL.__call__:
        return f"{name} overrides __call__() and has no call(): rename it, Keras calls that itself"
    return f"{name} has no call(): it can be trained (train, fit), no more"


def _dtype_policy() -> Any:
    """The policy of layers that are given none, of Keras 3 or 2."""
    if hasattr(keras, "config") and hasattr(keras.config, "dtype_policy"):
        return keras.config.dtype_policy()
    return keras.mixed_precision.global_policy()
