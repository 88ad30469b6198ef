"""A zygote of each backend that is installed here."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator

import pytest

from bench.domain.phases import JAX, TORCH
from bench.execution.processes.interpreter import Interpreter
from bench.execution.processes.launch import LaunchSpec

BACKENDS = (JAX, TORCH)


@pytest.fixture(scope="session", params=BACKENDS)
def backend(request: pytest.FixtureRequest) -> str:
    """Each backend; skipped where it is not installed."""
    name: str = request.param
    if importlib.util.find_spec(name) is None:
        pytest.skip(f"{name} is not installed here: scripts/tox run -e {name}")
    return name


@pytest.fixture(scope="session")
def zygote(backend: str) -> Iterator[Interpreter]:
    with Interpreter(LaunchSpec(sys.executable, backend, "fork", seed=1)) as interpreter:
        interpreter.wait_until_ready()
        yield interpreter
