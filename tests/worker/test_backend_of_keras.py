"""A Keras that runs on another backend than the one that is asked for is not measured."""

from __future__ import annotations

import importlib
import sys
from types import ModuleType
from typing import Any

import pytest

from bench.domain.phases import JAX, TENSORFLOW, TORCH
from bench.worker.frameworks.base import Unavailable


class Stub(ModuleType):
    """A module of a backend that is not installed here: it has every name."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return type(name, (), {"__init__": lambda self, *words: None})


STUBS = {
    JAX: ("jax", "jax.numpy", "jax.experimental", "jaxlib"),
    TORCH: ("torch", "torch.profiler", "torch.utils", "torch.utils._python_dispatch"),
}


@pytest.fixture(params=[JAX, TORCH])
def adapter(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The adapter of a backend where Keras runs on TensorFlow."""
    backend: str = request.param
    for name in STUBS[backend]:
        monkeypatch.setitem(sys.modules, name, Stub(name))
    package = f"bench.worker.frameworks.{backend}"
    for name in [each for each in sys.modules if each.startswith(f"{package}.")]:
        monkeypatch.delitem(sys.modules, name)
    try:
        return importlib.import_module(f"{package}.adapter").framework()
    finally:
        for name in [each for each in sys.modules if each.startswith(f"{package}.")]:
            del sys.modules[name]


def test_keras_2_is_not_measured_as_another_backend(
    adapter: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("keras.__version__", "2.15.0")
    words = r"^Keras 2 runs on TensorFlow alone, and this is Keras 2\.15\.0$"
    with pytest.raises(Unavailable, match=words):
        adapter.prepare("cpu", None)


def test_keras_3_on_another_backend_is_not_measured(adapter: Any) -> None:
    words = rf"^Keras 3\S* runs on tensorflow here, and not on {adapter.backend}$"
    with pytest.raises(Unavailable, match=words):
        adapter.prepare("cpu", None)


def test_keras_on_something_else_is_not_measured_as_tensorflow(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from bench.worker.frameworks.tensorflow.adapter import framework

    monkeypatch.setattr("keras.backend.backend", lambda: JAX)
    with pytest.raises(Unavailable, match=rf"runs on jax here, and not on {TENSORFLOW}$"):
        framework().prepare("cpu", None)
