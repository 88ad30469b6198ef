"""What an environment is made of, where a user writes requirements in place of a Python's path.

``keras==3.10 tensorflow==2.19`` and ``keras@../keras``: words as ``pip install`` takes them, and
folders with the sources of a package. ``python==3.11`` names the Python.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from bench.domain.errors import InvalidValue
from bench.domain.names import shortened
from bench.domain.phases import JAX, TENSORFLOW, TORCH

EXAMPLE = "for example keras==3.10, keras@FOLDER or 'keras==2.15 python==3.11'"

PROVIDERS: Mapping[str, tuple[str, ...]] = {
    TENSORFLOW: (
        "tensorflow",
        "tensorflow-cpu",
        "tf-nightly",
        "tf-nightly-cpu",
        "intel-tensorflow",
    ),
    JAX: ("jax",),
    TORCH: ("torch",),
}
"""The packages that bring a backend."""

PYTHON = "python"


@dataclass(frozen=True)
class RequirementSet:
    """Packages to install, as users write them.

    ``packages`` are requirements in the words of PEP 508. ``checkouts`` are the folders of packages
    that are installed from sources, by name. ``python`` is a version or a range of versions, by
    default that of the suite's own Python.
    """

    packages: tuple[str, ...] = ()
    checkouts: Mapping[str, Path] = field(default_factory=dict)
    python: str | None = None

    @property
    def names(self) -> frozenset[str]:
        """The names of all packages, as an index writes them."""
        named = {canonicalize_name(Requirement(each).name) for each in self.packages}
        return frozenset(named | set(self.checkouts))

    def __str__(self) -> str:
        checkouts = (f"{name}@{folder}" for name, folder in self.checkouts.items())
        python = () if self.python is None else (f"{PYTHON}{_as_specifier(self.python)}",)
        return shlex.join((*self.packages, *checkouts, *python))


def requirement_set(text: str) -> RequirementSet:
    """What ``text`` requires: words between blanks, with commas or without, quoted as for a shell.

    Raises ``InvalidValue`` where a word is no requirement, says nothing about the version, names a
    folder without a package, or names a package again.
    """
    packages: dict[str, str] = {}
    checkouts: dict[str, Path] = {}
    python = None
    for word in _words(text):
        name, at, where = word.partition("@")
        if at and "://" not in where:
            checkouts[_new(canonicalize_name(name), checkouts, packages)] = _checkout(word, where)
            continue
        requirement = _requirement(word)
        name = _new(canonicalize_name(requirement.name), checkouts, packages)
        if name == PYTHON:
            if python is not None:
                raise InvalidValue(f"{PYTHON} is required twice: write it once")
            python = str(requirement.specifier).removeprefix("==")
        else:
            packages[name] = f"{requirement.name} @ {requirement.url}" if requirement.url else word
    if not packages and not checkouts:
        raise InvalidValue(f"{_quoted(text)} requires no package: write some, {EXAMPLE}")
    return RequirementSet(tuple(packages.values()), checkouts, python)


def with_backends(
    wanted: RequirementSet, installed: Mapping[str, str | None]
) -> tuple[RequirementSet, ...]:
    """``wanted`` with the packages of backends, as it is to be installed: what comes first.

    ``installed`` maps the backends to their versions here, if any. What brings a backend and is
    named in the set stays as it is. Any other has the version from here, so that environments
    differ in what was asked for alone; where these do not go together, the newest that do.
    """
    lacking = {
        PROVIDERS[backend][0]: version
        for backend, version in installed.items()
        if not wanted.names & set(PROVIDERS[backend])
    }
    as_here = [
        name if version is None else f"{name}=={version}" for name, version in lacking.items()
    ]
    needed = dict.fromkeys([tuple(as_here), tuple(lacking)])
    return tuple(replace(wanted, packages=(*wanted.packages, *each)) for each in needed)


def _words(text: str) -> list[str]:
    try:
        return [word.rstrip(",") for word in shlex.split(text)]
    except ValueError as error:
        raise InvalidValue(f"{_quoted(text)} has a quotation mark too many or too few") from error


def _requirement(word: str) -> Requirement:
    try:
        found = Requirement(word)
    except InvalidRequirement as error:
        raise InvalidValue(
            f"{_quoted(word)} is neither the path of a Python nor a requirement: write {EXAMPLE}"
        ) from error
    if not found.url and not found.specifier:
        raise InvalidValue(
            f"{_quoted(word)} is neither the path of a Python nor a requirement with a version: "
            f"write {EXAMPLE}"
        )
    return found


def _checkout(word: str, where: str) -> Path:
    folder = Path(where).expanduser()
    if not any((folder / file).is_file() for file in ("pyproject.toml", "setup.py")):
        raise InvalidValue(
            f"{_quoted(word)} names no folder with a pyproject.toml or setup.py to install from"
        )
    return folder.resolve()


def _new(name: str, *known: Mapping[str, object]) -> str:
    if any(name in each for each in known):
        raise InvalidValue(f"{_quoted(name)} is required twice: name each package once")
    return name


def _as_specifier(version: str) -> str:
    return version if version[:1] in "<>=!~" else f"=={version}"


def _quoted(text: str) -> str:
    return ascii(shortened(text))
