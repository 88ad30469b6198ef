"""Builders that change the interpreter in which they run, for themselves and for the suite."""

from __future__ import annotations

import builtins
import gc
import importlib
import json
import logging
import random
import resource
import sys
import threading
import warnings
from collections.abc import Iterable
from typing import Any, NoReturn

from tests.fakes.framework import Model
from tests.fakes.hostile.behaving import behaves

DEEP = 2000


def _nothing(*_: object, **__: object) -> None:
    return None


def _refuses(*_: object, **__: object) -> NoReturn:
    raise RuntimeError("not here")


def watches_every_line(layers: Iterable[Any]) -> Model:
    def watch(*_: object) -> Any:
        return watch

    sys.settrace(watch)
    sys.setprofile(watch)
    return behaves(layers)


def refuses_every_event(layers: Iterable[Any]) -> Model:
    """As a sandbox does, whose hooks nobody can remove."""
    model = behaves(layers)
    sys.addaudithook(_refuses)
    return model


def lacks_its_streams(layers: Iterable[Any]) -> Model:
    sys.stdout = sys.stderr = sys.__stdout__ = sys.__stderr__ = None  # type: ignore[misc]
    return behaves(layers)


def closes_its_streams(layers: Iterable[Any]) -> Model:
    sys.stdout.close()
    sys.stderr.close()
    return behaves(layers)


def takes_warnings_for_errors(layers: Iterable[Any]) -> Model:
    warnings.simplefilter("error")
    logging.raiseExceptions = True
    logging.disable(logging.CRITICAL)
    return behaves(layers)


def refuses_to_collect(layers: Iterable[Any]) -> Model:
    gc.callbacks.append(_refuses)
    return behaves(layers)


def lacks_its_builtins(layers: Iterable[Any]) -> Model:
    model = behaves(layers)
    for name in ("open", "len", "print", "isinstance", "sum", "tuple", "getattr"):
        setattr(builtins, name, _refuses)
    return model


def lacks_its_hooks(layers: Iterable[Any]) -> Model:
    sys.excepthook = sys.unraisablehook = sys.displayhook = _refuses
    threading.excepthook = _refuses
    return behaves(layers)


def imports_nothing_more(layers: Iterable[Any]) -> Model:
    model = behaves(layers)
    sys.path.clear()
    sys.meta_path.clear()
    importlib.import_module = _refuses
    return model


def recurses_no_more(layers: Iterable[Any]) -> Model:
    model = behaves(layers)
    sys.setrecursionlimit(40)
    return model


def replaces_the_meters(layers: Iterable[Any]) -> Model:
    """As a profiler does that counts for itself."""
    resource.getrusage = _nothing  # type: ignore[assignment]
    return behaves(layers)


def replaces_what_reads(layers: Iterable[Any]) -> Model:
    json.loads = json.load = _nothing
    json.JSONDecoder.decode = _nothing  # type: ignore[method-assign]
    return behaves(layers)


def seeds_what_is_random(layers: Iterable[Any]) -> Model:
    random.seed(1)
    random.random = lambda: 0.5
    return behaves(layers)


def raises_a_chain(layers: Iterable[Any]) -> NoReturn:
    error = ValueError("the first")
    for number in range(DEEP):
        following = ValueError(f"number {number}")
        following.__cause__ = error
        error = following
    raise error
