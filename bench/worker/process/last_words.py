"""What the log of a process says of its end, among all that frameworks print."""

from __future__ import annotations

import re

from bench.domain.words import printable
from bench.worker.linux.files import tail_of

_READ_BYTES = 1 << 16

_STAMP = (
    r"(?:\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+: LEVEL "
    r"|LEVEL\d{4} \d\d:\d\d:\d+\.\d+ +\d+ )(?:\S+:\d+\] )?"
)
_CHATTER = re.compile(
    _STAMP.replace("LEVEL", "[IW]") + r"|WARNING: All log messages before absl"
    r"|To enable the following instructions|To enable them in other operations"
    r"|\*\*\* |Fatal Python error: Aborted|Extension modules: |Current thread |Thread 0x"
    r"|.*\bfailed call to cuInit|.*\bUnable to register cu\w+ factory"
    r"|\s+@ +0x|\s+File \"|\s*[~^]+\s*$"
)
_FATAL = re.compile(_STAMP.replace("LEVEL", "F"))
_ERROR = re.compile(_STAMP.replace("LEVEL", "E"))


def last_words(log: str) -> str:
    """The line of ``log`` that says how its process ended; empty where none does.

    That is the last fatal message of the framework, or else the last line that is none of the
    framework's notices.
    """
    lines = [line for line in log.splitlines() if printable(line)]
    fatal = [line for line in lines if _FATAL.match(line)]
    if fatal:
        return printable(_FATAL.sub("", fatal[-1], count=1))
    told = (line for line in reversed(lines) if not _CHATTER.match(line))
    # The time and the process would make equal words differ.
    return printable(_ERROR.sub("", next(told, ""), count=1))


def last_words_of(path: str) -> str:
    """The same for the log in the file at ``path``; empty where there is none."""
    return last_words(tail_of(path, _READ_BYTES).decode(errors="replace"))
