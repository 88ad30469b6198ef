"""What an error says, in one line.

Frameworks wrap the messages of errors in pages about themselves: what is told is the line within
that says something.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from bench.domain.words import printable

LONGEST = 500
"""Characters of a message."""

NAMED_FILE = re.compile(r'File "(?P<file>[^"]+)", line (?P<line>\d+)')
"""A place in code as Python writes it."""

_CALLING = re.compile(r"Exception encountered when calling (?P<what>.+?)\.?$")
_ARGUMENTS = re.compile(r"(Call a|A)rguments received by ")
_RAISED = re.compile(r"(?P<name>(?:\w+\.)*\w+): ")
_NODES = re.compile(r"\{\{(?:function_)?node [^}]*\}\}\s*|\s*\[\[.*?\]\]|\s*\[Op:\w+\](?: name:)?")
_ADDRESS = re.compile(r"0x[0-9a-f]{6,}")

_ENCOUNTERED = re.compile(r"Exception encountered: (?P<what>.+)")
_ENCOUNTERED_BELOW = re.compile(r"(Error|Exception) encountered:$")


def text_of(error: BaseException) -> str:
    """The message of ``error``; empty for one that raises another when it is asked for it."""
    try:
        return str(error)
    except BaseException:
        return ""


def message_of(error: BaseException) -> str:
    """The line of the message of ``error`` that says something."""
    lines = [_NODES.sub("", printable(line)).strip() for line in text_of(error).splitlines()]
    text = _unwrapped([line for line in lines if line.strip("`")], type(error).__name__)
    text = _ADDRESS.sub("0x...", text)
    within = getattr(error, "exceptions", None)
    if isinstance(within, tuple) and within and isinstance(within[0], BaseException):
        text = f"{text}, the first {described(within[0])}"
    return (text if len(text) <= LONGEST else f"{text[:LONGEST]} ...") or "no message"


def _unwrapped(lines: Sequence[str], name: str) -> str:
    where = ""
    within = [n for n, line in enumerate(lines) if _ENCOUNTERED.match(line)]
    if within:
        lines = [_ENCOUNTERED.sub(r"\g<what>", lines[within[-1]]), *lines[within[-1] + 1 :]]
    above = [n for n, line in enumerate(lines[:-1]) if _ENCOUNTERED_BELOW.search(line)]
    if above:
        lines = lines[above[-1] + 1 :]
    while lines:
        first = lines[0]
        calling = _CALLING.match(first)
        if first == "in user code:":
            lines = _after_files(lines[1:])
        elif first.startswith("Graph execution error:"):
            detected = [n for n, line in enumerate(lines) if line.startswith(("File ", "<stack"))]
            lines = lines[max(detected, default=0) + 1 :]
        elif calling and len(lines) > 1:
            where = where or f" (calling {calling['what']})"
            arguments = [n for n, line in enumerate(lines) if _ARGUMENTS.match(line)]
            lines = lines[1 : min(arguments, default=len(lines))]
        elif (raised := _RAISED.match(first)) and raised["name"].split(".")[-1] == name:
            lines = [first[raised.end() :], *lines[1:]]
        else:
            break
    if not lines:
        return where.strip()
    goes_on = lines[0].endswith(":") and len(lines) > 1
    return f"{lines[0]} {lines[1]}{where}" if goes_on else f"{lines[0]}{where}"


def _after_files(lines: Sequence[str]) -> Sequence[str]:
    """``lines`` after those that name files, each of which has its code below it."""
    named = [number for number, line in enumerate(lines) if NAMED_FILE.match(line)]
    return lines[max(named) + 2 :] if named else lines


def described(error: BaseException) -> str:
    """``ValueError: no such luck``."""
    return f"{type(error).__name__}: {message_of(error)}"
