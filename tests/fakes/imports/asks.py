"""Asks its user for something while it is imported."""

from __future__ import annotations

from tests.fakes.framework import Model

name = input("Which model? ")


def build(depth: int) -> Model:
    return Model(range(depth))
