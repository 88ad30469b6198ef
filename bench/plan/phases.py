"""The phases of each entry's lifecycle, the composites made of them, and which are compared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

FIRST_ANSWER = "time_to_first_inference"
"""The composite that ends with a model's first answer."""

COMPOSITES: Mapping[str, tuple[str, ...]] = {
    "ready": ("construct", "build"),
    FIRST_ANSWER: ("construct", "build", "compile", "trace", "first_call"),
}
"""Phases that are sums of other phases of the same invocation."""


@dataclass(frozen=True)
class Entry:
    """One way to call a model: its phases in order, those that repeat, and those compared.

    ``inputs`` is the suite's own work, making a random batch; it belongs to no composite.
    """

    phases: tuple[str, ...]
    iterating: frozenset[str]
    compared: tuple[str, ...]


ENTRIES: Mapping[str, Entry] = {
    "function": Entry(
        phases=(
            "runtime",
            "construct",
            "build",
            "compile",
            "inputs",
            "trace",
            "first_call",
            "inference",
        ),
        iterating=frozenset({"inference"}),
        compared=(
            "construct",
            "ready",
            "compile",
            "trace",
            "first_call",
            "time_to_first_inference",
            "inference",
        ),
    ),
}

ITERATING: frozenset[str] = frozenset().union(*(entry.iterating for entry in ENTRIES.values()))
"""Phases in which one invocation makes many calls."""
