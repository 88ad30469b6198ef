"""Keras on JAX."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, Optional

import jax
import jax.numpy as jnp
import jaxlib
import keras
import numpy as np
from jax.experimental import sparse

from bench.domain.phases import CALL_MODES, JAX, CallMode
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
from bench.worker.frameworks.jax.profiler import JaxProfiler
from bench.worker.frameworks.jax.program import (
    StatelessCall,
    equations,
    gradients,
    without_addresses,
)
from bench.worker.frameworks.keras.three import Keras3Framework
from bench.worker.frameworks.keras.training import has_call
from bench.worker.frameworks.signature import Signature


class Jax(Keras3Framework):
    """Keras 3 on JAX; ``jax.jit`` of the model's stateless call is the call mode ``function``.

    JAX starts its devices with the first operation, which is where a missing one shows.
    """

    name = "JAX"
    backend = JAX
    call_modes: Mapping[str, CallMode] = CALL_MODES[JAX]
    structure_levels: Sequence[str] = (
        *Keras3Framework.structure_levels,
        "jaxpr",
        "stablehlo",
        "program",
        "outputs",
        "gradients",
    )

    def __init__(self) -> None:
        super().__init__()
        self._on_gpu = False

    def versions(self) -> dict[str, str]:
        return {"jax": jax.__version__, "keras": keras.__version__}

    def prepare(self, device: str, threads: Optional[int]) -> None:
        super().prepare(device, threads)
        if threads is not None:
            # XLA has no other setting for how many threads a CPU's client has.
            os.environ["NPROC"] = str(threads)
        if device == "cpu":
            jax.config.update("jax_platforms", "cpu")
            return
        found = gpu.use_only(device)
        self._on_gpu = True
        self.meters = gpu.GpuMeters(_memory, lambda: False, found)

    def settings(self) -> dict[str, str]:
        config = jax.config
        return {
            **super().settings(),
            "numbers of 64 bits": str(config.jax_enable_x64),
            "the precision of JAX's matrix products": str(config.jax_default_matmul_precision),
            "compilation by jax.jit": "off" if config.jax_disable_jit else "on",
            "the version of jaxlib": jaxlib.__version__,
        }

    def first_operation(self) -> None:
        if self._on_gpu:
            try:
                jax.devices("gpu")
            except RuntimeError as error:
                raise Unavailable(gpu.first_line(error)) from error
        (jnp.asarray(1.0) + 1.0).block_until_ready()

    def wait(self) -> None:
        jax.block_until_ready([each for each in jax.live_arrays() if not each.is_deleted()])

    def wait_for(self, outputs: Any) -> None:
        jax.block_until_ready(outputs)

    def sparse(self, values: Any, dtype: str, places: Any) -> Any:
        data = self.tensor(values[places], dtype)
        return sparse.BCOO((data, jnp.asarray(np.argwhere(places))), shape=values.shape)

    def calling(
        self, call_mode: str, model: Any, signature: Signature, size: int, data: Data
    ) -> CallPlan:
        if call_mode != "function" or not has_call(model):
            return super().calling(call_mode, model, signature, size, data)
        stateless = StatelessCall(model, signature)
        arguments: list[Any] = []
        made: list[Any] = []

        def trace() -> None:
            arguments.extend(stateless.arguments(data.inputs))
            made.append(jax.jit(stateless.function()).lower(*arguments))

        def compile_with_xla() -> None:
            made.append(made[0].compile())

        def call() -> None:
            self.wait_for(made[1](*arguments))

        return CallPlan([trace, compile_with_xla, call], call)

    def outputs(
        self, call_mode: str, model: Any, signature: Signature, size: int, inputs: Any
    ) -> list[Any]:
        if call_mode != "function":
            return super().outputs(call_mode, model, signature, size, inputs)
        call = StatelessCall(model, signature)
        return self.arrays(jax.jit(call.function())(*call.arguments(inputs)))

    def structure(self, model: Any, signature: Signature, inputs: Any) -> StructureLevels:
        call = StatelessCall(model, signature)

        @cache
        def traced() -> Any:
            return call.traced(inputs)

        @cache
        def compiled() -> Any:
            return traced().lower().compile()

        return {
            **super().structure(model, signature, inputs),
            "jaxpr": lambda: without_addresses(str(traced().jaxpr)),
            "stablehlo": lambda: without_addresses(traced().lower().as_text()),
            "program": lambda: program_lines(compiled().as_text()),
            "outputs": lambda: array_lines(self.arrays(compiled()(*call.arguments(inputs)))),
            "gradients": lambda: array_lines(self.arrays(gradients(call, inputs))),
        }

    def counters(self, model: Any, signature: Signature, inputs: Any) -> CounterReadings:
        call = StatelessCall(model, signature)

        def traces() -> int:
            count = 0

            def counted(trainable: Any, others: Any, inputs: Any) -> Any:
                nonlocal count
                count += 1
                return call(trainable, others, inputs)

            function = jax.jit(counted)
            for _ in range(3):
                function(*call.arguments(inputs))
            return count

        @cache
        def traced() -> Any:
            return call.traced(inputs)

        return {
            **super().counters(model, signature, inputs),
            "traces": traces,
            "jaxpr_equations": lambda: equations(traced().jaxpr),
            "program_instructions": lambda: traced().lower().compile().as_text().count(" = "),
        }

    def profiler(self) -> JaxProfiler:
        return JaxProfiler()


def framework() -> Framework:
    """A new adapter."""
    return Jax()


def _memory() -> Optional[gpu.DeviceMemory]:
    """What the first device has in use; None where its allocator does not tell."""
    found = jax.local_devices()[0].memory_stats() or {}
    if "bytes_in_use" not in found:
        return None
    return gpu.DeviceMemory(
        in_use=found["bytes_in_use"], peak=found.get("peak_bytes_in_use", found["bytes_in_use"])
    )
