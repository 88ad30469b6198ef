"""The growth pass: a lifecycle whose calls are counted, function by function."""

from __future__ import annotations

import gc
from typing import Any, Callable

from bench.domain.findings.evidence import (
    CallCount,
    CallTreeNode,
    CodeLocation,
    GrowthOutcome,
    PhaseCalls,
)
from bench.worker.frameworks.base import Framework
from bench.worker.hooks import ProcessHooks
from bench.worker.instruments.call_counter import CallCounter, qualified_names
from bench.worker.lifecycle.observer import SampledObserver
from bench.worker.lifecycle.standard import lived
from bench.worker.references import source_name
from bench.worker.wire.requests import GrowthRequest


def run(framework: Framework, request: GrowthRequest, hooks: ProcessHooks) -> GrowthOutcome:
    """Count the calls of every phase of the requested cell (see ``CallCounter``).

    ``inference`` is one call, after two that are not counted. Phases that fail are told, and the
    others are counted all the same.
    """
    counting = _Counting(hooks.announce, framework.wait)
    lived(framework, request.cell, hooks, counting, counting.phases)
    names = qualified_names()
    functions = [
        CodeLocation(
            source_name(code.co_filename), code.co_firstlineno, names.get(code, code.co_name)
        )
        for code in counting.counter.functions
    ]
    return GrowthOutcome((_CALLER, *functions), counting.phases, tuple(counting.failures))


_CALLER = CodeLocation("", 0, "the caller")

SMALLEST_SHARE = 0.005
"""Of all calls of a phase, what a node of the tree has at least, with the calls made within."""


class _Counting(SampledObserver):
    """Stages that count calls; one counter numbers the functions of all phases."""

    def __init__(self, announce: Callable[[str], None], wait: Callable[[], None]) -> None:
        super().__init__(announce)
        self._wait = wait
        self.counter = CallCounter()
        self.phases: dict[str, PhaseCalls] = {}

    def phase(self, name: str, action: Callable[[], Any]) -> Any:
        self._announce(name)
        self.counter.clear()
        # A collection in the middle would call whatever waits for an object to go.
        gc.disable()
        try:
            result = self.counter.run(action)
            self._wait()
        finally:
            gc.enable()
        self.phases[name] = PhaseCalls(
            calls=self.counter.total,
            edges=tuple(CallCount(*edge, *counts) for edge, counts in self.counter.edges.items()),
            tree=large_nodes(self.counter.tree, SMALLEST_SHARE * self.counter.total),
        )
        return result


def large_nodes(tree: list[list[int]], least: float) -> tuple[CallTreeNode, ...]:
    """The nodes of ``tree`` with ``least`` calls, those made within included, by new positions.

    Whoever is the parent of one has as many calls, so that it is there too.
    """
    places: dict[int, int] = {}
    found: list[CallTreeNode] = []
    for place, (parent, function, calls, within) in enumerate(tree):
        if place == 0 or calls + within >= least:
            places[place] = len(found)
            found.append(CallTreeNode(places[parent], function, calls, within))
    return tuple(found)
