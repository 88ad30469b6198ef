"""What fields of scenario files hold: nothing is said wrong that is only written in another way.

A file is Python, which checks no types: a text in place of a list is a list of its letters.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from numbers import Integral, Real

from bench.domain.errors import InvalidScenario
from bench.domain.names import shortened


def check_text(field: str, value: object) -> None:
    """Raises ``InvalidScenario`` when ``value`` of ``field`` is no text."""
    if not isinstance(value, str):
        raise InvalidScenario(f"{field} is a text, and not {_shown(value)}")


def check_texts(field: str, values: object) -> None:
    """Raises ``InvalidScenario`` when ``values`` of ``field`` are no list of texts."""
    if isinstance(values, str):
        raise InvalidScenario(f"{field} is a list: write {field}=[{shortened(values)!r}]")
    if not _is_list(values, str):
        raise InvalidScenario(f"{field} is a list of texts, and not {_shown(values)}")


def check_whole_numbers(field: str, values: object) -> None:
    """Raises ``InvalidScenario`` when ``values`` of ``field`` are no list of whole numbers."""
    if not _is_list(values, Integral):
        raise InvalidScenario(f"{field} is a list of whole numbers, and not {_shown(values)}")


def check_positive(field: str, value: object) -> None:
    """Raises ``InvalidScenario`` when ``value`` of ``field`` is no number above 0."""
    is_number = isinstance(value, Real) and not isinstance(value, bool)
    if not is_number or not 0 < float(value) < math.inf:  # type: ignore[arg-type]
        raise InvalidScenario(f"{field} is a number above 0, and not {_shown(value)}")


def check_named(field: str, values: object, kind: type | tuple[type, ...], example: str) -> None:
    """Raises ``InvalidScenario`` unless ``values`` of ``field`` map names to values of a ``kind``.

    ``example`` is how one is written.
    """
    is_named = isinstance(values, Mapping) and all(
        isinstance(name, str) and isinstance(each, kind) for name, each in values.items()
    )
    if not is_named:
        raise InvalidScenario(f"{field} is a dictionary by name: write {field}={{{example}}}")


def check_kind(field: str, value: object, kind: type) -> None:
    """Raises ``InvalidScenario`` when ``value`` of ``field`` is neither None nor of a ``kind``."""
    if value is not None and not isinstance(value, kind):
        raise InvalidScenario(f"{field} is a {kind.__name__} or None, and not {_shown(value)}")


def _is_list(values: object, kind: type) -> bool:
    return (
        isinstance(values, Sequence)
        and not isinstance(values, (str, bytes))
        and all(isinstance(each, kind) and not isinstance(each, bool) for each in values)
    )


def _shown(value: object) -> str:
    return shortened(ascii(value))


def check_plain(name: str, value: object) -> None:
    """Raise ``InvalidScenario`` unless ``value``, of the argument ``name``, can be stored as it is.

    It can be what JSON has: text, numbers of 64 bits, lists, and dictionaries with text as keys.
    """
    try:
        problem = _not_plain(value)
    except RecursionError:
        problem = "it is too deep"
    if problem:
        raise InvalidScenario(f"the argument {name!r} is no plain value: {problem}")


def _not_plain(value: object) -> str | None:
    """What of ``value`` JSON does not have, or not as it is; None where there is nothing."""
    if value is None or isinstance(value, bool):
        return None
    if isinstance(value, str):
        return None if _is_whole(value) else "it has half a letter"
    if isinstance(value, int):
        return None if -_BEYOND <= value < _BEYOND else "a number does not fit into 64 bits"
    if isinstance(value, float):
        return None if math.isfinite(value) else f"{value} is not stored as a number"
    if isinstance(value, (list, tuple)):
        return next(filter(None, map(_not_plain, value)), None)
    if isinstance(value, dict):
        if not all(isinstance(key, str) and _is_whole(key) for key in value):
            return "a key of a dictionary is no text"
        return next(filter(None, map(_not_plain, value.values())), None)
    return f"a {type(value).__name__} cannot be stored"


def _is_whole(text: str) -> bool:
    """Whether ``text`` has no half of a surrogate pair, which can be stored nowhere."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


_BEYOND = 1 << 63
"""Whole numbers are stored in 64 bits, one of which is the sign."""
