"""Patches: changes to the framework that an arm tries; and the check that none stays behind."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from types import FunctionType, ModuleType
from typing import Any, Dict, Iterator, List, Optional, Tuple

from bench.worker import protocol
from bench.worker.references import resolve
from bench.worker.request import CannotMeasure

_PACKAGES = ("keras", "tf_keras")
"""Where a patch is looked for that stays behind."""

_DEFINITIONS = (FunctionType, type, property, staticmethod, classmethod)

Definitions = Dict[Tuple[str, str], Any]


@contextmanager
def applied(reference: Optional[str]) -> Iterator[None]:
    """The patch that ``reference`` names is in force while this is open; None is no patch.

    Raises ``CannotMeasure`` when the patch raises, and when it leaves something changed behind.
    Whatever else was raised meanwhile goes on.
    """
    if reference is None:
        yield
        return
    patch = resolve(reference)
    before = _definitions()
    entered = _of_patch("could not be applied", patch)
    _of_patch("could not be applied", lambda: entered.__enter__())
    try:
        yield
    finally:
        _of_patch("could not be taken back", entered.__exit__, None, None, None)
    left = _differing(before)
    if left:
        more = f" and {len(left) - 1} more" if len(left) > 1 else ""
        raise CannotMeasure(
            protocol.BUILDER_ERROR,
            f"the patch left {left[0]}{more} changed: what comes after it in this process would "
            "be measured with a part of it",
        )


def _of_patch(what: str, action: Any, *arguments: Any) -> Any:
    try:
        return action(*arguments)
    except NotImplementedError as error:
        raise CannotMeasure(protocol.UNAVAILABLE, f"the patch {what}: {error}") from error
    except Exception as error:
        reason = f"the patch {what}: {type(error).__name__}: {error}"
        raise CannotMeasure(protocol.BUILDER_ERROR, reason) from error


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


def _differing(before: Definitions) -> List[str]:
    """What is not as it was ``before``; what was first imported meanwhile is new, and no matter."""
    after = _definitions()
    modules = {module for module, _ in before}
    return [
        f"{module}.{name}"
        for module, name in sorted({*before, *after})
        if module in modules and before.get((module, name)) is not after.get((module, name))
    ]
