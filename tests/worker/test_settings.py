"""What is set for a process, and what its framework is built for, is recorded by name."""

from __future__ import annotations

from typing import Any

import pytest

from bench.domain.surroundings import DEFAULTS, not_default, settings


def test_settings_of_keras_and_tensorflow_are_recorded_with_the_build() -> None:
    from bench.worker.frameworks.tensorflow.adapter import framework

    found = settings(framework().settings())
    assert {"floatx", "epsilon", "run_functions_eagerly", "tensorflow_build"} <= set(found)
    assert not_default({name: found[name] for name in ("epsilon", "run_functions_eagerly")}) == {}


@pytest.mark.parametrize(
    ("build", "told"),
    [
        (
            {"is_cuda_build": True, "cuda_version": "12.5.1", "cudnn_version": "9"},
            "CUDA 12.5.1, cuDNN 9",
        ),
        ({"is_cuda_build": False, "is_rocm_build": True}, "ROCm"),
        ({"is_cuda_build": False, "is_rocm_build": False}, "CPU"),
    ],
)
def test_build_of_tensorflow_is_told_in_words(
    monkeypatch: pytest.MonkeyPatch, build: dict[str, Any], told: str
) -> None:
    from bench.worker.frameworks.tensorflow.adapter import framework

    monkeypatch.setattr("tensorflow.sysconfig.get_build_info", lambda: build)
    assert settings(framework().settings())["tensorflow_build"] == told


def test_what_is_built_has_no_default_and_is_not_told_as_a_setting() -> None:
    assert not_default({"tensorflow_build": "CPU", "jaxlib": "0.10.2", "torch_build": "x"}) == {}


def test_threads_that_the_suite_has_set_are_not_recorded() -> None:
    assert settings({"the threads of PyTorch": "the suite's"}) == {}
    assert settings({"the threads of PyTorch": "3"}) == {"torch_threads": "3"}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("epsilon", "1e-05"),
        ("run_functions_eagerly", "True"),
        ("jax_enable_x64", "True"),
        ("jax_default_matmul_precision", "float32"),
        ("jax_jit", "off"),
        ("torch_threads", "3"),
        ("torch_default_dtype", "torch.float64"),
        ("torch_matmul_precision", "high"),
        ("torch_deterministic_algorithms", "True"),
    ],
)
def test_settings_that_are_not_the_default_are_told(name: str, value: str) -> None:
    assert not_default({**DEFAULTS, name: value}) == {name: value}
