"""Marks calls of Python functions in a profile, so that it shows what construction does.

TensorFlow's own tracer of Python records nothing since version 2.20.
"""

from __future__ import annotations

import os
import sys
from types import CodeType, FrameType
from typing import Any, Callable, ContextManager, Dict, List, Optional, Protocol, Sequence, TypeVar

from bench.worker.calls import is_seen_through, qualified_names

T = TypeVar("T")


class Mark(Protocol):
    """Opens an event of a profile by its name and what else is known of it."""

    def __call__(self, name: str, **facts: Any) -> ContextManager[Any]:
        """The event, which ends when it is left."""


class CallMarker:
    """Marks the calls that an action makes of functions of some modules.

    A module is meant with all below it. Calls nested in ``depth`` marked ones are not marked, nor
    are any after the first ``most``; ``left_out`` counts the latter. Decorators' wrappers and
    comprehensions are seen through (see ``calls``).
    """

    def __init__(self, mark: Mark, modules: Sequence[str], depth: int, most: int) -> None:
        self._mark = mark
        self._modules = tuple(modules)
        self._depth = depth
        self._most = most
        self._labels: Dict[CodeType, Optional[str]] = {}
        self._qualified = qualified_names()
        self.marked = 0
        self.left_out = 0

    def run(self, action: Callable[[], T]) -> T:
        """Run ``action`` in this thread and return its result."""
        # For each call under way the event that marks it, None where it has none.
        stack: List[Optional[ContextManager[Any]]] = []
        nested = 0
        labels = self._labels

        def watch(frame: FrameType, event: str, _: Any) -> None:
            nonlocal nested
            if event == "call":
                code = frame.f_code
                if code in labels:
                    label = labels[code]
                else:
                    label = labels[code] = self._label(frame)
                if label is None or nested >= self._depth:
                    stack.append(None)
                    return
                if self.marked >= self._most:
                    self.left_out += 1
                    stack.append(None)
                    return
                self.marked += 1
                nested += 1
                where = f"{os.path.basename(code.co_filename)}:{code.co_firstlineno}"
                marked = self._mark(label, at=where)
                marked.__enter__()
                stack.append(marked)
            elif event == "return" and stack:
                ended = stack.pop()
                if ended is not None:
                    ended.__exit__(None, None, None)
                    nested -= 1

        sys.setprofile(watch)
        try:
            return action()
        finally:
            sys.setprofile(None)

    def _label(self, frame: FrameType) -> Optional[str]:
        """The name under which calls of the frame's function are marked; None: they are not."""
        code = frame.f_code
        module = frame.f_globals.get("__name__") or ""
        if is_seen_through(code) or not any(
            module == each or module.startswith(f"{each}.") for each in self._modules
        ):
            return None
        return self._qualified.get(code) or getattr(code, "co_qualname", code.co_name)
