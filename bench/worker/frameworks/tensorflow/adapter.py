"""Keras on TensorFlow."""

from __future__ import annotations

import os
from contextlib import AbstractContextManager
from typing import Any, Optional

import keras
import numpy as np
import tensorflow as tf

from bench.worker.frameworks import canonical, keras_models
from bench.worker.frameworks.base import (
    FIT_BATCHES,
    CallPlan,
    Data,
    Signature,
    StructureLevels,
    Unavailable,
)
from bench.worker.frameworks.tensorflow import calls
from bench.worker.frameworks.tensorflow.profiler import Profiler
from bench.worker.instruments import nvml

# Attribute access makes lazily loaded parts of Keras load now, in the import and not in a phase.
_MODEL = keras.Model
_SEQUENTIAL = keras.Sequential


class TensorFlow:
    """Keras 2 and 3 on TensorFlow; ``tf.function`` is the call mode ``function``."""

    def __init__(self) -> None:
        self._on_gpu = False
        self._gpu: Optional[nvml.Gpu] = None

    def versions(self) -> dict[str, str]:
        return {"tensorflow": tf.__version__, "keras": keras.__version__}

    def prepare(self, device: str, threads: Optional[int]) -> None:
        if threads is not None:
            tf.config.threading.set_intra_op_parallelism_threads(threads)
            tf.config.threading.set_inter_op_parallelism_threads(threads)
        if device == "cpu":
            os.environ["CUDA_VISIBLE_DEVICES"] = "-1"
            return
        gpus = tf.config.list_physical_devices("GPU")
        if not gpus:
            raise Unavailable(_why_no_gpu())
        tf.config.set_visible_devices(gpus[:1], "GPU")
        tf.config.experimental.set_memory_growth(gpus[0], True)
        self._on_gpu = True
        self._gpu = nvml.first_gpu()

    def wait(self) -> None:
        if self._on_gpu:
            tf.test.experimental.sync_devices()

    def first_operation(self) -> None:
        (tf.constant(1.0) + 1.0).numpy()

    def set_seed(self, seed: int) -> None:
        keras.utils.set_random_seed(seed)

    def is_model(self, candidate: object) -> bool:
        return isinstance(candidate, _MODEL)

    def is_built(self, model: Any) -> bool:
        return bool(model.built)

    def declared(self, first: Any) -> Optional[Signature]:
        return None if first is None else [_input(first)]

    def signature(self, model: Any, first: Any) -> Optional[Signature]:
        try:
            inputs = model.inputs
        except (AttributeError, ValueError):
            inputs = None
        return [_input(each) for each in inputs] if inputs else self.declared(first)

    def build(self, model: Any, signature: Signature) -> None:
        shapes = [shape for shape, _ in signature]
        model.build(shapes[0] if len(shapes) == 1 else shapes)

    def compile(self, model: Any) -> None:
        model.compile(optimizer="adam", loss="mse")

    def batch(self, signature: Signature, size: int, seed: int) -> Any:
        generator = np.random.default_rng(seed)
        tensors = []
        for shape, dtype in signature:
            concrete = _with_batch(shape, size)
            if np.issubdtype(np.dtype(dtype), np.integer):
                values = generator.integers(0, 2, concrete)
            else:
                values = generator.standard_normal(concrete, dtype="float32")
            tensors.append(tf.constant(values, dtype=dtype))
        return tensors[0] if len(tensors) == 1 else tensors

    def data(self, call_mode: str, model: Any, signature: Signature, size: int, seed: int) -> Data:
        if call_mode not in calls.CALL_MODES:
            raise Unavailable(f"the TensorFlow adapter knows no call mode {call_mode!r}")
        examples = size * FIT_BATCHES if call_mode == "fit" else size
        inputs = self.batch(signature, examples, seed)
        if call_mode not in calls.TRAINING:
            return Data(inputs, None)
        wanted = [(shape, "float32") for shape in keras_models.output_shapes(model, signature)]
        return Data(inputs, self.batch(wanted, examples, seed + 1))

    def calling(
        self, call_mode: str, model: Any, signature: Signature, size: int, data: Data
    ) -> CallPlan:
        specs = _specs(signature, size)
        return calls.CALL_MODES[call_mode](model, specs, size, data, self._wait_for)

    def trace(self, model: Any, signature: Signature, size: int) -> Any:
        return tf.function(model).get_concrete_function(_specs(signature, size))

    def call(self, traced: Any, data: Any) -> None:
        self._wait_for(traced(data))

    def _wait_for(self, outputs: Any) -> None:
        if self._on_gpu:
            self.wait()
            return
        for tensor in tf.nest.flatten(outputs):
            tensor.numpy()

    def structure(
        self, model: Any, signature: Signature, data: Any, traced: Any
    ) -> StructureLevels:
        outputs = tf.nest.flatten(traced(data))
        return {
            "configuration": keras_models.configuration(model),
            "weights": keras_models.weights(model),
            "graph": canonical.graph_lines(traced.graph.get_operations()),
            "program": canonical.program_lines(_optimised_program(model, data)),
            "outputs": canonical.array_lines([each.numpy() for each in outputs]),
            "gradients": canonical.array_lines(_gradients(model, data)),
        }

    def counters(self, model: Any, data: Any, traced: Any) -> dict[str, int]:
        program = _optimised_program(model, data)
        function = tf.function(model)
        for _ in range(3):
            function(data)
        return {
            "inbound_nodes": keras_models.inbound_nodes(model),
            "traces": function.experimental_get_tracing_count(),
            "graph_operations": len(traced.graph.get_operations()),
            "program_instructions": program.count(" = "),
        }

    def symbolic_work(self) -> AbstractContextManager[dict[str, int]]:
        return keras_models.symbolic_work()

    def profiler(self) -> Profiler:
        return Profiler()

    def device_meters(self) -> dict[str, Any]:
        if not self._on_gpu:
            return {}
        memory = tf.config.experimental.get_memory_info("GPU:0")["current"]
        return {"device_memory_bytes": memory, **(self._gpu.meters() if self._gpu else {})}


def _optimised_program(model: Any, data: Any) -> str:
    """What XLA compiles the model's call to, as HLO text."""
    compiled = tf.function(model, jit_compile=True)
    text: str = compiled.experimental_get_compiler_ir(data)(stage="optimized_hlo")
    return text


def _gradients(model: Any, data: Any) -> list[Any]:
    """Gradients of the mean square of the outputs, for each trainable weight."""
    with tf.GradientTape() as tape:
        outputs = tf.nest.flatten(model(data, training=True))
        loss = tf.add_n([tf.reduce_mean(tf.square(each)) for each in outputs])
    found = tape.gradient(loss, model.trainable_weights)
    return [tf.convert_to_tensor(each).numpy() for each in found if each is not None]


def _specs(signature: Signature, size: int) -> Any:
    specs = [tf.TensorSpec(_with_batch(shape, size), dtype) for shape, dtype in signature]
    return specs[0] if len(specs) == 1 else specs


def _with_batch(shape: Any, size: int) -> Any:
    """``shape`` with the batch size in front and every other free dimension set to 1."""
    return (size, *(1 if length is None else length for length in shape[1:]))


def _input(tensor: Any) -> tuple[tuple[Optional[int], ...], str]:
    return tuple(tensor.shape), _dtype_name(tensor.dtype)


def _dtype_name(dtype: Any) -> str:
    return dtype if isinstance(dtype, str) else str(dtype.name)


def _why_no_gpu() -> str:
    """TensorFlow's own words for why an operation cannot be placed on a GPU."""
    tf.config.set_soft_device_placement(False)
    try:
        with tf.device("/GPU:0"):
            tf.constant(1.0).numpy()
    except (RuntimeError, ValueError, tf.errors.OpError) as error:
        return str(error).splitlines()[0]
    return "TensorFlow lists no GPU"


FRAMEWORK = TensorFlow()
