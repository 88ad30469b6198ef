"""Patches and builders that sleep in one phase of a model's life, and in no other."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial, wraps
from typing import Any

import keras

from scenarios.builders import inline
from tests.backends.sleep import SLEEP_S


@contextmanager
def sleeping(owner: Callable[[], Any], method: str) -> Iterator[None]:
    """While this is open, ``method`` of the class that ``owner`` returns sleeps before it runs."""
    found = owner()
    before = getattr(found, method)

    @wraps(before)
    def slow(*arguments: Any, **named: Any) -> Any:
        time.sleep(SLEEP_S)
        return before(*arguments, **named)

    had = method in vars(found)
    setattr(found, method, slow)
    try:
        yield
    finally:
        if had:
            setattr(found, method, before)
        else:
            delattr(found, method)


def _adapter() -> Any:
    """The class of the adapter that measures in this process."""
    modules = {name: sys.modules.get(f"bench.worker.frameworks.{name}.adapter") for name in _NAMES}
    (found,) = [getattr(module, _NAMES[name]) for name, module in modules.items() if module]
    return found


_NAMES = {"jax": "Jax", "torch": "Torch"}


def _lowered() -> Any:
    import jax

    return jax.stages.Lowered


runtime = partial(sleeping, _adapter, "first_operation")
build = partial(sleeping, lambda: keras.Sequential, "build")
compile_model = partial(sleeping, lambda: keras.Model, "compile")
inputs = partial(sleeping, _adapter, "data")
trace = partial(sleeping, lambda: keras.Model, "stateless_call")
xla_compile = partial(sleeping, _lowered, "compile")


class Sleeper(keras.layers.Layer):
    """Hands on what it is given. Its first call with values sleeps, or else all later ones do."""

    def __init__(self, first: bool) -> None:
        super().__init__()
        self._first = first
        self._calls = 0

    def compute_output_shape(self, input_shape: Any) -> Any:
        return input_shape

    def call(self, inputs: Any) -> Any:
        if keras.backend.backend() == "torch":
            if inputs.device.type != "meta":
                self._sleep()
            return inputs
        return self._in_jax(inputs)

    def _in_jax(self, inputs: Any) -> Any:
        import jax

        def hand_on(values: Any) -> Any:
            self._sleep()
            return values

        shape = jax.ShapeDtypeStruct(inputs.shape, inputs.dtype)
        return jax.pure_callback(hand_on, shape, inputs)

    def _sleep(self) -> None:
        self._calls += 1
        if (self._calls == 1) == self._first:
            time.sleep(SLEEP_S)


def construct(layers: Iterable[Any]) -> keras.Model:
    """The model, after a sleep."""
    time.sleep(SLEEP_S)
    return inline(layers)


def _ending_with(layers: Iterable[Any], first: bool) -> keras.Model:
    return keras.Sequential([*layers, Sleeper(first)])


first_call = partial(_ending_with, first=True)
inference = partial(_ending_with, first=False)
