"""Finds scenarios and architectures by name, without importing what only a worker may import."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from bench.domain.errors import UnknownName
from bench.domain.names import check_name, shortened
from bench.domain.phases import CALL_MODES, call_modes_of
from bench.domain.scenario import Scenario, called, check_reference
from bench.domain.suite import Suite
from bench.planning import scenario_files

ARCHITECTURES_MODULE = "scenarios.architectures"
_ARCHITECTURES = scenario_files.SUITE_FOLDER / "architectures.py"
DEVICES = ("cpu", "gpu")
_NUMBERED = re.compile(r"gpu:\d{1,3}")

_LONGEST_ARCHITECTURE = 200


def scenarios() -> Mapping[str, Scenario]:
    """Every scenario of the suite, by name. Raises ``InvalidScenario`` when a file is broken."""
    return scenario_files.suite_scenarios()


def suite() -> Suite:
    """What commands use where their user names no scenario."""
    return scenario_files.suite()


def claims() -> Mapping[str, str]:
    """The module of each claim of the suite → what is claimed, in the order of the package."""
    package = scenario_files.suite().claims
    folder = scenario_files.SUITE_FOLDER / package.rpartition(".")[2]
    names = _constant(folder / "__init__.py", "CLAIMS")
    return {f"{package}.{name}": _constant(folder / f"{name}.py", "CLAIM") for name in names}


def architectures() -> Mapping[str, str]:
    """Name of each architecture of the suite → the first line of its description."""
    tree = ast.parse(_ARCHITECTURES.read_text(encoding="utf-8"))
    return {
        node.name: (ast.get_docstring(node) or "").split("\n")[0]
        for node in tree.body
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
    }


def takes_depth(architecture: str) -> bool | None:
    """Whether an architecture of the suite takes a depth; None of others, where it is not known."""
    name = architecture.partition("(")[0]
    for node in ast.parse(_ARCHITECTURES.read_text(encoding="utf-8")).body:
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


def known_call_mode(name: str, backends: Sequence[str]) -> str:
    """``name`` if it is a call mode of ``backends``, else raises ``UnknownName``."""
    what = "call mode of several backends" if len(backends) > 1 else "call mode"
    return known(name, what, call_modes_of(*backends))


def known_backend(name: str) -> str:
    """``name`` if it is a backend of Keras, else raises ``UnknownName``."""
    return known(name, "backend", CALL_MODES)


def known_device(name: str) -> str:
    """``name`` if it is a device or, as ``gpu:1``, one of several; else raises ``UnknownName``."""
    return name if _NUMBERED.fullmatch(name) else known(name, "device", DEVICES)


def known(name: str, what: str, names: Iterable[str]) -> str:
    """``name`` if it is one of ``names``, else raises ``UnknownName`` with the nearest."""
    names = list(names)
    if name in names:
        return name
    near = get_close_matches(name, names, n=1)
    hint = f"did you mean {near[0]!r}? " if near else ""
    raise UnknownName(f"unknown {what} {shortened(name)!r}: {hint}known: {', '.join(names)}")


def _constant(path: Path, name: str) -> Any:
    """The value of a constant at the top of a file that only a worker may import."""
    for statement in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(statement, ast.Assign) and any(
            isinstance(target, ast.Name) and target.id == name for target in statement.targets
        ):
            return ast.literal_eval(statement.value)
    raise UnknownName(f"{path} has no {name}")
