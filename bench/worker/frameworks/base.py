"""What a lifecycle and the passes need from a framework, and how an adapter is loaded."""

from __future__ import annotations

import importlib
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, Callable, NamedTuple, Optional, Protocol, TypeVar

from bench.domain.phases import CallMode
from bench.worker.frameworks.signature import InputSpec, Signature
from bench.worker.messages import described
from bench.worker.profiling.profiler import Profiler

T = TypeVar("T")


class Unavailable(Exception):
    """A device or function that this machine or version lacks; the message is the framework's."""


class CallPlan(NamedTuple):
    """How a call mode calls a model: an action for each phase that comes once, and ``again``."""

    once: Sequence[Callable[[], object]]
    again: Callable[[], object]


class Data(NamedTuple):
    """Random inputs on the device, and targets where a call mode trains; else None.

    ``invented`` says in words what was made up of the targets.
    """

    inputs: Any
    targets: Any
    invented: tuple[str, ...] = ()


StructureLevels = Mapping[str, Callable[[], list[str]]]
"""Level of structure → its lines of text, which two models share exactly where they are the same.

A level that a model does not have raises ``Unavailable``.
"""

CounterReadings = Mapping[str, Callable[[], int]]
"""Counter → what reads it, under the same rule."""


class Framework(Protocol):
    """One framework, and Keras on top of it. Importing its adapter imports the framework."""

    @property
    def call_modes(self) -> Mapping[str, CallMode]:
        """The call modes that this framework has, by name; ``bench.domain.phases`` agrees."""

    @property
    def structure_levels(self) -> Sequence[str]:
        """The levels of ``structure``, from what a model says of itself to what it computes."""

    def versions(self) -> dict[str, str]:
        """Versions of the framework and of Keras."""

    def prepare(self, device: str, threads: Optional[int]) -> None:
        """Make ``device`` the only one in use: ``cpu``, ``gpu``, or ``gpu:1`` for the second one.

        Called before anything runs, and again without harm. Raises ``Unavailable`` when the device
        is not there, or leaves that to ``first_operation`` where only starting it shows.
        """

    def wait(self) -> None:
        """Wait until the device has done all that was asked of it."""

    def first_operation(self) -> None:
        """A first trivial operation, awaited: brings devices and thread pools up.

        Raises ``Unavailable`` when the device is not there.
        """

    def settings(self) -> dict[str, str]:
        """What is set for the whole process, in words: ``the dtype policy`` → ``float32``.

        What the framework is built for is among it.
        """

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

    def from_declared(self, model: Any, declared: Sequence[InputSpec]) -> Signature:
        """The inputs of a model that knows none, from what its user says of them."""

    def refined(self, model: Any, signature: Signature) -> Signature:
        """``signature`` with what is known of its values once the model's weights exist."""

    def invented(self, signature: Signature, size: int) -> Sequence[str]:
        """What ``batch`` makes up of inputs, in words: free lengths, texts, vocabularies."""

    def build(self, model: Any, signature: Signature) -> None:
        """Create the model's weights."""

    def compiled_with(self, model: Any) -> Optional[str]:
        """What the model is compiled with, in words; None where it is not compiled."""

    def compiling(self, model: Any, call_mode: str) -> Optional[Callable[[], object]]:
        """What is left to do to compile the model for ``call_mode``; None where nothing is.

        A model that comes compiled stays as it is. What is returned raises ``CannotMeasure`` when
        the model is compiled in a way of its own.
        """

    def batch(self, signature: Signature, size: int, seed: int) -> Any:
        """Random inputs of ``size`` examples, on the device."""

    def data(self, call_mode: str, model: Any, signature: Signature, size: int, seed: int) -> Data:
        """What ``call_mode`` calls the model with, in batches of ``size``."""

    def calling(
        self, call_mode: str, model: Any, signature: Signature, size: int, data: Data
    ) -> CallPlan:
        """How ``call_mode`` calls the model; every call ends when its result is there."""

    def outputs(
        self, call_mode: str, model: Any, signature: Signature, size: int, inputs: Any
    ) -> list[Any]:
        """What ``call_mode``, which infers, answers for a batch: an array for each output."""

    def equalise(self, model: Any) -> None:
        """Give the model weights that depend on their places and shapes alone."""

    def structure(self, model: Any, signature: Signature, inputs: Any) -> StructureLevels:
        """What the model is at every one of ``structure_levels``, in canonical form.

        ``inputs`` are a batch of ``size`` examples.
        """

    def counters(self, model: Any, signature: Signature, inputs: Any) -> CounterReadings:
        """Exact counts of what the model keeps and consists of."""

    def symbolic_work(self) -> AbstractContextManager[dict[str, int]]:
        """While it is open, counts the symbolic work that building does."""

    def profiler(self) -> Profiler:
        """The framework's profiler."""

    def begin_device_meters(self) -> None:
        """A span begins: what the device's meters tell at its end counts from here."""

    def device_meters(self) -> dict[str, Any]:
        """Device memory, clock, power and the like to add to a span; empty on a CPU."""


def load(backend: str) -> Framework:
    """Import the adapter of ``backend``, a folder next to this file, or the module it names.

    Its function ``framework`` takes nothing and returns a new adapter.
    """
    module = backend if "." in backend else f"bench.worker.frameworks.{backend}.adapter"
    framework: Callable[[], Framework] = importlib.import_module(module).framework
    return framework()


def call_mode_of(framework: Framework, name: str) -> CallMode:
    """What ``framework`` declares of a call mode; raises ``Unavailable`` when it has none such."""
    if name not in framework.call_modes:
        known = ", ".join(framework.call_modes)
        raise Unavailable(f"this framework has no call mode {name!r}, only {known}")
    return framework.call_modes[name]


def structure_of(
    framework: Framework, model: Any, signature: Signature, inputs: Any
) -> tuple[dict[str, list[str]], dict[str, str]]:
    """The lines of every level that the model has, and why it does not have the others."""
    return _each(framework.structure(model, signature, inputs))


def counters_of(
    framework: Framework, model: Any, signature: Signature, inputs: Any
) -> tuple[dict[str, int], dict[str, str]]:
    """Every counter of the model that can be read, and why the others cannot."""
    return _each(framework.counters(model, signature, inputs))


def _each(readings: Mapping[str, Callable[[], T]]) -> tuple[dict[str, T], dict[str, str]]:
    """What each of ``readings`` returns, and what was raised in its place: one stops no other."""
    found: dict[str, T] = {}
    missing: dict[str, str] = {}
    for name, read in readings.items():
        try:
            found[name] = read()
        except Unavailable as error:
            missing[name] = str(error)
        except Exception as error:
            missing[name] = described(error)
    return found, missing
