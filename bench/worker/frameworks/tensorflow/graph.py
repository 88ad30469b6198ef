"""TensorFlow's graphs and programs of a model, as lines that equal models share."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import tensorflow as tf

from bench.worker.frameworks.base import Unavailable
from bench.worker.frameworks.training import inferring


def graph_lines(operations: Iterable[Any]) -> list[str]:
    """TensorFlow operations in their own order: type, inputs by rank, attributes that matter."""
    operations = list(operations)
    # Control inputs may point to operations that come later.
    ranks = {operation.name: rank for rank, operation in enumerate(operations)}
    lines = []
    for operation in operations:
        inputs = [f"{ranks[each.op.name]}:{each.value_index}" for each in operation.inputs]
        control = sorted(ranks[each.name] for each in operation.control_inputs)
        attributes = {
            name: _without_counter(str(operation.node_def.attr[name]).strip())
            for name in sorted(operation.node_def.attr)
            if not name.startswith("_") and name not in ("shared_name", "container", "config_proto")
        }
        lines.append(
            f"{ranks[operation.name]} {operation.type}({', '.join(inputs)})"
            f"{f' after {control}' if control else ''} {attributes}"
        )
    return lines


def _without_counter(attribute: str) -> str:
    """A function's own name, which holds a counter, is left out."""
    return re.sub(r'name: "(__\w+?|\w+?)_\d+"', r'name: "\1"', attribute)


def optimised_program(model: Any, inputs: Any) -> str:
    """What XLA compiles the model's call to, as HLO text.

    Raises ``Unavailable`` when the model has operations that XLA does not compile.
    """
    compiled = tf.function(inferring(model), jit_compile=True)
    stages = compiled.experimental_get_compiler_ir(inputs)
    try:
        text: str = stages(stage="optimized_hlo")
    except (ValueError, tf.errors.OpError) as error:
        raise Unavailable(str(error).splitlines()[0]) from error
    return text


def gradients(model: Any, inputs: Any) -> list[Any]:
    """Gradients of the mean square of the outputs, for each trainable weight that has one.

    Raises ``Unavailable`` when none has.
    """
    with tf.GradientTape() as tape:
        outputs = tf.nest.flatten(model(inputs, training=True))
        squares = [tf.square(each) for each in outputs if each.dtype.is_floating]
        loss = tf.add_n([tf.reduce_mean(each) for each in squares]) if squares else None
    found = [] if loss is None else tape.gradient(loss, model.trainable_weights)
    arrays = [tf.convert_to_tensor(each).numpy() for each in found if each is not None]
    if not arrays:
        raise Unavailable("no weight of the model has a gradient")
    return arrays
