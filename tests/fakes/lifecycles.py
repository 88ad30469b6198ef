"""Lifecycles and patches for the fake framework: good ones, and every kind of bad one.

Only measured interpreters import this. It registers a module that stands in for a part of Keras,
for patches to change; never where there is a real one.
"""

from __future__ import annotations

import mmap
import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from types import ModuleType
from typing import Any

from bench.worker.lifecycle.context import LifecycleContext
from tests.fakes.framework import Model


class Scalar:
    """A number as numeric libraries have them."""

    def item(self) -> int:
        return 7


# Lifecycles


def good(
    life: LifecycleContext, calls: int = 3, retained_bytes: int = 0, value: Any = "some text"
) -> Model:
    """Two preparations, two phases, a series that keeps ``retained_bytes`` a call, and notes."""
    model: Model = life.prepare(life.build)
    batch = life.prepare(lambda: life.batch(model))
    life.phase("first", lambda: model.append("first"))
    life.note("layers", lambda: _said("noted", len(model)))
    life.phase("second", lambda: model.append("second"))
    kept: list[mmap.mmap] = []
    life.series("calls", lambda: kept.extend(_resident(retained_bytes)), calls)
    life.note("batch", lambda: batch)
    life.note("built", lambda: model.built)
    life.note("half", lambda: 0.5)
    life.note("scalar", Scalar)
    life.note("value", lambda: value)
    return model


def attempts(life: LifecycleContext, raises: str = "ValueError", fails: str = "first") -> Model:
    """Three attempts, the second of which needs the first: that named ``fails`` raises."""
    model: Model = life.prepare(life.build)

    def action(name: str) -> str:
        if name == fails:
            raise _ERRORS[raises]("no such luck")
        return str(_said(f"went through {name}", name))

    life.attempt("first", lambda: action("first"))
    life.attempt("second", lambda: action("second"), needs=("first",))
    life.attempt("calls", lambda: action("calls"))
    life.note("failed", lambda: " ".join(life.failed))
    return model


def attempts_to_build(life: LifecycleContext) -> Model | None:
    return life.attempt("first", life.build)


_ERRORS: dict[str, type[Exception]] = {
    each.__name__: each for each in (ValueError, LookupError, MemoryError)
}


def iterates(life: LifecycleContext) -> Model:
    model: Model = life.phase("construct", life.build)
    called: list[int] = []
    life.iterate("inference", lambda: called.append(sum(range(200))))
    life.note("calls", lambda: len(called))
    return model


def iterates_what_comes_once(life: LifecycleContext) -> None:
    life.iterate("first", life.build)


def goes_through_one_step(life: LifecycleContext) -> None:
    life.phase("step", life.build)


def notes_twice(life: LifecycleContext) -> None:
    for _ in range(2):
        life.note("layers", lambda: 1)


def notes_slowly(life: LifecycleContext, name: str) -> Model:
    """Long enough for whoever watches the process to read where it is."""

    def slow() -> int:
        time.sleep(0.3)
        return 1

    life.note(name, slow)
    model: Model = life.build()
    return model


def lists_its_layers(
    life: LifecycleContext, added: Iterable[str] = (), depth: int | None = None
) -> Model:
    """A model of the layers of the architecture and those ``added``, told in a note."""

    def longer(own: Iterator[Any]) -> Iterable[Any]:
        return chain(own, added)

    change = longer if added else None
    model: Model = life.phase("first", lambda: life.build(depth, change))
    life.note("layers", lambda: " ".join(map(str, model)))
    return model


def writes_into_its_folder(life: LifecycleContext, last: str = "returns") -> Model:
    """Says where its folder is and how much it held at first; its ``last`` act may be its end."""
    folder = Path(life.folder)
    held = len(list(folder.iterdir()))
    life.phase("first", lambda: (folder / "model").write_text("weights"))
    _said(f"{folder} held {held}, holds {len(list(folder.iterdir()))}", None)
    if last == "raises":
        raise ValueError("after writing")
    if last == "exits":
        os._exit(7)
    model: Model = life.build()
    return model


def goes_through_an_undeclared_phase(life: LifecycleContext) -> Model:
    return life.phase("third", Model)


def goes_through_a_phase_twice(life: LifecycleContext) -> Model:
    life.phase("first", Model)
    return life.phase("first", Model)


def notes_a_list(life: LifecycleContext) -> Model:
    life.note("layers", lambda: [1, 2])
    return Model()


def notes_a_number(life: LifecycleContext, text: str) -> Model:
    """Notes the number that ``text`` is."""
    model: Model = life.phase("first", life.build)
    life.note("number", lambda: float(text))
    return model


def raises_in_a_phase(life: LifecycleContext) -> Model:
    def action() -> Model:
        raise ValueError("no such luck")

    return life.phase("second", action)


def raises_in_a_preparation(life: LifecycleContext) -> Model:
    def action() -> Model:
        raise ValueError("no such luck")

    return life.prepare(action)


def exits_in_a_phase(life: LifecycleContext) -> Model:
    return life.phase("second", lambda: os._exit(7))


def exits_after_a_phase(life: LifecycleContext) -> Model:
    life.phase("first", Model)
    return life.phase("second", lambda: os._exit(7))


def returns_nothing(life: LifecycleContext) -> None:
    life.phase("first", life.build)
    life.phase("second", lambda: None)
    life.series("calls", lambda: None, 1)


def leaves_two_out(life: LifecycleContext) -> Model:
    model: Model = life.phase("first", life.build)
    return model


def gives_up(life: LifecycleContext) -> Model:
    """Ends where its first attempt has failed."""
    model: Model = life.prepare(life.build)
    life.attempt("first", lambda: _refuse(model))
    if not life.failed:
        life.phase("second", lambda: None)
        life.series("calls", lambda: None, 1)
    return model


def _refuse(model: Model) -> None:
    raise NotImplementedError("models of this version cannot be pickled")


def _said(words: str, value: Any) -> Any:
    """``value``, and ``words`` in the log of the invocation."""
    sys.stdout.write(f"{words}\n")
    return value


def _resident(size: int) -> Iterator[mmap.mmap]:
    """Memory of ``size`` bytes that is new to the process and written to."""
    if size:
        made = mmap.mmap(-1, size)
        made.write(b"x" * size)
        yield made


# What patches change, and builders that show it

part: Any = ModuleType("keras.fake_part")


def _plain() -> str:
    return "plain"


def _patched() -> str:
    return "patched"


class Layer:
    def call(self) -> str:
        return "plain"


Layer.__module__ = part.__name__
vars(part).update(made=_plain, kept=_plain, Layer=Layer)
if "keras" not in sys.modules:
    sys.modules[part.__name__] = part


def shows_its_patch(layers: Iterable[Any]) -> Model:
    return Model([_said(f"built {part.made()}", part.made())])


def raises_under_its_patch(layers: Iterable[Any]) -> Model:
    raise ValueError(f"{part.made()} builder")


# Patches


@contextmanager
def good_patch() -> Iterator[None]:
    """Is taken back whatever happens meanwhile, without a ``finally`` of its own."""
    part.made = _said("entered", _patched)
    yield
    part.made = _said("left", _plain)


@contextmanager
def good_patch_of_whatever_is_there() -> Iterator[None]:
    found, part.made = part.made, _patched
    yield
    part.made = found


@contextmanager
def raises_on_enter() -> Iterator[None]:
    raise AttributeError("no such method to patch")
    yield


@contextmanager
def needs_newer_version() -> Iterator[None]:
    raise NotImplementedError("this version cannot be patched")
    yield


@contextmanager
def raises_on_exit() -> Iterator[None]:
    yield
    raise KeyError("original")


@contextmanager
def leaves_a_function_changed() -> Iterator[None]:
    part.made = _patched
    yield


@contextmanager
def leaves_a_method_and_more_changed() -> Iterator[None]:
    vars(part).update(made=_patched, added=_patched)
    Layer.call = lambda self: "patched"  # type: ignore[method-assign]
    yield


def is_no_context_manager() -> Callable[[], str]:
    return _patched
