"""Names that users give: what they may be, and how files are named after them.

A name may hold a path, markup, or letters of any script. ``check_name`` is called where one enters,
``slug`` where a file, a folder or a run of TensorBoard is named after it; how panels and cells are
shown is in ``bench.domain.labels``. Scenario files check names: this needs the standard library
only.
"""

from __future__ import annotations

import hashlib
import re

from bench.domain.errors import InvalidName

PLACEBO = "placebo"
"""The name of the second copy of the baseline, which every scenario is given."""

LONGEST_NAME = 64
"""Characters of a name."""

LONGEST_SHOWN = 80
"""Characters of what a user typed, as messages repeat it."""

LONGEST_LOCATION = 400
"""The same of paths, and of commands that are to be typed again: cut off, they lead nowhere."""

LONGEST_SLUG = 80
"""Bytes of a slug: with a suffix and an ending it fits the 255 bytes of a file's name."""

_HASH_DIGITS = 8
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")
_HASHED = re.compile(rf"-[0-9a-f]{{{_HASH_DIGITS}}}$")


def check_name(text: str, what: str, longest: int = LONGEST_NAME) -> str:
    """``text`` if it can name ``what``: 1 to ``longest`` printable characters, no blank at an end.

    ``what`` is the kind of thing that is named ("arm"). Raises ``InvalidName`` in one line.
    """
    shown = shortened(ascii(text))
    if not text:
        raise InvalidName(f"the name of the {what} is empty: give it 1 to {longest} characters")
    if len(text) > longest:
        raise InvalidName(
            f"the {what} {shown} has a name of {len(text)} characters: {longest} is the most"
        )
    if not text.isprintable():
        raise InvalidName(
            f"the {what} {shown} has a character in its name that cannot be printed: "
            "use letters, digits, punctuation and spaces"
        )
    if text != text.strip():
        raise InvalidName(f"the {what} {shown} has a blank at an end of its name: remove it")
    return text


def shortened(text: str, longest: int = LONGEST_SHOWN) -> str:
    """``text`` as it is repeated in a message: its first characters, where there are more."""
    return text if len(text) <= longest else f"{text[:longest]}..."


def slug(*parts: str | int | None) -> str:
    """A name for a file or a run of TensorBoard that holds ``parts``, those that are None left out.

    It has 1 to ``LONGEST_SLUG`` bytes of ASCII letters, digits, ``.``, ``_`` and ``-``, and begins
    with none of ``.`` and ``-``. Distinct parts, as many of them, have distinct slugs, on file
    systems that ignore case too: a hash is appended where a character is replaced, where letters
    are capitals, and where the bounds of the parts are not visible.
    """
    given = [str(part) for part in parts if part is not None and part != ""]
    joined = "-".join(given)
    safe = _UNSAFE.sub("_", joined)
    safe = f"_{safe[1:]}" if safe[:1] in (".", "-") else safe or "_"
    is_plain = (
        safe == joined.lower()
        and len(safe) <= LONGEST_SLUG
        and not _HASHED.search(safe)
        and (len(given) == 1 or not any("-" in part for part in given))
    )
    if is_plain:
        return safe
    content = "\0".join(given).encode("utf-8", "surrogatepass")
    digest = hashlib.sha256(content).hexdigest()[:_HASH_DIGITS]
    return f"{safe[: LONGEST_SLUG - _HASH_DIGITS - 1]}-{digest}"
