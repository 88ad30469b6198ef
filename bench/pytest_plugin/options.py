"""How the values of the plugin's options are written: as those of the command line."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import TypeVar

from bench.domain.errors import InvalidScenario
from bench.planning import written

Value = TypeVar("Value")


def whole_number(text: str) -> int:
    """A whole number from 1; raises ``ArgumentTypeError``."""
    try:
        number = int(text)
    except ValueError:
        number = 0
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 1")
    return number


def _option(read: Callable[[str], Value]) -> Callable[[str], Value]:
    """``read`` as argparse wants it: ``ArgumentTypeError`` says what is wrong."""

    def option(text: str) -> Value:
        try:
            return read(text)
        except InvalidScenario as error:
            raise argparse.ArgumentTypeError(str(error)) from error

    return option


seconds = _option(written.parse_duration)
names = _option(written.names)
layer_counts = _option(written.layer_counts)
