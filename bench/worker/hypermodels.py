"""Builders that take Keras Tuner's hyperparameters, which the suite does not hand out."""

from __future__ import annotations

import inspect
from typing import Any

_CALLED = ("hp", "hps", "hyperparameters", "hyper_parameters")
"""What Keras Tuner's guides, and people, call the parameter."""

_CLASS = "HyperParameters"


def tuner_hint(builder: Any) -> str:
    """How to measure ``builder`` where it is a hypermodel, as the end of a reason; else empty.

    A hypermodel is a function of hyperparameters, or a class or an object with such a ``build``.
    """
    try:
        called = _hypermodel(builder)
    except Exception:
        # Measured code may answer with anything when it is looked at.
        return ""
    if not called:
        return ""
    return (
        "; the suite calls builders with a depth, with layers or with nothing, and this one takes "
        "Keras Tuner's hyperparameters: name a function that makes them, such as "
        f"def tuned(): return {called}(keras_tuner.HyperParameters())"
    )


def _hypermodel(builder: Any) -> str:
    """How ``builder`` is written where it is called with hyperparameters; empty for others."""
    owner = getattr(builder, "__self__", None)
    if callable(builder) and _takes_hyperparameters(builder):
        name: str = builder.__name__
        return name if owner is None else f"{type(owner).__name__}().{name}"
    build = getattr(builder, "build", None)
    if callable(build) and _takes_hyperparameters(build):
        maker = builder if isinstance(builder, type) else type(builder)
        return f"{maker.__name__}().build"
    return ""


def _takes_hyperparameters(function: Any) -> bool:
    return any(
        each.default is inspect.Parameter.empty
        and (each.name in _CALLED or _CLASS in str(each.annotation))
        for each in inspect.signature(function).parameters.values()
    )
