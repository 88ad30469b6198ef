"""Requests for small models of real Keras, and the limits that they keep to."""

from __future__ import annotations

from typing import Any

from bench.execution.processes.interpreter import Limits
from bench.worker.wire.requests import CellRequest
from tests.fakes.requests import cell

LIMITS = Limits(timeout_s=120.0, memory_bytes=8 << 30)


def mlp(**changes: Any) -> CellRequest:
    """By default a small mlp, built inline."""
    usual: dict[str, Any] = {
        "builder": "scenarios.builders:inline",
        "architecture": "scenarios.architectures:mlp",
        "layers": 3,
        "batch": 8,
        "iterations": 4,
    }
    return cell(**{**usual, **changes})
