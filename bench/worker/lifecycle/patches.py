"""Patches: changes to the framework that an arm tries; and the check that none stays behind."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FunctionType, ModuleType
from typing import Any, Optional

from bench.domain import status
from bench.worker.hooks import CannotMeasure
from bench.worker.references import resolve

_PACKAGES = ("keras", "tf_keras")
"""Where a patch is looked for that stays behind."""

_DEFINITIONS = (FunctionType, type, property, staticmethod, classmethod)

Definitions = dict[tuple[str, str], Any]


@contextmanager
def applied(reference: Optional[str]) -> Iterator[None]:
    """The patch that ``reference`` names is in force while this is open; None is no patch.

    Raises ``CannotMeasure`` when the patch raises, and when it leaves something changed behind,
    which is then changed back. What else was raised meanwhile goes on, unless something was left.
    """
    if reference is None:
        yield
        return
    patch = resolve(reference)
    before = _definitions()
    raised: Optional[BaseException] = None
    try:
        entered = _of_patch("could not be applied", patch)
        _of_patch("could not be applied", lambda: entered.__enter__())
        try:
            yield
        except BaseException as error:
            raised = error
        try:
            _of_patch("could not be taken back", entered.__exit__, None, None, None)
        except CannotMeasure as error:
            raised = raised or error
    except CannotMeasure as error:
        raised = error
    left = _differing(before)
    if left:
        _change_back(left, before)
        names = [f"{module}.{name}" for module, name in left]
        more = f" and {len(left) - 1} more" if len(left) > 1 else ""
        raise CannotMeasure(
            status.BUILDER_ERROR,
            f"the patch left {names[0]}{more} changed: what comes after it in this process would "
            "be measured with a part of it",
        ) from raised
    if raised is not None:
        raise raised


def _of_patch(what: str, action: Any, *arguments: Any) -> Any:
    try:
        return action(*arguments)
    except NotImplementedError as error:
        raise CannotMeasure(status.UNAVAILABLE, f"the patch {what}: {error}") from error
    except Exception as error:
        reason = f"the patch {what}: {type(error).__name__}: {error}"
        raise CannotMeasure(status.BUILDER_ERROR, reason) from error


def _definitions() -> Definitions:
    """Every function, class and property of the framework, and those of its classes."""
    found: Definitions = {}
    for name, module in list(sys.modules.items()):
        if name.split(".")[0] in _PACKAGES and isinstance(module, ModuleType):
            for key, value in list(vars(module).items()):
                if isinstance(value, _DEFINITIONS):
                    found[name, key] = value
                if isinstance(value, type) and value.__module__ == name:
                    for member, definition in list(vars(value).items()):
                        if isinstance(definition, _DEFINITIONS):
                            found[name, f"{key}.{member}"] = definition
    return found


def _differing(before: Definitions) -> list[tuple[str, str]]:
    """What is not as it was ``before``; what was first imported meanwhile is new, and no matter."""
    after = _definitions()
    modules = {module for module, _ in before}
    return [
        key
        for key in sorted({*before, *after})
        if key[0] in modules and before.get(key) is not after.get(key)
    ]


def _change_back(left: list[tuple[str, str]], before: Definitions) -> None:
    for module, name in left:
        *path, last = name.split(".")
        owner: Any = sys.modules[module]
        for part in path:
            owner = getattr(owner, part)
        if (module, name) in before:
            setattr(owner, last, before[module, name])
        else:
            delattr(owner, last)
