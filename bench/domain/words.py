"""Words of messages that every floor writes."""

from __future__ import annotations


def pluralise(number: int, noun: str) -> str:
    """``1 round``, ``2 rounds``."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
