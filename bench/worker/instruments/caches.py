"""Puts a core into the same state before every phase, whatever has just run there."""

from __future__ import annotations

import random

_OBJECTS = 60_000
"""So many objects, with the places that refer to them, are several megabytes: as much as a phase
reads again and again, and more than the second-level cache of a core holds."""


class _Thing:
    __slots__ = ("value",)

    def __init__(self, value: int) -> None:
        self.value = value


class CacheWalk:
    """Reads objects of its own in random order, as an interpreter does that runs other code.

    What a phase has left in the caches gives way. A walk takes a fraction of a millisecond, goes on
    where the last one ended, and makes no objects.
    """

    def __init__(self) -> None:
        things = [_Thing(number) for number in range(_OBJECTS)]
        random.Random(1).shuffle(things)
        self._parts = [things[start : start + 4_000] for start in range(0, _OBJECTS, 4_000)]
        self._next = 0

    def __call__(self) -> None:
        any(thing.value < 0 for thing in self._parts[self._next])
        self._next = (self._next + 1) % len(self._parts)
