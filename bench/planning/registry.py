"""Finds scenarios and architectures by name, without importing what only a worker may import."""

from __future__ import annotations

import ast
import importlib
import importlib.util
import sys
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from bench.domain.errors import InvalidScenario, UnknownName
from bench.domain.names import check_name
from bench.domain.phases import call_modes_of
from bench.domain.scenario import Scenario, called, check_reference

SCENARIOS_PACKAGE = "scenarios"
ARCHITECTURES_MODULE = "scenarios.architectures"
DEVICES = ("cpu", "gpu")

_LONGEST_ARCHITECTURE = 200


def scenarios() -> Mapping[str, Scenario]:
    """Every scenario that a file of the package ``scenarios`` defines, by its variable's name.

    Raises ``InvalidScenario`` when a file cannot be read or imported.
    """
    found: dict[str, Scenario] = {}
    for path in sorted(_folder().glob("*.py")):
        if defines_scenarios(path):
            try:
                module = importlib.import_module(f"{SCENARIOS_PACKAGE}.{path.stem}")
            except Exception as error:
                raise InvalidScenario(f"{path.name}: {type(error).__name__}: {error}") from error
            found.update(scenarios_in(vars(module)))
    return found


def scenarios_in(names: Mapping[str, object]) -> Mapping[str, Scenario]:
    """The scenarios among a module's ``names``."""
    return {name: value for name, value in names.items() if isinstance(value, Scenario)}


def scenarios_of(path: Path) -> Mapping[str, Scenario]:
    """Every scenario that a user's own file defines, by its variable's name.

    Raises ``InvalidScenario`` when it cannot be read or imported, or defines none.
    """
    if not path.is_file():
        raise InvalidScenario(f"there is no file {path}")
    if not defines_scenarios(path):
        raise InvalidScenario(f"{path} defines no Scenario; bench new writes a file that does")
    specification = importlib.util.spec_from_file_location(path.stem, path)
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    before = list(sys.path)
    sys.path.insert(0, str(path.parent.resolve()))
    try:
        specification.loader.exec_module(module)
    except Exception as error:
        raise InvalidScenario(f"{path.name}: {type(error).__name__}: {error}") from error
    finally:
        sys.path[:] = before
    return scenarios_in(vars(module))


def defines_scenarios(path: Path) -> bool:
    """Whether the Python file at ``path`` calls ``Scenario`` at its top level; imports nothing.

    Raises ``InvalidScenario`` when it is not Python.
    """
    try:
        tree = ast.parse(path.read_bytes(), filename=path.name)
    except (SyntaxError, ValueError) as error:
        raise InvalidScenario(f"{path.name}: {type(error).__name__}: {error}") from error
    return any(
        isinstance(statement, (ast.Assign, ast.AnnAssign))
        and isinstance(statement.value, ast.Call)
        and isinstance(statement.value.func, ast.Name)
        and statement.value.func.id == Scenario.__name__
        for statement in tree.body
    )


def architectures() -> Mapping[str, str]:
    """Name of each architecture of the suite → the first line of its description."""
    tree = ast.parse((_folder() / "architectures.py").read_text())
    return {
        node.name: (ast.get_docstring(node) or "").split("\n")[0]
        for node in tree.body
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
    }


def takes_depth(architecture: str) -> bool | None:
    """Whether an architecture of the suite takes a depth; None of others, where it is not known."""
    name = architecture.partition("(")[0]
    for node in ast.parse((_folder() / "architectures.py").read_text()).body:
        if isinstance(node, ast.FunctionDef) and node.name == name:
            return [argument.arg for argument in node.args.args[:1]] == ["depth"]
    return None


def architecture(text: str) -> tuple[str, Mapping[str, Any]]:
    """The ``module:function`` of an architecture, and the arguments that are written after it.

    It is named by its name in the suite, or as ``module:function``: ``mlp``, ``mlp(features=64)``.
    Raises ``UnknownName``, or ``InvalidScenario`` when it is not well formed.
    """
    name, arguments = called(check_name(text, "architecture", _LONGEST_ARCHITECTURE))
    if ":" in name:
        return check_reference(name), arguments
    return f"{ARCHITECTURES_MODULE}:{known(name, 'architecture', architectures())}", arguments


def known_call_mode(name: str, backend: str) -> str:
    """``name`` if it is a call mode of ``backend``, else raises ``UnknownName``."""
    return known(name, "call mode", call_modes_of(backend))


def known_device(name: str) -> str:
    """``name`` if it is a device, else raises ``UnknownName``."""
    return known(name, "device", DEVICES)


def known(name: str, what: str, names: Iterable[str]) -> str:
    """``name`` if it is one of ``names``, else raises ``UnknownName`` with the nearest."""
    names = list(names)
    if name in names:
        return name
    near = get_close_matches(name, names, n=1)
    hint = f"did you mean {near[0]!r}? " if near else ""
    raise UnknownName(f"unknown {what} {name!r}: {hint}known: {', '.join(names)}")


def _folder() -> Path:
    specification = importlib.util.find_spec(SCENARIOS_PACKAGE)
    if specification is None or not specification.submodule_search_locations:
        raise UnknownName(f"the package {SCENARIOS_PACKAGE!r} is not installed")
    return Path(next(iter(specification.submodule_search_locations)))
