"""Finds the callables that a plan names as ``module:function``."""

from __future__ import annotations

import filecmp
import hashlib
import importlib
import importlib.machinery
import importlib.util
import inspect
import os
import sys
import sysconfig
from collections.abc import Iterator, Sequence
from contextlib import suppress
from types import ModuleType
from typing import Any, Callable, NamedTuple, Optional

_COPY = os.path.join(
    os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))), ""
)

_SUITE = ("bench", "scenarios")
"""The packages of that folder, which a user's of the same name add to and do not replace."""

_FOLDERS: list[str] = []
"""The folders that measured code is imported from, first of all."""


class UnresolvedReference(Exception):
    """A ``module:function`` that names nothing that can be called; the message says why."""


class FailedImport(Exception):
    """A module that raised, or left Python, while it was imported; ``__cause__`` is what it raised.

    The message names the module.
    """

    def __init__(self, module: str) -> None:
        super().__init__(f"module {module!r} does not import")


def import_from(folders: Sequence[str]) -> None:
    """Import measured code from ``folders`` first, after the suite's own; once the framework is in.

    Nothing that lies there can then take the place of a part of the framework.
    """
    _FOLDERS[:] = folders
    sys.path[1:1] = folders


def resolve(reference: str) -> Callable[..., Any]:
    """Import the callable that ``reference`` names.

    A file in the folders of measured code is the one that is meant, whatever else has its name.
    Raises ``UnresolvedReference`` when there is no such module, the name is not in it, what it
    names cannot be called, or another module has taken the name already; ``FailedImport`` when the
    module is there and does not import.
    """
    module_name, _, name = reference.partition(":")
    own = _own_file(module_name)
    try:
        found: Any = _imported(module_name, own)
    except UnresolvedReference:
        raise
    except BaseException as error:
        if isinstance(error, ModuleNotFoundError) and _leads_to(error.name, module_name):
            named = module_name[: -len(".py")]
            hint = f"; a module is named without .py: {named}" if module_name[-3:] == ".py" else ""
            raise UnresolvedReference(
                f"there is no module {error.name!r} to import{hint}"
            ) from error
        raise FailedImport(module_name) from error
    for part in name.split("."):
        if not hasattr(found, part):
            other = _other_file(found, own)
            hint = f"; {other} is another one, rename it" if other else ""
            raise UnresolvedReference(f"module {module_name!r} has no {name!r}{hint}")
        found = getattr(found, part)
    if not callable(found):
        raise UnresolvedReference(f"{name!r} in module {module_name!r} is not callable")
    return found  # type: ignore[no-any-return]


def shadowed(reference: str) -> list[str]:
    """A line where the suite's own module is used and a user's has the same name."""
    module_name, _, _ = reference.partition(":")
    other = _other_file(sys.modules.get(module_name), _own_file(module_name))
    if other is None:
        return []
    return [f"{module_name} is the suite's own; {other} is not used, rename it if it is meant"]


def _imported(module_name: str, own: Optional[_OwnFile]) -> ModuleType:
    if own is None:
        return importlib.import_module(module_name)
    top = module_name.split(".")[0]
    if top in _SUITE:
        # What the suite's own package lacks is looked for in the user's of that name.
        places, user = importlib.import_module(top).__path__, os.path.join(own.folder, top)
        if user not in places:
            places.append(user)
    elif top not in sys.modules:
        _load(top, own.folder)
    found = importlib.import_module(module_name)
    if not (_is_same(found, own) or _is_of_the_suite(found)):
        taken = getattr(found, "__file__", None) or "a part of Python"
        raise UnresolvedReference(
            f"the name {module_name!r} is taken: the interpreter has loaded it from {taken} before "
            f"it could import {own.file}; rename that file"
        )
    return found


def _load(name: str, folder: str) -> None:
    """Import the module or package ``name`` from ``folder``, whatever else has that name."""
    spec = importlib.machinery.PathFinder.find_spec(name, [folder])
    assert spec is not None
    module = sys.modules[name] = importlib.util.module_from_spec(spec)
    if spec.loader is None:
        # A folder without an __init__ has nothing to execute.
        return
    try:
        spec.loader.exec_module(module)
    except BaseException:
        sys.modules.pop(name, None)
        raise


class _OwnFile(NamedTuple):
    """The file of a module, below a ``folder`` of measured code."""

    folder: str
    file: str


def _own_file(module_name: str) -> Optional[_OwnFile]:
    """The file that the whole name of a module leads to in the folders of measured code."""
    for folder in _FOLDERS:
        base = os.path.join(folder, *module_name.split("."))
        for file in (os.path.join(base, "__init__.py"), f"{base}.py"):
            if os.path.isfile(file):
                return _OwnFile(folder, file)
    return None


def _other_file(found: Optional[ModuleType], own: Optional[_OwnFile]) -> Optional[str]:
    """The user's file, where the suite's own module ``found`` is used and not the same."""
    if found is None or own is None or not _is_of_the_suite(found) or _is_same(found, own):
        return None
    same = filecmp.cmp(str(found.__file__), own.file, shallow=False)
    return None if same else own.file


def _is_same(module: ModuleType, own: _OwnFile) -> bool:
    file = getattr(module, "__file__", None)
    return file is not None and os.path.exists(file) and os.path.samefile(file, own.file)


def _is_of_the_suite(module: ModuleType) -> bool:
    file = getattr(module, "__file__", None)
    is_named_so = module.__name__.split(".")[0] in _SUITE
    return is_named_so and file is not None and os.path.abspath(file).startswith(_COPY)


def _leads_to(name: Optional[str], module: str) -> bool:
    """Whether ``name`` is ``module`` or a package that it lies in."""
    return name is not None and f"{module}.".startswith(f"{name}.")


def measured_code() -> dict[str, str]:
    """The SHA-256 of the file of each module imported so far that is measured code.

    That is what neither is installed nor belongs to the instrument. Measured code of the suite is
    named from the folder that it is installed in, all other by its whole path.
    """
    installed = tuple(_installed_places())
    found = {}
    for module in list(sys.modules.values()):
        # Asked for an attribute, modules that load when they are used would be loaded.
        path = getattr(module, "__dict__", {}).get("__file__")
        if not isinstance(path, str) or os.path.abspath(path).startswith(installed):
            continue
        name = source_name(os.path.abspath(path))
        if name.startswith(_INSTRUMENT):
            continue
        # A name that is no text cannot be told.
        with suppress(OSError, UnicodeEncodeError), open(path.encode(), "rb") as file:
            found[name] = hashlib.sha256(file.read()).hexdigest()
    return found


def _installed_places() -> Iterator[str]:
    """The folders of the standard library, and those of ``sys.path`` that packages lie in."""
    for place in {*sys.path, *(sysconfig.get_path(each) for each in ("stdlib", "platstdlib"))}:
        with suppress(OSError):
            names = os.listdir(place or os.curdir)
            if "os.py" in names or any(name.endswith(".dist-info") for name in names):
                yield os.path.join(os.path.abspath(place), "")


_INSTRUMENT = os.path.join("bench", "")


def positional_parameters(function: Callable[..., Any]) -> Optional[tuple[str, ...]]:
    """The parameters that ``function`` must be given by place, and those called after a depth.

    None where it does not say.
    """
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return None
    by_place = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    return tuple(
        each.name
        for each in parameters
        if each.kind is inspect.Parameter.VAR_POSITIONAL
        or (
            each.kind in by_place
            and (each.default is inspect.Parameter.empty or each.name in _DEPTHS)
        )
    )


_DEPTHS = ("depth", "layers")


def source_name(file: str) -> str:
    """The path of a source file, from the worker's own folder where it lies there.

    That folder is another one in each run, ``scenarios/builders.py`` is always the same file.
    """
    return file[len(_COPY) :] if file.startswith(_COPY) else file
