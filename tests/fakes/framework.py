"""A framework that takes no time to import: the worker's tests drive every path with it.

Its models are lists of layers; layers are plain numbers or strings.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any

from bench.domain.phases import CallMode
from bench.domain.status import UNAVAILABLE
from bench.worker.frameworks.base import (
    CallPlan,
    CounterReadings,
    Data,
    Framework,
    StructureLevels,
    Unavailable,
)
from bench.worker.frameworks.signature import InputSpec, Signature
from bench.worker.hooks import CannotMeasure
from bench.worker.profiling.planes import Event, Plane
from bench.worker.profiling.profiler import Capture

policy = ["float32"]
"""What measured code can set for its whole process."""


class Model(list[Any]):
    built = True
    compiled_with: str | None = None
    offset = 0.0
    has_free_length = False
    compile_takes = ""
    silent_in = ""
    columns = 0
    other_column: int | None = None

    def build(self) -> None:
        self.built = True

    def call(self) -> None:
        sum(range(200))


class FakeProfiler:
    """Writes the events it is told of into one file, a line each, and reads them back.

    It does not start where the environment variable ``FAKE_PROFILER`` says ``busy``.
    """

    graph_building: str | None = None

    def __init__(self) -> None:
        self._events: list[Event] = []

    @contextmanager
    def capture(self, folder: str) -> Iterator[Capture]:
        if os.environ.get("FAKE_PROFILER") == "busy":
            raise Unavailable("another profiler is running")
        captured = Capture()
        yield captured
        place = Path(folder, "plugins", "profile", "now")
        place.mkdir(parents=True)
        path = place / "machine.name.xplane.pb"
        path.write_text("\n".join(event.name for event in self._events))
        captured.paths.append(str(path))

    @contextmanager
    def mark(self, label: str) -> Iterator[None]:
        began_ns = time.perf_counter_ns()
        yield
        self._events.append(Event(label, began_ns, time.perf_counter_ns() - began_ns))

    def label(self, name: str, where: str) -> str:
        return name

    def step(self, name: str, number: int) -> AbstractContextManager[None]:
        return self.mark(name)

    def read(self, captured: Capture) -> list[Plane]:
        return [Plane("/host:CPU", [self._events])]


class FakeFramework:
    call_modes: Mapping[str, CallMode] = {
        "function": CallMode("a fake call", ("trace", "first_call"), compiled=True),
        "predict": CallMode("a fake call", ("first_call",)),
    }
    structure_levels: Sequence[str] = ("configuration", "program", "outputs")

    def versions(self) -> dict[str, str]:
        return {"fake": "1.0"}

    def prepare(self, device: str, threads: int | None) -> None:
        if device != "cpu":
            raise Unavailable("the fake framework has no GPU")

    def wait(self) -> None:
        pass

    def first_operation(self) -> None:
        pass

    def settings(self) -> dict[str, str]:
        return {"the fake policy": policy[0]}

    def set_seed(self, seed: int) -> None:
        pass

    def is_model(self, candidate: object) -> bool:
        return isinstance(candidate, Model)

    def is_built(self, model: Any) -> bool:
        return bool(model.built)

    def declared(self, first: Any) -> Signature | None:
        return None

    def signature(self, model: Any, first: Any) -> Signature | None:
        length = None if getattr(model, "has_free_length", False) else 16
        return Signature(InputSpec((None, length), "float32"))

    def from_declared(self, model: Any, declared: Sequence[InputSpec]) -> Signature:
        return Signature(list(declared))

    def refined(self, model: Any, signature: Signature) -> Signature:
        return signature

    def invented(self, signature: Signature, size: int) -> Sequence[str]:
        lengths = [length for each in signature.inputs for length in each.shape[1:]]
        return ["free length 16"] if None in lengths else []

    def build(self, model: Any, signature: Signature) -> None:
        model.build()

    def compiled_with(self, model: Any) -> str | None:
        compiled_with: str | None = model.compiled_with
        return compiled_with

    def compiling(self, model: Any, call_mode: str) -> Callable[[], object] | None:
        if model.compile_takes:
            return lambda: self._refuse(call_mode, model.compile_takes)
        return None if model.compiled_with else lambda: setattr(model, "compiled_with", "usual")

    def _refuse(self, call_mode: str, takes: str) -> None:
        raise CannotMeasure(UNAVAILABLE, f"{call_mode} needs compile(), which takes {takes}")

    def batch(self, signature: Signature, size: int, seed: int) -> Any:
        return size

    def data(self, call_mode: str, model: Any, signature: Signature, size: int, seed: int) -> Data:
        return Data(self.batch(signature, size, seed), None)

    def calling(
        self, call_mode: str, model: Any, signature: Signature, size: int, data: Data
    ) -> CallPlan:
        call = model.call

        def trace() -> None:
            pass

        return CallPlan([trace, call] if call_mode == "function" else [call], call)

    def outputs(
        self, call_mode: str, model: Any, signature: Signature, size: int, inputs: Any
    ) -> list[Any]:
        import numpy as np

        if call_mode == model.silent_in:
            raise ValueError(f"nothing to say in {call_mode}")
        if model.columns:
            answer = np.linspace(-1, 1, size * model.columns).reshape(size, model.columns)
            if model.other_column is not None:
                answer[:, model.other_column] += 0.5
            return [answer]
        return [np.asarray([len(model) + model.offset, 1.0])]

    def equalise(self, model: Any) -> None:
        model.offset = 0.0

    def structure(self, model: Any, signature: Signature, inputs: Any) -> StructureLevels:
        def program() -> list[str]:
            raise Unavailable("the fake framework compiles nothing")

        return {
            "configuration": lambda: [str(layer) for layer in model],
            "program": program,
            "outputs": lambda: [str(sum(hash(layer) for layer in model))],
        }

    def counters(self, model: Any, signature: Signature, inputs: Any) -> CounterReadings:
        return {"layers": lambda: len(model)}

    def symbolic_work(self) -> AbstractContextManager[dict[str, int]]:
        return nullcontext({})

    def profiler(self) -> FakeProfiler:
        return FakeProfiler()

    def begin_device_meters(self) -> None:
        pass

    def device_meters(self) -> dict[str, Any]:
        return {}


def framework() -> Framework:
    return FakeFramework()
