"""Builders that replace what the worker measures and writes with."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterable
from typing import Any

from tests.fakes.framework import Model
from tests.fakes.hostile.behaving import behaves

CLOCKS = ("perf_counter_ns", "process_time_ns", "monotonic_ns", "clock_gettime_ns")


def _replaced(change: Callable[[int, int], int], *, everywhere: bool = False) -> None:
    """Replace the clocks of ``time`` by ``change`` of their first and of their present reading."""
    for name in CLOCKS:
        real = getattr(time, name)
        arguments = (time.CLOCK_MONOTONIC,) if name == "clock_gettime_ns" else ()
        first = real(*arguments)

        def fake(*given: Any, real: Any = real, first: int = first) -> int:
            return change(first, real(*given))

        # As libraries do that fake time: under every name by which a module knows it.
        modules = list(sys.modules.values()) if everywhere else [time]
        for module in modules:
            for known, value in list(getattr(module, "__dict__", {}).items()):
                if value is real:
                    setattr(module, known, fake)


def halves_the_clock(layers: Iterable[Any]) -> Model:
    _replaced(lambda first, now: first + (now - first) // 2)
    return behaves(layers)


def halves_the_clock_everywhere(layers: Iterable[Any]) -> Model:
    _replaced(lambda first, now: first + (now - first) // 2, everywhere=True)
    return behaves(layers)


def freezes_the_clock(layers: Iterable[Any]) -> Model:
    _replaced(lambda first, now: first, everywhere=True)
    return behaves(layers)


def turns_the_clock_back(layers: Iterable[Any]) -> Model:
    _replaced(lambda first, now: first - (now - first), everywhere=True)
    return behaves(layers)


def empties_what_is_written(layers: Iterable[Any]) -> Model:
    json.dumps = lambda *_, **__: '{"type": "Answer"}'
    json.JSONEncoder.default = lambda *_: None  # type: ignore[method-assign]
    return behaves(layers)
