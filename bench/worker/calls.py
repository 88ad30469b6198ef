"""Counts the calls of every Python function, and who called whom.

A decorator's wrapper is seen through: what it calls counts as called by its own caller, so that the
functions people wrote are named and not the wrapping. A wrapper is a function that takes
``*args, **kwargs`` and closes over something: the function it wraps.
"""

from __future__ import annotations

import gc
import inspect
import sys
import time
from types import CodeType, FrameType, FunctionType
from typing import Any, Callable, Dict, List, Tuple, TypeVar

T = TypeVar("T")

ROOT = 0
"""The number of whoever starts the counting."""

_WRAPS = inspect.CO_VARARGS | inspect.CO_VARKEYWORDS


class CallCounter:
    """Runs an action and counts its calls.

    ``functions`` are the code objects seen, by number from 1; ``entries`` how often each was
    entered; ``edges`` maps (caller, callee) to a list of calls, calls made within them all told,
    and nanoseconds, the last two for the outermost call of a callee only. ``total`` counts all
    calls, of Python functions and of built-in ones.
    """

    def __init__(self) -> None:
        self.functions: List[CodeType] = []
        self.edges: Dict[Tuple[int, int], List[int]] = {}
        self.total = 0
        self._numbers: Dict[CodeType, int] = {}

    def run(self, action: Callable[[], T]) -> T:
        """Run ``action`` in this thread and return its result."""
        stack: List[Tuple[int, int, int, Tuple[int, int], bool]] = []
        active: Dict[int, int] = {}
        callers = [ROOT]
        numbers, functions, edges = self._numbers, self.functions, self.edges
        clock = time.perf_counter_ns
        total = self.total

        def watch(frame: FrameType, event: str, _: Any) -> None:
            nonlocal total
            if event == "call":
                total += 1
                code = frame.f_code
                number = numbers.get(code)
                if number is None:
                    functions.append(code)
                    number = numbers[code] = (
                        -len(functions) if _is_wrapper(code) else len(functions)
                    )
                if number < 0:
                    stack.append((0, 0, 0, _NO_EDGE, False))
                    callers.append(callers[-1])
                    return
                edge = (callers[-1], number)
                counts = edges.get(edge)
                if counts is None:
                    counts = edges[edge] = [0, 0, 0]
                counts[0] += 1
                depth = active.get(number, 0)
                active[number] = depth + 1
                callers.append(number)
                stack.append((number, total, clock(), edge, depth == 0))
            elif event == "c_call":
                total += 1
            elif event == "return" and stack:
                number, before, began, edge, outermost = stack.pop()
                callers.pop()
                if number:
                    active[number] -= 1
                    if outermost:
                        counts = edges[edge]
                        counts[1] += total - before
                        counts[2] += clock() - began

        sys.setprofile(watch)
        try:
            return action()
        finally:
            sys.setprofile(None)
            self.total = total - 1  # The call of setprofile itself.


_NO_EDGE = (0, 0)


def _is_wrapper(code: CodeType) -> bool:
    # A method closes over ``__class__`` when it says ``super()``.
    closes = any(name != "__class__" for name in code.co_freevars)
    return closes and code.co_flags & _WRAPS == _WRAPS


def qualified_names() -> Dict[CodeType, str]:
    """Code object → the qualified name of the function that has it, for all functions alive."""
    return {
        function.__code__: function.__qualname__
        for function in gc.get_objects()
        if isinstance(function, FunctionType)
    }
