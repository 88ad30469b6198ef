"""A builder whose errors colour the terminal."""

from __future__ import annotations

from tests.fakes.framework import Model


def raises(depth: int) -> Model:
    raise ValueError(f"\x1b[31m{depth} is red\x1b[0m\x07")
