"""The growth pass: a lifecycle whose calls are counted, function by function."""

from __future__ import annotations

import gc
from typing import Any, Callable

from bench.worker import protocol
from bench.worker.frameworks.base import Framework
from bench.worker.instruments.call_counter import CallCounter, qualified_names
from bench.worker.lifecycle.observer import SampledObserver
from bench.worker.lifecycle.standard import live
from bench.worker.references import source_name
from bench.worker.request import Request


def run(framework: Framework, request: Request) -> protocol.Message:
    """Count the calls of every phase of the requested cell.

    Returns ``functions``: a list of [file, line, name], number 0 for whoever began; and ``phases``:
    for each its ``calls`` of Python functions and ``edges``, a list of
    [caller, callee, calls, calls within, nanoseconds] (see ``CallCounter``). ``inference`` is one
    call, after two that are not counted.
    """
    counting = _Counting(request.announce, framework.wait)
    live(framework, request, counting)
    names = qualified_names()
    functions: list[list[Any]] = [["", 0, "the caller"]]
    for code in counting.counter.functions:
        file = source_name(code.co_filename)
        functions.append([file, code.co_firstlineno, names.get(code, code.co_name)])
    return {"functions": functions, "phases": counting.phases}


class _Counting(SampledObserver):
    """Stages that count calls; one counter numbers the functions of all phases."""

    def __init__(self, announce: Callable[[str], None], wait: Callable[[], None]) -> None:
        super().__init__(announce)
        self._wait = wait
        self.counter = CallCounter()
        self.phases: dict[str, dict[str, Any]] = {}

    def phase(self, name: str, action: Callable[[], Any]) -> Any:
        self._announce(name)
        self.counter.edges, self.counter.total = {}, 0
        # A collection in the middle would call whatever waits for an object to go.
        gc.disable()
        try:
            result = self.counter.run(action)
            self._wait()
        finally:
            gc.enable()
        self.phases[name] = {
            "calls": self.counter.total,
            "edges": [[*edge, *counts] for edge, counts in self.counter.edges.items()],
        }
        return result
