"""What is set for a process, and what its framework is built for, on either backend."""

from __future__ import annotations

from bench.domain.phases import JAX, TORCH
from bench.domain.surroundings import not_default
from bench.execution.processes.interpreter import Interpreter
from bench.worker.wire.requests import EnvironmentRequest
from tests.fakes.requests import succeeded
from tests.fakes.small_models import LIMITS

RECORDED = {
    JAX: {"epsilon", "jax_enable_x64", "jax_default_matmul_precision", "jax_jit", "jaxlib"},
    TORCH: {"epsilon", "torch_default_dtype", "torch_matmul_precision", "torch_build"},
}


def test_settings_of_the_backend_are_recorded_and_as_installed(
    zygote: Interpreter, backend: str
) -> None:
    found = dict(succeeded(zygote, EnvironmentRequest(()), LIMITS).settings)
    assert RECORDED[backend] <= set(found)
    assert not_default(found) == {}
