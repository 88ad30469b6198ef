"""The releases of a package between two, as an index has them for a Python."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from packaging.requirements import Requirement
from packaging.version import InvalidVersion, Version

from bench.domain.errors import InvalidValue
from bench.execution.environments import uv
from bench.execution.environments.uv import CannotInstall, DoNotGoTogether, Say


def releases(
    package: str,
    first: str,
    last: str,
    python: str | None = None,
    say: Say = lambda line: None,
) -> list[str]:
    """The versions of ``package`` from ``first`` to ``last``, ascending, without pre-releases.

    ``last`` means all that begin with it: ``3.15`` is 3.15.1 too. ``python`` is the version of the
    Python that they are for. ``say`` is told before the index is asked. Raises ``InvalidValue``
    where a bound is no version, and ``CannotInstall`` where there are fewer than two.
    """
    lowest, highest = _version(first), _version(last)
    *parts, patch = highest.release
    beyond = ".".join(map(str, (*parts, patch + 1)))
    if first == last or lowest >= Version(beyond):
        raise InvalidValue(f"{first} is not before {last}: there is nothing between them")
    wanted = python or ".".join(map(str, sys.version_info[:2]))
    say(f"looking for the releases of {package} ...")
    found = list(_descending(f"{package}>={lowest}", beyond, wanted))
    if len(found) < 2:
        raise CannotInstall(
            f"{package} has fewer than two releases from {first} to {last} for Python {wanted}"
        )
    return found[::-1]


def _descending(oldest: str, beyond: str, python: str) -> Iterator[str]:
    """The newest version before ``beyond``, then the newest before that, and so on."""
    words = ["pip", "compile", "-", "--no-deps", "--no-header", "--no-annotate", "--quiet"]
    words += ["--python-version", python]
    found = 0
    while True:
        try:
            printed = uv.run(words, requirements=f"{oldest},<{beyond}")
        except DoNotGoTogether:
            if not found:
                raise
            return
        (pinned,) = Requirement(printed.strip()).specifier
        yield pinned.version
        beyond, found = pinned.version, found + 1


def _version(text: str) -> Version:
    try:
        return Version(text)
    except InvalidVersion as error:
        raise InvalidValue(f"{text!r} is no version: write one such as 3.0 or 3.15.1") from error
