"""A framework that takes no time to import: the worker's tests drive every path with it.

Its models are lists of layers; layers are plain numbers or strings.
"""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import Any

from bench.worker.frameworks import Signature, Unavailable


class Model(list[Any]):
    built = True


class FakeFramework:
    def versions(self) -> dict[str, str]:
        return {"fake": "1.0"}

    def prepare(self, device: str, threads: int | None) -> None:
        if device == "gpu":
            raise Unavailable("the fake framework has no GPU")

    def wait(self) -> None:
        pass

    def first_operation(self) -> None:
        pass

    def set_seed(self, seed: int) -> None:
        pass

    def is_model(self, candidate: object) -> bool:
        return isinstance(candidate, Model)

    def is_built(self, model: Any) -> bool:
        return bool(model.built)

    def signature(self, model: Any, declared: Any) -> Signature | None:
        return [((None, 16), "float32")]

    def build(self, model: Any, signature: Signature) -> None:
        model.built = True

    def compile(self, model: Any) -> None:
        pass

    def batch(self, signature: Signature, size: int, seed: int) -> Any:
        return size

    def trace(self, model: Any, signature: Signature, size: int) -> Any:
        return model

    def call(self, traced: Any, data: Any) -> None:
        sum(range(200))

    def structure(
        self, model: Any, signature: Signature, data: Any, traced: Any
    ) -> dict[str, list[str]]:
        return {
            "configuration": [str(layer) for layer in model],
            "outputs": [str(sum(hash(layer) for layer in model))],
        }

    def counters(self, model: Any, data: Any, traced: Any) -> dict[str, int]:
        return {"layers": len(model)}

    def symbolic_work(self) -> AbstractContextManager[dict[str, int]]:
        return nullcontext({})

    def device_meters(self) -> dict[str, Any]:
        return {}


FRAMEWORK = FakeFramework()
