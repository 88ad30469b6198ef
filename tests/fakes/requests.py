"""Requests to a worker that runs the fake framework."""

from __future__ import annotations

from typing import Any


def request(builder: str, **changes: Any) -> dict[str, Any]:
    """A timing request for a builder of ``tests.fakes.builders``."""
    return {
        "pass": "timing",
        "backend": "tests.fakes.framework",
        "device": "cpu",
        "call_mode": "function",
        "builder": f"tests.fakes.builders:{builder}",
        "architecture": "tests.fakes.builders:stack",
        "arguments": {},
        "architecture_arguments": {},
        "deferred": False,
        "lifecycle": None,
        "inputs": [],
        "layers": 16,
        "iterations": 3,
        "batch": 32,
        "seed": 1,
        "threads": None,
        "core": None,
        "timeout_s": 20.0,
        "memory_bytes": 1 << 30,
        **changes,
    }
