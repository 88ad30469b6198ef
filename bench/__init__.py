"""Measures what a Keras model costs before and after its first answer.

``measure`` measures and returns a ``Run``, ``open_run`` opens an earlier one; ``Scenario`` and
``Arm`` declare what is compared. Each is imported when it is first used: ``import bench`` loads
none of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

__version__ = "0.2.0.dev0"

if TYPE_CHECKING:
    from bench.api.measure import measure
    from bench.api.run import Run, open_run
    from bench.domain.errors import BenchError
    from bench.domain.phases import Lifecycle
    from bench.domain.scenario import Arm, Scenario

__all__ = ["Arm", "BenchError", "Lifecycle", "Run", "Scenario", "measure", "open_run"]

_MODULES = {
    "Arm": "bench.domain.scenario",
    "BenchError": "bench.domain.errors",
    "Lifecycle": "bench.domain.phases",
    "Run": "bench.api.run",
    "Scenario": "bench.domain.scenario",
    "measure": "bench.api.measure",
    "open_run": "bench.api.run",
}


def __getattr__(name: str) -> object:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_MODULES[name]), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
