"""Scenario files: the suite's own, which lie next to this package, and those of users.

Both are imported by their path: a package ``scenarios`` of the user's takes no part in it.
"""

from __future__ import annotations

import ast
import importlib.util
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, redirect_stdout, suppress
from pathlib import Path
from types import ModuleType

from bench.domain.errors import BenchError, InvalidScenario
from bench.domain.scenario import Scenario
from bench.domain.suite import Suite
from bench.domain.words import printable

SUITE_FOLDER = Path(__file__).resolve().parents[2] / "scenarios"
"""The folder of the suite's own scenario files, of the same installation as this module."""


def suite() -> Suite:
    """What commands use where their user names no scenario."""
    declared = _imported(SUITE_FOLDER / "suite.py").suite
    assert isinstance(declared, Suite)
    return declared


def suite_scenarios() -> Mapping[str, Scenario]:
    """Every scenario of the suite, by its variable's name.

    Of the files in its folder, those that import ``bench`` declare scenarios; the others hold what
    is measured, and import a framework. Raises ``InvalidScenario`` when a file cannot be imported.
    """
    found: dict[str, Scenario] = {}
    for path in sorted(SUITE_FOLDER.glob("*.py")):
        if _imports_bench(_syntax(path)):
            found.update(scenarios_in(vars(_imported(path))))
    return found


def scenarios_of(path: Path) -> Mapping[str, Scenario]:
    """Every scenario that a user's own file defines, by its variable's name.

    Raises ``InvalidScenario`` when it cannot be read or imported, or defines none.
    """
    if not path.is_file():
        raise InvalidScenario(f"there is no file {path}")
    before = list(sys.path)
    sys.path.insert(0, str(path.parent.resolve()))
    try:
        found = scenarios_in(vars(_imported(path)))
    finally:
        sys.path[:] = before
    if not found:
        raise InvalidScenario(f"{path} defines no Scenario; bench new writes a file that does")
    return found


def scenarios_in(names: Mapping[str, object]) -> Mapping[str, Scenario]:
    """The scenarios among a module's ``names``."""
    return {name: value for name, value in names.items() if isinstance(value, Scenario)}


def looks_like_scenarios(path: Path) -> bool:
    """Whether the Python file at ``path`` seems to declare scenarios; imports nothing.

    It does when it imports ``bench`` and calls ``Scenario`` at its top level. For those who must
    choose files without importing them, as pytest does. Raises ``InvalidScenario`` when the file is
    not Python.
    """
    tree = _syntax(path)
    return _imports_bench(tree) and any(
        isinstance(statement, (ast.Assign, ast.AnnAssign))
        and isinstance(statement.value, ast.Call)
        and _last_name(statement.value.func) == Scenario.__name__
        for statement in tree.body
    )


def _imported(path: Path) -> ModuleType:
    """The module at ``path``, imported from there whatever else has its name."""
    name = f"_bench_scenarios_{path.stem}"
    specification = importlib.util.spec_from_file_location(name, path)
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    sys.modules[name] = module
    try:
        with _silent_standard_output():
            specification.loader.exec_module(module)
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        raise _refused(path, error) from error
    finally:
        del sys.modules[name]
    return module


@contextmanager
def _silent_standard_output() -> Iterator[None]:
    """What is printed while this is open, by whatever means, is on standard error.

    What a command answers is on standard output, and nothing else.
    """
    with redirect_stdout(sys.stderr), ExitStack() as restored:
        # Where one of them is closed, nothing can reach it.
        with suppress(OSError):
            if sys.__stdout__ is not None:
                sys.__stdout__.flush()
            kept = os.dup(1)
            restored.callback(os.close, kept)
            restored.callback(os.dup2, kept, 1)
            os.dup2(2, 1)
        yield


def _syntax(path: Path) -> ast.Module:
    try:
        return ast.parse(path.read_bytes(), filename=path.name)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise _refused(path, error) from error


def _refused(path: Path, error: BaseException) -> InvalidScenario:
    """What is said of the file at ``path``, which raised ``error``, in one line."""
    try:
        text = printable(str(error))
    except Exception:
        text = "its message cannot be read"
    said = [text] if isinstance(error, BenchError) else [type(error).__name__, text]
    return InvalidScenario(": ".join([printable(path.name), *filter(None, said)]))


def _imports_bench(tree: ast.Module) -> bool:
    names = [
        name
        for statement in tree.body
        for name in (
            [each.name for each in statement.names]
            if isinstance(statement, ast.Import)
            else [statement.module or ""]
            if isinstance(statement, ast.ImportFrom)
            else []
        )
    ]
    return any(name.split(".")[0] == "bench" for name in names)


def _last_name(function: ast.expr) -> str | None:
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else None
