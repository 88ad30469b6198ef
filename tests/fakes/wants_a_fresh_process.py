"""Builders that notice what others have set for the process that they share."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from tests.fakes.framework import Model, policy

if policy != ["float32"]:
    raise RuntimeError(f"somebody has set {policy[0]} before this module is imported")


def build(layers: Iterable[Any]) -> Model:
    """Fails where the process is not as it was when it started."""
    if policy != ["float32"]:
        raise RuntimeError(f"somebody has set {policy[0]}")
    return Model(layers)


def sets_policy(layers: Iterable[Any]) -> Model:
    policy[0] = "float64"
    return Model(layers)
