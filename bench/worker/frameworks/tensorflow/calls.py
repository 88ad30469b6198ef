"""The ways to call a Keras model on TensorFlow: what comes first, and what repeats."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Callable

import tensorflow as tf

from bench.worker.frameworks.base import CallPlan, Data

Await = Callable[[Any], None]
"""Returns when outputs are there."""


def function(model: Any, specs: Any, size: int, data: Data, wait_for: Await) -> CallPlan:
    """A graph, traced before it is first called."""
    return _traced(model, specs, data, wait_for, "first_call", jit_compile=None)


def xla(model: Any, specs: Any, size: int, data: Data, wait_for: Await) -> CallPlan:
    """A graph that XLA compiles when it is first called: what comes first is mostly that."""
    return _traced(model, specs, data, wait_for, "xla_compile", jit_compile=True)


def _traced(
    model: Any, specs: Any, data: Data, wait_for: Await, first: str, jit_compile: Any
) -> CallPlan:
    traced: list[Any] = []

    def trace() -> None:
        called = tf.function(model, jit_compile=jit_compile)
        traced.append(called.get_concrete_function(specs))

    def call() -> None:
        wait_for(traced[0](data.inputs))

    return CallPlan([("trace", trace), (first, call)], "inference", call)


def eager(model: Any, specs: Any, size: int, data: Data, wait_for: Await) -> CallPlan:
    """A direct call, without a graph."""
    return _same(lambda: wait_for(model(data.inputs)))


def predict(model: Any, specs: Any, size: int, data: Data, wait_for: Await) -> CallPlan:
    """The method that people meet first: it makes a dataset of what it is given."""
    return _same(lambda: model.predict(data.inputs, batch_size=size, verbose=0))


def predict_on_batch(model: Any, specs: Any, size: int, data: Data, wait_for: Await) -> CallPlan:
    """The same without a dataset."""
    return _same(lambda: model.predict_on_batch(data.inputs))


def train(model: Any, specs: Any, size: int, data: Data, wait_for: Await) -> CallPlan:
    """Forward, backward and update, one batch at a time."""

    def step() -> None:
        model.train_on_batch(data.inputs, data.targets)

    return CallPlan([("first_step", step)], "step", step)


def fit(model: Any, specs: Any, size: int, data: Data, wait_for: Await) -> CallPlan:
    """The training loop, an epoch at a time."""

    def epoch() -> None:
        model.fit(data.inputs, data.targets, batch_size=size, epochs=1, verbose=0)

    return CallPlan([("first_epoch", epoch)], "epoch", epoch)


def _same(call: Callable[[], object]) -> CallPlan:
    return CallPlan([("first_call", call)], "inference", call)


CALL_MODES: Mapping[str, Callable[[Any, Any, int, Data, Await], CallPlan]] = {
    each.__name__: each for each in (function, xla, eager, predict, predict_on_batch, train, fit)
}
TRAINING = ("train", "fit")
"""Call modes that need targets."""
