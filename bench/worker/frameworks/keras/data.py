"""The data that Keras models are called with and trained on, whatever the backend."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, Callable, Optional

import keras
import numpy as np

from bench.domain.phases import CallMode
from bench.worker.frameworks.base import Data, Unavailable
from bench.worker.frameworks.generated import (
    DENSITY,
    generator,
    inventions,
    random_values,
    row_lengths,
)
from bench.worker.frameworks.keras.inputs import (
    from_declared,
    model_signature,
    refined,
    tensor_spec,
)
from bench.worker.frameworks.keras.targets import (
    symbolic_outputs,
    target_signature,
    unknown_losses,
)
from bench.worker.frameworks.keras.training import (
    has_call,
    has_own_step,
    inferring,
    takes_pairs_alone,
    takes_targets,
)
from bench.worker.frameworks.signature import InputSpec, Signature

FIT_BATCHES = 8
"""Batches in an epoch of the call mode ``fit``."""

METHODS = ("predict", "predict_on_batch", "train", "fit")
"""The call modes that are methods of a model, which hand its ``call`` the data themselves."""


class KerasData(ABC):
    """Inputs in the structure that a model declares, and targets in that of its outputs."""

    call_modes: Mapping[str, CallMode]

    @abstractmethod
    def tensor(self, values: Any, dtype: str) -> Any:
        """The array ``values`` as a tensor on the device."""

    @abstractmethod
    def ragged(self, values: Any, dtype: str, lengths: Sequence[Sequence[int]]) -> Any:
        """The array ``values``, row after row, as a ragged tensor.

        ``lengths`` are those of its rows at each of its ragged levels.
        """

    @abstractmethod
    def sparse(self, values: Any, dtype: str, places: Any) -> Any:
        """The array ``values`` as a sparse tensor, of what stands where ``places`` is True."""

    def declared(self, first: Any) -> Optional[Signature]:
        return None if first is None else Signature(tensor_spec(first))

    def signature(self, model: Any, first: Any) -> Optional[Signature]:
        return model_signature(model) or self.declared(first)

    def from_declared(self, model: Any, declared: Sequence[InputSpec]) -> Signature:
        return from_declared(model, declared)

    def refined(self, model: Any, signature: Signature) -> Signature:
        return refined(model, signature)

    def invented(self, signature: Signature, size: int) -> Sequence[str]:
        return inventions(signature, size)

    def called(self, model: Any, signature: Signature) -> Any:
        """``model`` as a callable that takes all of its inputs as one argument."""
        return ByArgument(model) if signature.by_argument else model

    def asked(self, model: Any, signature: Signature) -> Callable[[Any], Any]:
        """The same as it is called wherever inference is meant."""
        return inferring(self.called(model, signature))

    def batch(self, signature: Signature, size: int, seed: int, batches: int = 1) -> Any:
        def drawn(spec: InputSpec) -> Any:
            shape = spec.full_shape(size)
            return self._drawn(
                spec,
                (shape[0] * batches, *shape[1:]) if shape else (),
                generator(spec, signature.inputs, seed),
            )

        return signature.mapped(drawn)

    def _outputs_of(self, model: Any, signature: Signature, size: int, seed: int) -> Any:
        """Outputs of ``model`` in batches of ``size``, symbolic where Keras can infer them."""
        try:
            return symbolic_outputs(model, signature, size)
        except Exception:
            # Some calls cannot be inferred: they need an argument, or values. This raises theirs.
            return self.asked(model, signature)(self.batch(signature, size, seed))

    def _drawn(self, spec: InputSpec, shape: tuple[int, ...], draw: np.random.Generator) -> Any:
        if spec.layout == "one_hot" and spec.values is not None:
            classes = draw.integers(0, spec.values.below, shape[:-1])
            return self.tensor(np.eye(spec.values.below)[classes], spec.dtype)
        if spec.layout == "ragged":
            lengths = row_lengths(spec, shape, draw)
            flat = (sum(lengths[-1]), *shape[1 + spec.ragged_rank :])
            return self.ragged(random_values(spec, flat, draw), spec.dtype, lengths)
        values = random_values(spec, shape, draw)
        if spec.layout == "sparse":
            return self.sparse(values, spec.dtype, draw.random(shape) < DENSITY)
        return self.tensor(values, spec.dtype)

    def data(self, call_mode: str, model: Any, signature: Signature, size: int, seed: int) -> Data:
        if call_mode in METHODS:
            _check_method(call_mode, model, signature)
        batches = FIT_BATCHES if call_mode == "fit" else 1
        inputs = self.batch(signature, size, seed, batches)
        trains = self.call_modes[call_mode].trains
        if not trains or not has_call(model) or not takes_targets(model):
            return Data(inputs, None)
        targets = target_signature(model, self._outputs_of(model, signature, size, seed))
        invented = [f"targets {text}" for text in inventions(targets, size)]
        unknown = unknown_losses(model)
        if unknown or (not invented and has_own_step(model)):
            losses = f", for a loss that does not say what it takes: {', '.join(unknown)}"
            shaped = "targets of random numbers, shaped as the outputs"
            invented.append(f"{shaped}{losses if unknown else ''}")
        return Data(inputs, self.batch(targets, size, seed + 1, batches), tuple(invented))


def _check_method(call_mode: str, model: Any, signature: Signature) -> None:
    """Raises ``Unavailable`` where the model's method takes something else than its ``call``."""
    if signature.by_argument:
        raise Unavailable(
            "a method of the model, such as predict or fit, hands call() one argument, and it "
            f"takes several: {', '.join(signature.structure)}"
        )
    if call_mode == "train" and hasattr(keras, "KerasTensor") and takes_pairs_alone(model):
        raise Unavailable(
            f"train_step() of {type(model).__name__} takes inputs and targets, and train_on_batch "
            "hands it weights as well: the call mode fit does not"
        )
    # The tasks of KerasHub have one, and take texts or images of any size.
    preprocessor = getattr(model, "preprocessor", None)
    if preprocessor is not None and hasattr(model, "preprocess_samples"):
        raise Unavailable(
            "a method of the model, such as predict or fit, hands its data to the model's "
            f"{type(preprocessor).__name__} first, which takes other data than call() does: build "
            "the model with preprocessor=None"
        )


class ByArgument:
    """A model whose ``call`` takes several arguments, as a callable that takes them as one."""

    def __init__(self, model: Any) -> None:
        self._model = model
        self.trainable_weights = model.trainable_weights

    def __call__(self, inputs: Mapping[str, Any], **options: Any) -> Any:
        return self._model(**inputs, **options)
