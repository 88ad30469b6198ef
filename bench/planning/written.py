"""How values are written in options: lists, durations, sizes, percentages, arms.

Each function takes what a user wrote and raises ``InvalidValue`` in one line when it is not that.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from bench.domain.design.validity import MOST
from bench.domain.errors import InvalidScenario, InvalidValue
from bench.domain.names import PLACEBO, check_name, shortened
from bench.domain.scenario import Arm, arm_from
from bench.planning.requirements import RequirementSet, requirement_set

_LONG = 100
"""Characters of a whole number that is too large, whatever it is."""

_LARGEST = 1e15
"""The largest quantity: a petabyte, or thirty million years."""

_DURATION = {"": 1.0, "s": 1.0, "m": 60.0, "h": 3600.0}
_SIZE = {"": 1.0, "K": 2.0**10, "M": 2.0**20, "G": 2.0**30, "T": 2.0**40}


def names(text: str) -> tuple[str, ...]:
    """Words with commas between them, each once; a comma between parentheses belongs to a word."""
    words = tuple(word.strip() for word in _split(text))
    if not all(words):
        raise _invalid(
            text, "is not a list of names: write them with commas between them", "mlp,cnn"
        )
    return tuple(dict.fromkeys(words))


def _split(text: str) -> Iterator[str]:
    """The parts of ``text`` between its commas, but for those within brackets or quotes."""
    depth, quote, begin, is_escaped = 0, "", 0, False
    for place, each in enumerate(text):
        if is_escaped:
            is_escaped = False
        elif quote:
            is_escaped = each == "\\"
            quote = "" if each == quote else quote
        elif each in "\"'" and depth:
            quote = each
        elif each in "([{":
            depth += 1
        elif each in ")]}":
            depth = max(depth - 1, 0)
        elif each == "," and not depth:
            yield text[begin:place]
            begin = place + 1
    yield text[begin:]


def counts(text: str, what: str, example: str) -> tuple[int, ...]:
    """Whole numbers from 1 with commas between them, in ascending order, each once."""
    found = []
    for word in text.split(","):
        if not re.fullmatch(r"\s*[+-]?\d+\s*", word):
            raise _invalid(text, f"is not a list of {what}s: write whole numbers from 1", example)
        # Python does not read numbers of thousands of digits.
        found.append(int(word) if len(word) < _LONG else MOST + 1)
    if min(found) < 1:
        raise _invalid(text, f"has a {what} below 1: write whole numbers from 1", example)
    if max(found) > MOST:
        raise _invalid(text, f"has a {what} above {MOST:,}", example)
    return tuple(sorted(set(found)))


def layer_counts(text: str) -> tuple[int, ...]:
    """Depths, in ascending order, each once."""
    return counts(text, "layer count", "4,16,64")


def parse_duration(text: str) -> float:
    """Seconds, from a number above 0 and a unit or none: ``90s``, ``10m``, ``1h``."""
    return _quantity(text, "duration", _DURATION, "90s, 10m or 1h")


def size(text: str) -> float:
    """Bytes, from a number above 0 and a unit or none: ``512M``, ``4G``."""
    return _quantity(text, "size", _SIZE, "512M or 4G")


def percentage(text: str) -> float:
    """A part of 1, from a percentage above 0: ``5%``."""
    return _quantity(text, "percentage", {"%": 0.01}, "5%")


def named_arm(text: str) -> tuple[str, Arm]:
    """An arm and its name, from ``NAME=MODULE:FUNCTION`` and ``(name=value, …)`` or nothing."""
    example = "mine=my_package.models:build"
    name, separator, builder = text.partition("=")
    name = name.strip()
    if not separator or not name:
        raise _invalid(text, "does not name an arm: write NAME=MODULE:FUNCTION", example)
    if name == PLACEBO:
        why = f"cannot be: {PLACEBO!r} is the suite's own copy of the baseline"
        raise _invalid(text, why, example)
    check_name(name, "arm")
    try:
        return name, arm_from(builder.strip())
    except InvalidScenario as error:
        raise InvalidValue(f"arm {name!r}: {error}") from error


def named_interpreter(text: str) -> tuple[str, str | RequirementSet]:
    """An environment and its interpreter, from ``NAME=PATH`` or ``NAME=REQUIREMENTS``."""
    name, separator, wanted = (part.strip() for part in text.partition("="))
    if not separator or not name or not wanted:
        example = "keras3=/venvs/keras3/bin/python or keras3=keras==3.10"
        raise _invalid(
            text, "does not name an interpreter: write NAME=PATH or NAME=REQUIREMENTS", example
        )
    check_name(name, "environment")
    return name, interpreter(wanted)


def interpreter(text: str) -> str | RequirementSet:
    """The absolute path of a Python, or what is to be installed in place of one.

    A path without a folder is looked for as a shell does. Links stay: in a virtual environment,
    they say which one it is. Raises ``InvalidValue`` where ``text`` is neither.
    """
    found = shutil.which(text) if os.sep not in text else None
    path = Path(found or text).expanduser()
    return str(path.absolute()) if path.is_file() else requirement_set(text)


def interpreters(
    named: Iterable[tuple[str, str | RequirementSet]],
) -> dict[str, str | RequirementSet]:
    """``named`` by environment. Raises ``InvalidValue`` where a name is given twice."""
    found: dict[str, str | RequirementSet] = {}
    for name, each in named:
        if name in found:
            raise InvalidValue(f"environment {name!r} is named twice: give each another name")
        found[name] = each
    return found


def _quantity(text: str, what: str, units: Mapping[str, float], example: str) -> float:
    match = re.fullmatch(r"(\d+(?:\.\d+)?)([A-Za-z%]?)", text.strip())
    if not match or match.group(2) not in units or not float(match.group(1)):
        named = ", ".join(unit or "none" for unit in units)
        raise _invalid(
            text, f"is not a {what}: write a number above 0 and a unit ({named})", example
        )
    value = float(match.group(1)) * units[match.group(2)]
    if not value <= _LARGEST:
        raise _invalid(text, f"is too large a {what}", example)
    return value


def _invalid(text: str, why: str, example: str) -> InvalidValue:
    return InvalidValue(f"{shortened(text)!r} {why}, for example {example}")
