"""Names of any kind: one is refused in a line, or it names a file in its folder and no other."""

from __future__ import annotations

import random
import sys
from pathlib import PurePosixPath

from bench.domain.errors import InvalidName
from bench.domain.names import LONGEST_SLUG, check_name, slug
from tests.torture.campaign import Wrong

ALPHABETS = (
    "abcXYZ019",
    "._-/\\:|<>*?\"' %$&{}[]()#~",
    "\x00\x07\t\n\r\x1b\x7f",
    "\u00e9\u0416\u05d0\u4e2d\u200b\u202e\u2066\ufeff",
    "\U0001f525\U0010ffff\ud800\udcff",
)
WHOLE = ("", ".", "..", "con", "NUL", "latest", "placebo", "-rf", "~", "/etc/passwd", "../../x")


class Names:
    """Trials that remember which slugs were given to which names."""

    def __init__(self) -> None:
        self._given: dict[str, tuple[str, ...]] = {}

    def trial(self, generator: random.Random) -> str:
        """Make a slug of one to three names, of which each is checked as an arm's."""
        parts = tuple(_name(generator) for _ in range(generator.randint(1, 3)))
        for part in parts:
            try:
                check_name(part, "arm")
            except InvalidName as error:
                if "\n" in str(error) or len(str(error)) > 500 or not str(error).isprintable():
                    raise Wrong(f"{parts!a}: {str(error)!a}") from error
        made = slug(*parts)
        path = PurePosixPath("run", made)
        if path.parent.name != "run" or path.name != made or made.startswith((".", "-")):
            raise Wrong(f"{parts!a}: {made!a} leaves its folder")
        if not made.isascii() or not 1 <= len(made.encode()) <= LONGEST_SLUG:
            raise Wrong(f"{parts!a}: {made!a} cannot be a name everywhere")
        known = self._given.setdefault(made.lower(), _significant(parts))
        if known != _significant(parts):
            raise Wrong(f"{parts!a} and {known!a} are both {made!a}")
        return "refused" if any(not _is_good(part) for part in parts) else "named"


def _significant(parts: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(part for part in parts if part)


def _is_good(name: str) -> bool:
    try:
        check_name(name, "arm")
    except InvalidName:
        return False
    return True


def _name(generator: random.Random) -> str:
    if generator.random() < 0.1:
        return generator.choice(WHOLE)
    letters = generator.choice((*ALPHABETS, "".join(ALPHABETS), ALPHABETS[0]))
    length = generator.choice((1, 2, 3, 8, 60, 64, 65, 300))
    if generator.random() < 0.05:
        return "".join(chr(generator.randrange(sys.maxunicode + 1)) for _ in range(length))
    return "".join(generator.choice(letters) for _ in range(length))
