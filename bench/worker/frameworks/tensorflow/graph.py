"""TensorFlow's graphs and programs of a model, as lines that equal models share."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, Callable

import tensorflow as tf
from tensorflow.python.ops.handle_data_util import get_resource_handle_data

from bench.worker.frameworks.base import Unavailable
from bench.worker.frameworks.keras.training import inferring
from bench.worker.frameworks.tensorflow.returned import tensors_in
from bench.worker.messages import described


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

    Raises ``Unavailable`` when the model has operations that XLA does not compile; it names them.
    """
    function = tf.function(inferring(model), jit_compile=True)
    try:
        text: str = function.experimental_get_compiler_ir(inputs)(stage="optimized_hlo")
    except (TypeError, ValueError, tf.errors.OpError) as error:
        traced = tf.function(inferring(model))
        raise _no_xla_form(error, lambda: traced.get_concrete_function(inputs).graph) from error
    return text


@contextmanager
def refused_by_xla(graph: Any) -> Iterator[None]:
    """What XLA does not compile of ``graph``, which runs while this is open, is ``Unavailable``."""
    try:
        yield
    except (
        tf.errors.InternalError,
        tf.errors.InvalidArgumentError,
        tf.errors.UnimplementedError,
    ) as error:
        if not any(each in str(error) for each in ("XLA", "tf2xla", "tensorflow/compiler/")):
            raise
        raise _no_xla_form(error, lambda: graph) from error


_INPUT = "_Arg"
_PASSES_ON = ("Identity", "IdentityN", "NoOp", "Shape", "Squeeze", "ExpandDims", "Reshape")
_WITHOUT_KERNEL = re.compile(r"No registered '(\w+)' OpKernel for \w*XLA")
_NO_VARIABLE = "variable.var()"
"""XLA takes whatever a model holds for a variable, and checks that it is one."""


def _no_xla_form(error: Exception, graph: Callable[[], Any]) -> Unavailable:
    """What XLA lacks for the graph that ``graph`` returns, by the names of operations."""
    lacking = ", ".join(dict.fromkeys(_WITHOUT_KERNEL.findall(str(error)))) or described(error)
    if lacking == _INPUT:
        # XLA names the first it meets: the input itself, which is of text.
        lacking = f"{_types(graph(), _takes_text) or 'its inputs'} (text)"
    elif not _WITHOUT_KERNEL.search(str(error)) and _NO_VARIABLE in str(error):
        lacking = _types(graph(), _takes_a_table) or lacking
    return Unavailable(f"no XLA form: {lacking}")


def _types(graph: Any, is_wanted: Callable[[Any], bool]) -> str:
    """The types of the operations of ``graph`` that are wanted: ``AsString, StringSplit``."""
    return ", ".join(dict.fromkeys(each.type for each in graph.get_operations() if is_wanted(each)))


def _takes_a_table(operation: Any) -> bool:
    """Whether ``operation`` takes what the model holds and is no variable, such as a table."""
    return operation.type not in _PASSES_ON and any(
        each.dtype == tf.resource and not get_resource_handle_data(each).is_set
        for each in operation.inputs
    )


def _takes_text(operation: Any) -> bool:
    return operation.type not in _PASSES_ON and any(
        each.dtype == tf.string for each in operation.inputs
    )


def gradients(model: Any, inputs: Any) -> list[Any]:
    """Gradients of the mean square of the outputs, for each trainable weight that has one.

    Raises ``Unavailable`` when none has.
    """
    with tf.GradientTape() as tape:
        outputs = tensors_in(model(inputs, training=True))
        squares = [tf.square(each) for each in outputs if each.dtype.is_floating]
        loss = tf.add_n([tf.reduce_mean(each) for each in squares]) if squares else None
    found = [] if loss is None else tape.gradient(loss, model.trainable_weights)
    arrays = [tf.convert_to_tensor(each).numpy() for each in found if each is not None]
    if not arrays:
        raise Unavailable("no weight of the model has a gradient")
    return arrays
