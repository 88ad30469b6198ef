"""Keras on TensorFlow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, Optional

import keras
import numpy as np
import tensorflow as tf
from tensorflow.python.eager import context
from tensorflow.python.framework import config

from bench.domain.phases import CALL_MODES, TENSORFLOW, CallMode
from bench.worker.frameworks import gpu
from bench.worker.frameworks.base import (
    CallPlan,
    CounterReadings,
    Data,
    Framework,
    StructureLevels,
    Unavailable,
)
from bench.worker.frameworks.canonical import array_lines, program_lines
from bench.worker.frameworks.keras.framework import KerasFramework
from bench.worker.frameworks.keras.training import has_call, inferring
from bench.worker.frameworks.signature import Signature
from bench.worker.frameworks.tensorflow.graph import (
    gradients,
    graph_lines,
    optimised_program,
    refused_by_xla,
)
from bench.worker.frameworks.tensorflow.profiler import TensorFlowProfiler
from bench.worker.frameworks.tensorflow.returned import arrays_in
from bench.worker.instruments.process_settings import RUNTIME


class TensorFlow(KerasFramework):
    """Keras 2 and 3 on TensorFlow; ``tf.function`` is the call mode ``function``.

    The first call of ``xla`` is mostly compilation.
    """

    backend = TENSORFLOW
    call_modes: Mapping[str, CallMode] = CALL_MODES[TENSORFLOW]
    structure_levels: Sequence[str] = (
        *KerasFramework.structure_levels,
        "graph",
        "program",
        "outputs",
        "gradients",
    )

    def __init__(self) -> None:
        super().__init__()
        self._on_gpu = False
        self._threads: Optional[int] = None

    def versions(self) -> dict[str, str]:
        return {"tensorflow": tf.__version__, "keras": keras.__version__}

    def prepare(self, device: str, threads: Optional[int]) -> None:
        super().prepare(device, threads)
        if not tf.executing_eagerly():
            raise Unavailable(
                "eager execution is switched off (disable_eager_execution or "
                "disable_v2_behavior of tf.compat.v1), and Keras 3 models are called with it on"
            )
        self._threads = threads
        if threads is not None:
            tf.config.threading.set_intra_op_parallelism_threads(threads)
            tf.config.threading.set_inter_op_parallelism_threads(threads)
        if device == "cpu":
            gpu.use_none()
            return
        found = gpu.use_only(device)
        gpus = tf.config.list_physical_devices("GPU")
        if not gpus:
            raise Unavailable(_why_no_gpu())
        tf.config.set_visible_devices(gpus[:1], "GPU")
        tf.config.experimental.set_memory_growth(gpus[0], True)
        self._on_gpu = True
        self.meters = gpu.GpuMeters(_memory, _begin_peak, found)

    def settings(self) -> dict[str, str]:
        # What is public looks for devices first, before the suite has said which to use.
        runtime = vars(context.context())

        def threads(kind: str) -> str:
            number = runtime.get(f"_{kind}_op_parallelism_threads")
            return "the suite's" if number == self._threads else str(number)

        return {
            **super().settings(),
            "the threads of an operation": threads("intra"),
            "the threads for operations": threads("inter"),
            "running functions eagerly": str(tf.config.functions_run_eagerly()),
            "the soft placement of devices": str(runtime.get("_soft_device_placement")),
            "eager execution": str(tf.executing_eagerly()),
            "deterministic operations": str(config.is_op_determinism_enabled()),
            "clustering for XLA": str(runtime.get("_optimizer_jit")),
            "what TensorFlow is built for": _built_for(tf.sysconfig.get_build_info()),
            RUNTIME: "started" if runtime.get("_initialized") else "not started",
        }

    def wait(self) -> None:
        if self._on_gpu:
            tf.test.experimental.sync_devices()

    def wait_for(self, outputs: Any) -> None:
        if self._on_gpu:
            self.wait()
        # What computes on a CPU has ended by now, unless the user's own code asked for less.
        context.async_wait()

    def arrays(self, outputs: Any) -> list[Any]:
        return arrays_in(outputs)

    def first_operation(self) -> None:
        (tf.constant(1.0) + 1.0).numpy()

    def tensor(self, values: Any, dtype: str) -> Any:
        return tf.constant(values, dtype=dtype)

    def ragged(self, values: Any, dtype: str, lengths: Sequence[Sequence[int]]) -> Any:
        return tf.RaggedTensor.from_nested_row_lengths(self.tensor(values, dtype), lengths)

    def sparse(self, values: Any, dtype: str, places: Any) -> Any:
        indices = np.argwhere(places).astype("int64")
        return tf.SparseTensor(indices, self.tensor(values[places], dtype), values.shape)

    def calling(
        self, call_mode: str, model: Any, signature: Signature, size: int, data: Data
    ) -> CallPlan:
        if call_mode not in ("function", "xla") or not has_call(model):
            return super().calling(call_mode, model, signature, size, data)
        called, specs = self.called(model, signature), _specs(data.inputs)
        traced: list[Any] = []

        def trace() -> None:
            jit_compile = True if call_mode == "xla" else None
            function = tf.function(inferring(called), jit_compile=jit_compile)
            traced.append(function.get_concrete_function(specs))

        def call() -> None:
            self.wait_for(traced[0](data.inputs))

        def first_call() -> None:
            with refused_by_xla(traced[0].graph):
                call()

        return CallPlan([trace, first_call if call_mode == "xla" else call], call)

    def outputs(
        self, call_mode: str, model: Any, signature: Signature, size: int, inputs: Any
    ) -> list[Any]:
        if call_mode not in ("function", "xla"):
            return super().outputs(call_mode, model, signature, size, inputs)
        called = self.called(model, signature)
        jit_compile = True if call_mode == "xla" else None
        return self.arrays(tf.function(inferring(called), jit_compile=jit_compile)(inputs))

    def structure(self, model: Any, signature: Signature, inputs: Any) -> StructureLevels:
        called = self.called(model, signature)

        @cache
        def traced() -> Any:
            specs = _specs(inputs)
            return tf.function(inferring(called)).get_concrete_function(specs)

        def outputs() -> list[str]:
            return array_lines(arrays_in(traced()(inputs)))

        return {
            **super().structure(model, signature, inputs),
            "graph": lambda: graph_lines(traced().graph.get_operations()),
            "program": lambda: program_lines(optimised_program(called, inputs)),
            "outputs": outputs,
            "gradients": lambda: array_lines(gradients(called, inputs)),
        }

    def counters(self, model: Any, signature: Signature, inputs: Any) -> CounterReadings:
        called = self.called(model, signature)

        def traces() -> int:
            function = tf.function(inferring(called))
            for _ in range(3):
                function(inputs)
            count: int = function.experimental_get_tracing_count()
            return count

        def graph_operations() -> int:
            traced = tf.function(inferring(called)).get_concrete_function(_specs(inputs))
            return len(traced.graph.get_operations())

        return {
            **super().counters(model, signature, inputs),
            "traces": traces,
            "graph_operations": graph_operations,
            "program_instructions": lambda: optimised_program(called, inputs).count(" = "),
        }

    def profiler(self) -> TensorFlowProfiler:
        return TensorFlowProfiler()


def framework() -> Framework:
    """A new adapter."""
    return TensorFlow()


def _specs(inputs: Any) -> Any:
    return tf.nest.map_structure(tf.type_spec_from_value, inputs)


def _built_for(build: Mapping[str, Any]) -> str:
    if build.get("is_cuda_build"):
        return f"CUDA {build.get('cuda_version')}, cuDNN {build.get('cudnn_version')}"
    return "ROCm" if build.get("is_rocm_build") else "CPU"


def _memory() -> gpu.DeviceMemory:
    found = tf.config.experimental.get_memory_info("GPU:0")
    return gpu.DeviceMemory(in_use=found["current"], peak=found["peak"])


def _begin_peak() -> bool:
    tf.config.experimental.reset_memory_stats("GPU:0")
    return True


def _why_no_gpu() -> str:
    """TensorFlow's own words for why an operation cannot be placed on a GPU."""
    tf.config.set_soft_device_placement(False)
    try:
        with tf.device("/GPU:0"):
            tf.constant(1.0).numpy()
    except (RuntimeError, ValueError, tf.errors.OpError) as error:
        return str(error).splitlines()[0]
    return "TensorFlow lists no GPU"
