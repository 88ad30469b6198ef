"""How the values of the plugin's options are written."""

from __future__ import annotations

import argparse


def whole_number(text: str) -> int:
    """A whole number from 1; raises ``ArgumentTypeError``."""
    try:
        number = int(text)
    except ValueError:
        number = 0
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number from 1")
    return number


def seconds(text: str) -> float:
    """A number of seconds above 0; raises ``ArgumentTypeError``."""
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not 0 < number < float("inf"):
        raise argparse.ArgumentTypeError(f"{text!r} is no number of seconds above 0")
    return number


def names(text: str) -> tuple[str, ...]:
    """Comma-separated names, each once; raises ``ArgumentTypeError``."""
    words = tuple(word.strip() for word in text.split(","))
    if not all(words):
        raise argparse.ArgumentTypeError(
            f"{text!r} is no list of names: write them with commas between them"
        )
    return tuple(dict.fromkeys(words))


def layer_counts(text: str) -> tuple[int, ...]:
    """Comma-separated whole numbers from 1, in ascending order; raises ``ArgumentTypeError``."""
    return tuple(sorted({whole_number(word) for word in text.split(",")}))
