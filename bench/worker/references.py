"""Finds the callables that a plan names as ``module:function``."""

from __future__ import annotations

import importlib
import os
from typing import Any, Callable

_COPY = os.path.join(
    os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))), ""
)


class UnresolvedReference(Exception):
    """A ``module:function`` that cannot be used; the message says why."""


def resolve(reference: str) -> Callable[..., Any]:
    """Import the callable that ``reference`` names.

    Raises ``UnresolvedReference`` when the module does not import, the name is not in it, or what
    it names cannot be called.
    """
    module_name, _, name = reference.partition(":")
    try:
        found: Any = importlib.import_module(module_name)
    except (Exception, SystemExit) as error:
        if isinstance(error, ModuleNotFoundError) and error.name == module_name.split(".")[0]:
            raise UnresolvedReference(f"there is no module {error.name!r} to import") from error
        raise UnresolvedReference(
            f"module {module_name!r} does not import: {type(error).__name__}: {error}"
        ) from error
    for part in name.split("."):
        if not hasattr(found, part):
            raise UnresolvedReference(f"module {module_name!r} has no {name!r}")
        found = getattr(found, part)
    if not callable(found):
        raise UnresolvedReference(f"{name!r} in module {module_name!r} is not callable")
    return found  # type: ignore[no-any-return]


def source_name(file: str) -> str:
    """The path of a source file, from the worker's own folder where it lies there.

    That folder is another one in each run, ``scenarios/builders.py`` is always the same file.
    """
    return file[len(_COPY) :] if file.startswith(_COPY) else file
