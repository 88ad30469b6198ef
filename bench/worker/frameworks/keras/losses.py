"""What a loss of Keras takes for targets, told by its name or by the losses that its code calls."""

from __future__ import annotations

import functools
import inspect
import re
from collections.abc import Iterator
from types import CodeType
from typing import Any, NamedTuple

import keras

NUMBERS = "numbers"
"""Numbers in the shape of the output."""

BINARY = "binary"
"""0 or 1 in the shape of the output."""

ONE_HOT = "one hot"
"""A class for each row of the output, as a row of 0 and a single 1."""

CLASSES = "classes"
"""The same as whole numbers: the output's shape without its last length."""

LABELS = "labels"
"""A whole number for each example, which says what it is alike."""

SEQUENCES = "sequences"
"""A row of classes from 1 for each example, shorter than that of its output."""

_BY_NAME = (
    (re.compile(r"sparse_(categorical|softmax)"), CLASSES),
    (re.compile(r"categorical_generalized"), CLASSES),
    (re.compile(r"categorical_(cross|focal|hinge)|softmax_cross"), ONE_HOT),
    (re.compile(r"binary_(cross|focal)|sigmoid_cross"), BINARY),
    (re.compile(r"circle(_loss)?$"), LABELS),
    (re.compile(r"ctc(_loss|_batch_cost)?$"), SEQUENCES),
)

_MAKES_ROWS = {"one_hot", "to_categorical"}
"""What a loss calls that takes classes and makes rows of 0 and 1 of them itself."""

_DEEPEST = 3
"""Losses within losses that are looked into."""


class Taken(NamedTuple):
    """What the loss called ``name`` takes; ``is_known`` is False where that is a guess."""

    name: str
    kind: str
    is_known: bool


def taken_by(loss: Any) -> Taken:
    """What ``loss``, a name, a function or an object, takes for targets; None is no loss."""
    name = _name_of(loss)
    names = (name, *_named_within(loss, 0))
    for inner in names:
        for pattern, kind in _BY_NAME:
            if pattern.search(inner):
                makes_rows = kind == ONE_HOT and not _MAKES_ROWS.isdisjoint(names)
                return Taken(name, CLASSES if makes_rows else kind, is_known=True)
    return Taken(name, NUMBERS, is_known=loss is None or _is_of_keras(loss))


def _name_of(loss: Any) -> str:
    """What Keras calls ``loss``: ``mean_squared_error``."""
    if isinstance(loss, str):
        return _in_snakes(loss)
    inner = _unwrapped(loss)
    return _in_snakes(getattr(inner, "__name__", None) or type(inner).__name__)


def _unwrapped(loss: Any) -> Any:
    """The function in a ``functools.partial`` or a ``tf.function``; anything else as it is."""
    while isinstance(loss, functools.partial):
        loss = loss.func
    return getattr(loss, "python_function", loss)


def _in_snakes(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()


def _named_within(loss: Any, depth: int) -> Iterator[str]:
    """The names that the code of ``loss`` calls by, and those of the losses that it holds."""
    loss = _unwrapped(loss)
    if depth == _DEEPEST or loss is None or isinstance(loss, str) or _is_of_keras(loss):
        return
    if inspect.isfunction(loss) or inspect.ismethod(loss):
        function: Any = getattr(loss, "__func__", loss)
        names = list(_names_in(function.__code__))
        yield from map(_in_snakes, names)
        of_module = [function.__globals__.get(name) for name in names]
        closed_over = map(_content, function.__closure__ or ())
        held = [each for each in (*of_module, *closed_over) if callable(each)]
    else:
        called = [getattr(type(loss), name, None) for name in ("call", "__call__")]
        own = getattr(loss, "__dict__", {}).values()
        held = [each for each in (*called, *own) if callable(each)]
    for each in held:
        yield _name_of(each)
        yield from _named_within(each, depth + 1)


def _names_in(code: CodeType) -> Iterator[str]:
    yield from code.co_names
    for each in code.co_consts:
        if isinstance(each, CodeType):
            yield from _names_in(each)


def _content(cell: Any) -> Any:
    try:
        return cell.cell_contents
    except ValueError:
        # Nothing has been put into it yet.
        return None


def _is_of_keras(loss: Any) -> bool:
    """Whether ``loss`` is one of Keras's own, by its name or by where it is defined."""
    if isinstance(loss, str):
        return True
    loss = _unwrapped(loss)
    module = str(getattr(loss, "__module__", None) or type(loss).__module__)
    return module.split(".")[0] == str(keras.__name__)
