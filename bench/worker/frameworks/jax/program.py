"""JAX's programs of a model, from the trace of its call to what XLA compiles it to."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Callable, NamedTuple

import jax
import jax.numpy as jnp

from bench.worker.frameworks.base import Unavailable
from bench.worker.frameworks.keras.three import tensors_in
from bench.worker.frameworks.keras.training import INFERENCE
from bench.worker.frameworks.signature import Signature

_ADDRESS = re.compile(r"0x[0-9a-f]{6,}")


class StatelessCall(NamedTuple):
    """The call of a model as a pure function of its weights and its inputs."""

    model: Any
    signature: Signature

    def __call__(self, trainable: Any, others: Any, inputs: Any, **options: Any) -> Any:
        """Its outputs; ``options`` are arguments of the model's call, by default to infer."""
        wanted = {**INFERENCE, **options}
        if self.signature.by_argument:
            return self.model.stateless_call(trainable, others, **inputs, **wanted)[0]
        return self.model.stateless_call(trainable, others, inputs, **wanted)[0]

    def arguments(self, inputs: Any) -> tuple[Any, Any, Any]:
        """What to call it with: the weights as they are now, and ``inputs``."""
        return (
            [each.value for each in self.model.trainable_variables],
            [each.value for each in self.model.non_trainable_variables],
            inputs,
        )

    def function(self) -> Callable[..., Any]:
        """It as a function, since JAX caches what it traces of one."""

        def call(trainable: Any, others: Any, inputs: Any) -> Any:
            return self(trainable, others, inputs)

        return call

    def traced(self, inputs: Any) -> Any:
        """What JAX makes of it for ``inputs``, before XLA."""
        return jax.jit(self.function()).trace(*self.arguments(inputs))


def without_addresses(text: str) -> list[str]:
    """The lines of ``text``; where an object lies in memory says nothing of it."""
    return [_ADDRESS.sub("0x", line.rstrip()) for line in text.splitlines()]


def equations(jaxpr: Any) -> int:
    """The equations of ``jaxpr``, those of the functions that it calls among them."""
    inner = getattr(jaxpr, "jaxpr", jaxpr)
    return sum(
        1 + sum(map(equations, _programs_in(equation.params.values()))) for equation in inner.eqns
    )


def _programs_in(values: Iterable[Any]) -> list[Any]:
    found = []
    for each in values:
        if hasattr(each, "eqns") or hasattr(each, "jaxpr"):
            found.append(each)
        elif isinstance(each, (list, tuple)):
            found += _programs_in(each)
    return found


def gradients(call: StatelessCall, inputs: Any) -> list[Any]:
    """Gradients of the mean square of the outputs, for each trainable weight.

    Raises ``Unavailable`` when there is no such weight, or no output of numbers.
    """

    def loss(trainable: Any, others: Any, inputs: Any) -> Any:
        outputs = tensors_in(call(trainable, others, inputs, training=True))
        squares = [
            jnp.mean(jnp.square(each))
            for each in outputs
            if jnp.issubdtype(each.dtype, jnp.floating)
        ]
        if not squares:
            raise Unavailable("no output of the model has a gradient")
        return sum(squares)

    arguments = call.arguments(inputs)
    if not arguments[0]:
        raise Unavailable("no weight of the model has a gradient")
    return list(jax.jit(jax.grad(loss))(*arguments))
