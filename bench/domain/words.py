"""Words of messages that every floor writes.

The worker uses them too: needs nothing but the standard library, Python 3.9 or later.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

_ESCAPES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|.)", re.DOTALL)


def pluralise(number: int, noun: str) -> str:
    """``1 round``, ``2 rounds``."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def listing(names: Iterable[str]) -> str:
    """``a, b and c``."""
    *most, last = names
    return f"{', '.join(most)} and {last}" if most else last


def storable(text: str) -> str:
    """``text`` as UTF-8 can hold it: bytes of a path or variable that are none are escaped."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def without_controls(text: str) -> str:
    """``text`` in its lines, without the colours and control characters that a terminal obeys."""
    if text.isprintable():
        return text
    plain = _ESCAPES.sub("", text).replace("\t", " ")
    return "".join(each for each in plain if each == "\n" or unicodedata.category(each)[0] != "C")


def printable(text: str) -> str:
    """The same in one line."""
    return " ".join(without_controls(text.replace("\r", "\n")).split())
