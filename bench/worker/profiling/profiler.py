"""What a profile needs of the profiler of a framework."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any, Optional, Protocol

from bench.worker.profiling.planes import Plane


class Capture:
    """The files that a profiler has written, and what it says went wrong."""

    def __init__(self) -> None:
        self.paths: list[str] = []
        self.problems: list[str] = []


class Profiler(Protocol):
    """A framework's own profiler; ``graph_building`` is its event for the work of tracing."""

    graph_building: Optional[str]

    def capture(self, folder: str) -> AbstractContextManager[Capture]:
        """Profiles while it is open, and then writes files for TensorBoard below ``folder``.

        Raises ``Unavailable`` when the profiler does not start, or nothing can be written.
        """

    def mark(self, label: str) -> AbstractContextManager[Any]:
        """An event of the profile that lasts while it is open."""

    def label(self, name: str, where: str) -> str:
        """The label of a mark that viewers show as ``name``, and ``where`` it is on a click."""

    def step(self, name: str, number: int) -> AbstractContextManager[Any]:
        """The same, as one of the steps that viewers of profiles know."""

    def read(self, captured: Capture) -> list[Plane]:
        """The events that were captured; adds to ``captured`` what the files complain of."""
