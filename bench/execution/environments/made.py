"""Environments made of requirements: once each, in a cache of the user's.

An environment is one folder, named after all that it is made of; what it was made of stands in it.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib import metadata
from pathlib import Path

from bench.domain.errors import InvalidValue
from bench.execution.environments import sources, uv
from bench.execution.environments.uv import CannotInstall, DoNotGoTogether, Say
from bench.execution.processes.scratch import new_folder
from bench.planning.requirements import (
    PROVIDERS,
    RequirementSet,
    requirement_set,
    with_backends,
)
from bench.store.files import write_file

RECORD = "keras-bench.json"
"""The file in an environment that says what it was made of; it is written last."""

_KEY_DIGITS = 16


def pythons(
    interpreters: Mapping[str, str | RequirementSet], backends: Sequence[str], say: Say
) -> dict[str, str]:
    """The paths of the Pythons of environments by name, those of requirements made first.

    Raises what ``made`` raises.
    """
    return {
        name: each if isinstance(each, str) else made(name, each, backends, say)
        for name, each in interpreters.items()
    }


def made(name: str, wanted: RequirementSet, backends: Sequence[str], say: Say) -> str:
    """The path of the Python that has what ``wanted`` requires, and ``backends``.

    ``name`` is that of the environment. ``say`` is told when packages are installed. Raises
    ``CannotInstall``.
    """
    try:
        return _made(name, wanted, backends, say)
    except (CannotInstall, OSError) as error:
        told = f"environment {name!r} cannot be made: {error}"
        if isinstance(error, DoNotGoTogether) and wanted.python is None:
            here = ".".join(map(str, sys.version_info[:2]))
            told = f"{told} (this is for Python {here}; python==VERSION names another one)"
        raise CannotInstall(told) from error


def make_again(name: str, python: str, known: Mapping[str, object], say: Say) -> None:
    """Make the environment of the interpreter at the path ``python`` again, if it was made here.

    Nothing is done where it is there. ``known`` is what ``made_of`` said of it. Raises
    ``CannotInstall``, also where it was made of sources that are others now.
    """
    folder = Path(python).parent.parent
    if _is_made(folder) or folder.parent != cache_folder():
        return
    if "requirements" not in known:
        return
    try:
        wanted = requirement_set(str(known["requirements"]))
        digests = {each: sources.digest(where) for each, where in wanted.checkouts.items()}
        for each, digest in digests.items():
            if not str(known.get(f"sources of {each}")).endswith(f", {digest}"):
                raise CannotInstall(f"the sources of {each} are not those of the run")
        folder.parent.mkdir(parents=True, exist_ok=True)
        _make(folder, name, [wanted], digests, say)
    except (CannotInstall, InvalidValue, OSError) as error:
        raise CannotInstall(f"environment {name!r} cannot be made again: {error}") from error


def made_of(python: str) -> dict[str, str]:
    """What the environment of the interpreter at the path ``python`` was made of, if it was here.

    ``requirements``, and ``sources of NAME``: their commit, if any, and digest.
    """
    try:
        record = json.loads((Path(python).parent.parent / RECORD).read_text(encoding="utf-8"))
        found = {f"sources of {name}": str(told) for name, told in record["sources"].items()}
        return {"requirements": str(record["requirements"]), **found}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def cache_folder() -> Path:
    """Where environments are made: below ``XDG_CACHE_HOME``, or ``~/.cache``."""
    home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(home) / "keras-bench" / "environments"


def _made(name: str, wanted: RequirementSet, backends: Sequence[str], say: Say) -> str:
    here = {each: _installed_version(PROVIDERS[each][0]) for each in backends}
    choices = with_backends(wanted, here)
    digests = {each: sources.digest(folder) for each, folder in wanted.checkouts.items()}
    python = wanted.python or ".".join(map(str, sys.version_info[:3]))
    content = [python, digests, [sorted(each.packages) for each in choices]]
    key = hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:_KEY_DIGITS]
    cache = cache_folder()
    cache.mkdir(parents=True, exist_ok=True)
    _make(cache / key, name, choices, digests, say)
    return str(cache / key / "bin" / "python")


def _make(
    folder: Path,
    name: str,
    choices: Sequence[RequirementSet],
    digests: Mapping[str, str],
    say: Say,
) -> None:
    """Make ``folder`` what is called ``name`` unless it was made already.

    ``digests`` are those of the checkouts, which all of ``choices`` have.
    """
    wanted = choices[0]
    with _locked(folder.with_name(f"{folder.name}.lock")):
        if _is_made(folder):
            return
        say(f"environment {name!r}: installing {wanted} ...")
        shutil.rmtree(folder, ignore_errors=True)
        installed = _install(folder, choices, say)
        known = {
            each: f"{sources.commit(where) or 'no commit'}, {digests[each]}"
            for each, where in wanted.checkouts.items()
        }
        record = {"requirements": str(installed), "sources": known}
        write_file(folder / RECORD, json.dumps(record, indent=2).encode())


def _is_made(folder: Path) -> bool:
    """Whether ``folder`` is an environment whose Python is still there, which others may remove."""
    return (folder / RECORD).is_file() and os.access(folder / "bin" / "python", os.X_OK)


def _install(folder: Path, choices: Sequence[RequirementSet], say: Say) -> RequirementSet:
    """Make ``folder`` an environment of the first of ``choices`` that goes together."""
    uv.run(["venv", "--python", choices[0].python or sys.executable, str(folder)], say)
    copies = []
    for name, where in choices[0].checkouts.items():
        copy = new_folder("sources") / name
        sources.copy(where, copy)
        copies.append(f"{name} @ {copy.as_uri()}")
    words = ["pip", "install", "--compile-bytecode", "--python", str(folder / "bin" / "python")]
    if _means_releases(choices[0]):
        constraints = folder / "constraints.txt"
        constraints.write_text("keras-nightly<0\n", encoding="utf-8")
        words += ["-c", str(constraints)]
    *sooner, last = choices
    for choice in sooner:
        try:
            uv.run([*words, *choice.packages, *copies], say)
        except DoNotGoTogether:
            continue
        return choice
    uv.run([*words, *last.packages, *copies], say)
    return last


def _means_releases(wanted: RequirementSet) -> bool:
    """Whether Keras is ``wanted`` and no nightly build of anything.

    Pre-releases of TensorFlow bring keras-nightly, whose files take the place of those of Keras.
    """
    return "keras" in wanted.names and not any("nightly" in each for each in wanted.names)


def _installed_version(package: str) -> str | None:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """While this lasts no other process makes what ``path`` is the lock of."""
    with path.open("w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
