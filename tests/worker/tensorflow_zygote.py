"""A zygote of real TensorFlow, and how to ask it for invocations."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

import pytest

from bench.execution.processes.interpreter import Interpreter, Launch


@pytest.fixture(scope="module")
def zygote() -> Iterator[Interpreter]:
    with Interpreter(Launch(sys.executable, "tensorflow", "fork", seed=1)) as interpreter:
        interpreter.wait_until_ready()
        yield interpreter


def ask(interpreter: Interpreter, **changes: Any) -> dict[str, Any]:
    """What comes of an invocation: by default the timing of a small mlp, built inline."""
    interpreter.send(
        {
            "pass": "timing",
            "backend": "tensorflow",
            "device": "cpu",
            "call_mode": "function",
            "builder": "scenarios.builders:inline",
            "architecture": "scenarios.architectures:mlp",
            "arguments": {},
            "architecture_arguments": {},
            "deferred": False,
            "lifecycle": None,
            "inputs": [],
            "layers": 3,
            "iterations": 4,
            "batch": 8,
            "seed": 1,
            "threads": None,
            "core": None,
            "timeout_s": 120.0,
            "memory_bytes": 8 << 30,
            **changes,
        }
    )
    return dict(interpreter.receive(timeout_s=200)[0])


def invoke(interpreter: Interpreter, **changes: Any) -> dict[str, Any]:
    """The same, which must succeed."""
    outcome = ask(interpreter, **changes)
    assert outcome["status"] == "ok", outcome.get("reason")
    return outcome
