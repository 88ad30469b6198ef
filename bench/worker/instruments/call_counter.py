"""Counts the calls of every Python function, and who called whom.

The answer is to name the functions that people wrote. So a decorator's wrapper is seen through:
what it calls counts as called by its own caller. A wrapper is a function that takes
``*args, **kwargs`` and closes over something: the function it wraps. Comprehensions are seen
through as well, and a function that calls itself counts as called again by its first caller.
"""

from __future__ import annotations

import gc
import inspect
import sys
from types import CodeType, FrameType, FunctionType
from typing import Any, Callable, TypeVar

from bench.worker.instruments.clocks import wall_ns

T = TypeVar("T")

ROOT = 0
"""The number of whoever starts the counting."""

_WRAPS = inspect.CO_VARARGS | inspect.CO_VARKEYWORDS
_COMPREHENSIONS = ("<listcomp>", "<setcomp>", "<dictcomp>", "<genexpr>")


class CallCounter:
    """Runs an action and counts its calls.

    ``functions`` are the code objects seen, by number from 1. ``edges`` maps (caller, callee) to a
    list of calls, calls made within them all told, and nanoseconds, the last two of the outermost
    calls of a callee only. ``total`` counts all calls of Python functions; built-in ones are not
    counted, since how often they are called hangs on the sizes of tables and the like.

    ``tree`` holds the same calls by everything that led to them: a list for each node, of the
    position of its parent, its function, its calls, and all other calls made within them. Its
    first node is whoever starts the counting.
    """

    def __init__(self) -> None:
        self.functions: list[CodeType] = []
        self._numbers: dict[CodeType, int] = {}
        self.clear()

    def clear(self) -> None:
        """Forget all calls; functions keep their numbers."""
        self.edges: dict[tuple[int, int], list[int]] = {}
        self.tree: list[list[int]] = [[ROOT, ROOT, 1, 0]]
        self.total = 0
        self._children: dict[tuple[int, int], int] = {}

    def run(self, action: Callable[[], T]) -> T:
        """Run ``action`` in this thread and return its result."""
        # For each call under way: its function (0 where it is seen through), the total and the
        # time when it began, its edge, and whether it is the outermost of its function.
        stack: list[tuple[int, int, int, tuple[int, int], bool]] = []
        callers = [ROOT]
        # The node of the tree that each of ``callers`` is.
        nodes = [ROOT]
        active: dict[int, int] = {}
        numbers, functions, edges = self._numbers, self.functions, self.edges
        tree, children = self.tree, self._children
        clock = wall_ns
        began_at = total = self.total

        def watch(frame: FrameType, event: str, _: Any) -> None:
            nonlocal total
            if event == "call":
                total += 1
                code = frame.f_code
                number = numbers.get(code)
                if number is None:
                    functions.append(code)
                    number = 0 if is_wrapper(code) else len(functions)
                    numbers[code] = number
                caller = callers[-1]
                if not number:
                    stack.append((0, 0, 0, _NO_EDGE, False))
                    callers.append(caller)
                    nodes.append(nodes[-1])
                    return
                depth = active.get(number, 0)
                active[number] = depth + 1
                edge = _outer(stack, number) if caller == number else (caller, number)
                counts = edges.get(edge)
                if counts is None:
                    counts = edges[edge] = [0, 0, 0]
                counts[0] += 1
                node = parent = nodes[-1]
                if caller == number:
                    # It is among the calls within the outermost one.
                    tree[node][3] -= 1
                else:
                    node = children.setdefault((parent, number), len(tree))
                    if node == len(tree):
                        tree.append([parent, number, 0, 0])
                tree[node][2] += 1
                nodes.append(node)
                callers.append(number)
                stack.append((number, total, clock(), edge, depth == 0))
            elif event == "return" and stack:
                leave()

        def leave() -> None:
            number, before, began, edge, outermost = stack.pop()
            callers.pop()
            node = nodes.pop()
            if number:
                if node != nodes[-1]:
                    tree[node][3] += total - before
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
            # Calls are still under way where the action took the profile function away, as another
            # profiler does, or where it was lost at the limit of recursion.
            while stack:
                leave()
            self.total = total
            tree[ROOT][3] += total - began_at


_NO_EDGE = (0, 0)


def _outer(
    stack: list[tuple[int, int, int, tuple[int, int], bool]], number: int
) -> tuple[int, int]:
    """The edge by which the function that is calling itself was called."""
    return next(frame[3] for frame in reversed(stack) if frame[0] == number)


def is_wrapper(code: CodeType) -> bool:
    """Whether calls of ``code`` count as calls of what it calls."""
    if code.co_name in _COMPREHENSIONS:
        return True
    # A method closes over ``__class__`` when it says ``super()``.
    closes = any(name != "__class__" for name in code.co_freevars)
    return closes and code.co_flags & _WRAPS == _WRAPS


def qualified_names() -> dict[CodeType, str]:
    """Code object → the qualified name of the function that has it, for all functions alive."""
    # Frozen objects are not told of.
    gc.unfreeze()
    return {
        function.__code__: function.__qualname__
        for function in gc.get_objects()
        if isinstance(function, FunctionType)
    }
