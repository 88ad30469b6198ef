"""Keras on PyTorch."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any, Callable, Optional

import keras
import torch

from bench.domain.phases import CALL_MODES, TORCH, CallMode
from bench.worker.frameworks import gpu
from bench.worker.frameworks.base import (
    CallPlan,
    CounterReadings,
    Data,
    Framework,
    StructureLevels,
    Unavailable,
)
from bench.worker.frameworks.canonical import array_lines
from bench.worker.frameworks.keras.three import Keras3Framework
from bench.worker.frameworks.keras.training import has_call
from bench.worker.frameworks.signature import Signature
from bench.worker.frameworks.torch.compiler import check_compiler, refused_by_compiler
from bench.worker.frameworks.torch.operations import gradients, operations
from bench.worker.frameworks.torch.profiler import TorchProfiler


class Torch(Keras3Framework):
    """Keras 3 on PyTorch, which runs operation by operation; inference keeps no gradients.

    Its program, as evidence, is the sequence of those operations.
    """

    name = "PyTorch"
    backend = TORCH
    call_modes: Mapping[str, CallMode] = CALL_MODES[TORCH]
    structure_levels: Sequence[str] = (
        *Keras3Framework.structure_levels,
        "program",
        "outputs",
        "gradients",
    )

    def __init__(self) -> None:
        super().__init__()
        self._on_gpu = False
        self._threads = torch.get_num_threads()

    def versions(self) -> dict[str, str]:
        return {"torch": torch.__version__, "keras": keras.__version__}

    def prepare(self, device: str, threads: Optional[int]) -> None:
        super().prepare(device, threads)
        # A Keras that does not run on PyTorch has no such module.
        from keras.src.backend.torch import core

        self._use_threads(threads)
        if device == "cpu":
            gpu.use_none()
            # Keras has chosen a device where it was imported, and has no other way to change that.
            core.DEFAULT_DEVICE = "cpu"
            return
        found = gpu.use_only(device)
        if not torch.cuda.is_available():
            raise Unavailable(_why_no_gpu())
        core.DEFAULT_DEVICE = "cuda"
        self._on_gpu = True
        self.meters = gpu.GpuMeters(_memory, _begin_peak, found)

    def _use_threads(self, asked: Optional[int]) -> None:
        """Use as many threads as are ``asked`` for; else no more than there are cores.

        PyTorch counts the cores where it is imported, and the process may have fewer by now.
        """
        cores = len(os.sched_getaffinity(0))
        self._threads = asked or min(torch.get_num_threads(), cores)
        torch.set_num_threads(self._threads)
        if asked and torch.get_num_interop_threads() != asked:
            torch.set_num_interop_threads(asked)

    def settings(self) -> dict[str, str]:
        threads = torch.get_num_threads()
        return {
            **super().settings(),
            "the threads of PyTorch": "the suite's" if threads == self._threads else str(threads),
            "the default dtype of PyTorch": str(torch.get_default_dtype()),
            "the precision of PyTorch's matrix products": torch.get_float32_matmul_precision(),
            "deterministic algorithms": str(torch.are_deterministic_algorithms_enabled()),
            "what PyTorch is built for": _built_for(),
            "gradients": "on" if torch.is_grad_enabled() else "off",
        }

    def first_operation(self) -> None:
        (torch.ones(1, device="cuda" if self._on_gpu else "cpu") + 1.0).cpu()

    def wait(self) -> None:
        if self._on_gpu:
            torch.cuda.synchronize()

    def wait_for(self, outputs: Any) -> None:
        # On a CPU an operation has ended when it returns.
        self.wait()

    def asked(self, model: Any, signature: Signature) -> Callable[[Any], Any]:
        infer = super().asked(model, signature)

        def without_gradients(inputs: Any) -> Any:
            with torch.no_grad():
                return infer(inputs)

        return without_gradients

    def calling(
        self, call_mode: str, model: Any, signature: Signature, size: int, data: Data
    ) -> CallPlan:
        if call_mode != "compiled" or not has_call(model):
            return super().calling(call_mode, model, signature, size, data)
        check_compiler(self._on_gpu)
        made: list[Any] = []

        def call() -> None:
            made[0](data.inputs)
            self.wait()

        def first_call() -> None:
            # The first time, this imports the compiler.
            made.append(torch.compile(self.asked(model, signature), dynamic=False))
            with refused_by_compiler():
                call()

        return CallPlan([first_call], call)

    def outputs(
        self, call_mode: str, model: Any, signature: Signature, size: int, inputs: Any
    ) -> list[Any]:
        if call_mode != "compiled":
            return super().outputs(call_mode, model, signature, size, inputs)
        check_compiler(self._on_gpu)
        function = torch.compile(self.asked(model, signature), dynamic=False)
        with refused_by_compiler():
            return self.arrays(function(inputs))

    def structure(self, model: Any, signature: Signature, inputs: Any) -> StructureLevels:
        called, asked = self.called(model, signature), self.asked(model, signature)
        return {
            **super().structure(model, signature, inputs),
            "program": lambda: operations(asked, inputs),
            "outputs": lambda: array_lines(self.arrays(asked(inputs))),
            "gradients": lambda: array_lines(self.arrays(gradients(model, called, inputs))),
        }

    def counters(self, model: Any, signature: Signature, inputs: Any) -> CounterReadings:
        asked = self.asked(model, signature)
        return {
            **super().counters(model, signature, inputs),
            "dispatched_operations": lambda: len(operations(asked, inputs)),
        }

    def profiler(self) -> TorchProfiler:
        return TorchProfiler(self._on_gpu)


def framework() -> Framework:
    """A new adapter."""
    return Torch()


def _built_for() -> str:
    version = torch.version
    if version.cuda is not None:
        device = f"CUDA {version.cuda}"
    else:
        device = "CPU" if getattr(version, "hip", None) is None else f"ROCm {version.hip}"
    return f"{device}, {'with' if torch.backends.mkldnn.is_available() else 'without'} oneDNN"


def _memory() -> gpu.DeviceMemory:
    return gpu.DeviceMemory(
        in_use=torch.cuda.memory_allocated(), peak=torch.cuda.max_memory_allocated()
    )


def _begin_peak() -> bool:
    torch.cuda.reset_peak_memory_stats()
    return True


def _why_no_gpu() -> str:
    """PyTorch's own words for why nothing can be put on a GPU."""
    try:
        torch.zeros(1, device="cuda")
    except (RuntimeError, AssertionError) as error:
        return gpu.first_line(error)
    return "PyTorch finds no GPU"
