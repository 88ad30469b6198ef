"""One adapter per framework: the only code that knows how it traces, waits and reads memory."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import (
    Any,
    Callable,
    NamedTuple,
    Optional,
    Protocol,
)

from bench.worker.frameworks.planes import Plane


class Unavailable(Exception):
    """A device or function that this machine or version lacks; the message is the framework's."""


Signature = Sequence[tuple[tuple[Optional[int], ...], str]]
"""Shape (batch first, ``None`` where free) and dtype of each of a model's inputs."""


FIT_BATCHES = 8
"""Batches in an epoch of the call mode ``fit``."""


class Data(NamedTuple):
    """Random inputs on the device, and targets where a call mode trains; else None."""

    inputs: Any
    targets: Any


class CallPlan(NamedTuple):
    """How a call mode calls a model: phases that come once, in order, and one that repeats."""

    once: Sequence[tuple[str, Callable[[], object]]]
    repeats: str
    again: Callable[[], object]


StructureLevels = dict[str, list[str]]
"""Level of structure → lines of text that two models share exactly where they are the same."""


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


class Framework(Protocol):
    """What a lifecycle needs from a framework. Importing the adapter imports the framework."""

    def versions(self) -> dict[str, str]:
        """Versions of the framework and of Keras."""

    def prepare(self, device: str, threads: Optional[int]) -> None:
        """Make ``device`` the only one in use; raises ``Unavailable`` when it is not there."""

    def wait(self) -> None:
        """Wait until the device has done all that was asked of it."""

    def first_operation(self) -> None:
        """A first trivial operation, awaited: brings devices and thread pools up."""

    def set_seed(self, seed: int) -> None:
        """Seed every random generator that building a model may use."""

    def is_model(self, candidate: object) -> bool:
        """Whether ``candidate`` is a model of this framework."""

    def is_built(self, model: Any) -> bool:
        """Whether the model's weights exist."""

    def declared(self, first: Any) -> Optional[Signature]:
        """What the input layer or tensor ``first`` declares; None where there is none."""

    def signature(self, model: Any, first: Any) -> Optional[Signature]:
        """The model's inputs, as it knows them or as its input layer or tensor declares them."""

    def build(self, model: Any, signature: Signature) -> None:
        """Create the model's weights."""

    def compile(self, model: Any) -> None:
        """Compile the model with an optimizer and a loss."""

    def batch(self, signature: Signature, size: int, seed: int) -> Any:
        """Random inputs of ``size`` examples, on the device."""

    def data(self, call_mode: str, model: Any, signature: Signature, size: int, seed: int) -> Data:
        """What ``call_mode`` calls the model with, in batches of ``size``.

        Raises ``Unavailable`` for a call mode that the framework lacks.
        """

    def calling(
        self, call_mode: str, model: Any, signature: Signature, size: int, data: Data
    ) -> CallPlan:
        """How ``call_mode`` calls the model; every call ends when its result is there."""

    def trace(self, model: Any, signature: Signature, size: int) -> Any:
        """Trace the model's call for batches of ``size``; returns what ``call`` takes."""

    def call(self, traced: Any, data: Any) -> None:
        """Execute once and wait for the result."""

    def structure(
        self, model: Any, signature: Signature, data: Any, traced: Any
    ) -> StructureLevels:
        """What the model is at every level, in canonical form."""

    def counters(self, model: Any, data: Any, traced: Any) -> dict[str, int]:
        """Exact counts of what the model keeps and consists of."""

    def symbolic_work(self) -> AbstractContextManager[dict[str, int]]:
        """While it is open, counts the symbolic work that building does."""

    def profiler(self) -> Profiler:
        """The framework's profiler."""

    def device_meters(self) -> dict[str, Any]:
        """Device memory, clock and throttle reasons to add to a span; empty on a CPU."""


def load(backend: str) -> Framework:
    """Import the adapter of ``backend``, a folder next to this file, or the module it names."""
    module = backend if "." in backend else f"bench.worker.frameworks.{backend}.adapter"
    framework: Framework = importlib.import_module(module).FRAMEWORK
    return framework
