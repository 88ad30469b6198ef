"""Marks calls of Python functions in a profile, so that it shows what construction does.

TensorFlow's own tracer of Python records nothing since version 2.20.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from contextlib import AbstractContextManager
from types import CodeType, FrameType
from typing import Any, Callable, Optional, TypeVar

from bench.worker.instruments.call_counter import is_wrapper, qualified_names
from bench.worker.profiling.profiler import Profiler

T = TypeVar("T")


class CallTracer:
    """Marks the calls that an action makes of functions of some modules.

    A module is meant with all below it. Calls nested in ``depth`` marked ones are not marked, nor
    are any after the first ``most``, which ``left_out`` counts, however deep. Decorators' wrappers
    and comprehensions are seen through (see ``call_counter``).
    """

    def __init__(self, profiler: Profiler, modules: Sequence[str], depth: int, most: int) -> None:
        self._profiler = profiler
        self._modules = tuple(modules)
        self._depth = depth
        self._most = most
        self._labels: dict[CodeType, Optional[str]] = {}
        self._qualified = qualified_names()
        self.marked = 0
        self.left_out = 0

    def run(self, action: Callable[[], T]) -> T:
        """Run ``action`` in this thread and return its result."""
        # The frames of the marked calls under way, and the events that mark them. Most calls are
        # of neither kind: what happens for them is kept short.
        frames: list[FrameType] = []
        marks: list[AbstractContextManager[Any]] = []
        labels, depth, mark = self._labels, self._depth, self._profiler.mark

        def watch(frame: FrameType, event: str, _: Any) -> None:
            if event == "return":
                if frames and frames[-1] is frame:
                    frames.pop()
                    marks.pop().__exit__(None, None, None)
            elif event == "call" and len(frames) < depth:
                code = frame.f_code
                if code not in labels:
                    labels[code] = self._label(frame)
                label = labels[code]
                if label is None:
                    return
                if self.marked >= self._most:
                    self.left_out += 1
                    return
                self.marked += 1
                frames.append(frame)
                marks.append(mark(label))
                marks[-1].__enter__()

        sys.setprofile(watch)
        try:
            return action()
        finally:
            sys.setprofile(None)
            # The action may have stopped the watching itself.
            while marks:
                marks.pop().__exit__(None, None, None)

    def _label(self, frame: FrameType) -> Optional[str]:
        """The name under which calls of the frame's function are marked; None: they are not."""
        code = frame.f_code
        module = frame.f_globals.get("__name__") or ""
        if is_wrapper(code) or not any(
            module == each or module.startswith(f"{each}.") for each in self._modules
        ):
            return None
        name = self._qualified.get(code) or str(getattr(code, "co_qualname", code.co_name))
        where = f"{os.path.basename(code.co_filename)}:{code.co_firstlineno}"
        return self._profiler.label(name, where)
