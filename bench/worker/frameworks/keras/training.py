"""How Keras models are compiled, trained and asked: their own way, else the suite's."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Mapping
from contextlib import nullcontext
from functools import partial
from typing import Any, Callable, Optional

import keras
import numpy as np

from bench.domain import status
from bench.worker.hooks import CannotMeasure

INFERENCE: Mapping[str, Any] = {"training": False}
"""What tells a model to infer: some layers train unless they are told, Keras's random ones do."""

OPTIMIZER, LOSS = "adam", "mse"
"""What the suite compiles with."""


def inferring(model: Any) -> Callable[..., Any]:
    """The call of ``model`` as it is made wherever inference is meant."""
    return partial(model, **INFERENCE)


def is_compiled(model: Any) -> bool:
    """Whether ``model`` is compiled, as Keras 3 or 2 knows it."""
    return bool(getattr(model, "compiled", getattr(model, "_is_compiled", False)))


def has_own_compile(model: Any) -> bool:
    """Whether ``model`` has a ``compile`` that is not Keras's own."""
    return type(model).compile is not keras.Model.compile


def has_call(model: Any) -> bool:
    """Whether ``model`` can be called; some are only trained."""
    return getattr(type(model), "call", None) is not keras.Model.call


def compile_as_usual(model: Any) -> None:
    """Compile ``model`` with the suite's optimizer and loss.

    A model of a distribution strategy is compiled in its scope, as its optimizer must be.
    """
    strategy = getattr(model, "_distribute_strategy", None)
    with nullcontext() if strategy is None else strategy.scope():
        model.compile(optimizer=OPTIMIZER, loss=LOSS)


def compile_its_own_way(model: Any) -> None:
    """The same, where ``model`` has a ``compile`` of its own.

    Raises ``CannotMeasure`` when that takes something else.
    """
    try:
        compile_as_usual(model)
    except Exception as error:
        name = type(model).__name__
        reason = (
            f"training needs a compiled model, and compile() of {name} takes "
            f"{_parameters(model.compile)}, not just an optimizer and a loss: compile it in the "
            f"builder ({type(error).__name__}: {str(error).strip().partition(chr(10))[0]})"
        )
        raise CannotMeasure(status.UNAVAILABLE, reason) from error


def compiled_with(model: Any) -> str:
    """What ``model`` is compiled with, in words: ``Adam, mse, run_eagerly``."""
    optimizer = getattr(model, "optimizer", None)
    steps = _plain(getattr(model, "steps_per_execution", getattr(model, "_steps_per_execution", 1)))
    parts = [
        type(optimizer).__name__ if optimizer is not None else "no optimizer",
        _loss_text(getattr(model, "loss", None)),
        "run_eagerly" if model.run_eagerly else "",
        "jit_compile" if getattr(model, "jit_compile", False) else "",
        f"steps_per_execution={steps}" if steps not in (1, None) else "",
    ]
    return ", ".join(part for part in parts if part)


def equalise_weights(model: Any) -> None:
    """Draw the weights of ``model`` again, each from its place and its shape alone.

    Those with one dimension stay: they begin with constants, and some must be positive.
    """
    drawn = []
    for place, values in enumerate(model.get_weights()):
        if values.ndim > 1 and "float" in str(values.dtype):
            scale = 1 / np.sqrt(np.prod(values.shape[:-1]))
            normal = np.random.default_rng(place).standard_normal(values.shape)
            values = (scale * normal).astype(values.dtype)
        drawn.append(values)
    model.set_weights(drawn)


def takes_targets(model: Any) -> bool:
    """Whether ``model`` is trained on targets: its loss or its own ``train_step`` wants them."""
    step = type(model).train_step
    has_loss = getattr(model, "loss", None) is not None
    if step is keras.Model.train_step:
        return has_loss
    return _wants_targets(getattr(step, "python_function", step), has_loss)


def has_own_step(model: Any) -> bool:
    """Whether ``model`` is trained by a step of its own."""
    return type(model).train_step is not keras.Model.train_step


def _parameters(function: Any) -> str:
    """What ``function`` takes, without annotations: ``(maker_optimizer, judged_by)``."""
    parameters = inspect.signature(function).parameters.values()
    plain = [each.replace(annotation=inspect.Parameter.empty) for each in parameters]
    return str(inspect.Signature(plain))


def _loss_text(loss: Any) -> str:
    if loss is None:
        return "no loss"
    if isinstance(loss, dict):
        return ", ".join(f"{name}: {_loss_text(each)}" for name, each in loss.items())
    if isinstance(loss, (list, tuple)):
        return ", ".join(_loss_text(each) for each in loss)
    return loss if isinstance(loss, str) else str(getattr(loss, "__name__", type(loss).__name__))


def _wants_targets(step: Any, has_loss: bool) -> bool:
    """Whether a ``train_step`` takes its data apart into inputs and targets, by its source."""
    function, data = _parsed(step)
    if function is None:
        return True
    for node in ast.walk(function):
        if _unpacked(node, data):
            return True
        if isinstance(node, ast.Subscript) and _is_name(node.value, data):
            if isinstance(node.slice, ast.Constant) and node.slice.value == 1:
                return True
        elif isinstance(node, ast.Attribute) and node.attr == "train_step":
            return has_loss
        elif isinstance(node, ast.Attribute) and node.attr == "unpack_x_y_sample_weight":
            return True
    return False


def takes_pairs_alone(model: Any) -> bool:
    """Whether the model's own ``train_step`` takes its data apart into two, and never into three.

    ``fit`` hands it two, and ``train_on_batch`` of Keras 3 inputs, targets and weights.
    """
    step = type(model).train_step
    function, data = _parsed(getattr(step, "python_function", step))
    if step is keras.Model.train_step or function is None:
        return False
    return {count for node in ast.walk(function) for count in _unpacked(node, data)} == {2}


def _parsed(step: Any) -> tuple[Optional[ast.FunctionDef], str]:
    """The source of a ``train_step`` and what it calls its data; None where there is no source."""
    try:
        (function,) = ast.parse(textwrap.dedent(inspect.getsource(step))).body
    except (OSError, TypeError, SyntaxError, ValueError):
        return None, ""
    if not isinstance(function, ast.FunctionDef):
        return None, ""
    parameters = [each.arg for each in function.args.args]
    return function, parameters[1] if len(parameters) > 1 else ""


def _unpacked(node: ast.AST, data: str) -> list[int]:
    """Into how many parts ``node`` takes ``data``, where it does."""
    if not isinstance(node, ast.Assign) or not _is_name(node.value, data):
        return []
    return [len(each.elts) for each in node.targets if isinstance(each, (ast.Tuple, ast.List))]


def _is_name(node: ast.AST, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name


def _plain(number: Any) -> Any:
    return int(number.numpy()) if hasattr(number, "numpy") else number
