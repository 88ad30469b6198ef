"""Builders that are not what builders are, as people write them at first."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

from tests.fakes.framework import Model


def by_name_alone(*, depth: int) -> Model:
    return Model(range(depth))


def of_two(depth: int, units: int) -> Model:
    return Model(range(depth * units))


def of_nothing() -> Model:
    return Model([1])


def yields_layers(depth: int) -> Iterator[int]:
    yield from range(depth)


def returns_two(depth: int) -> tuple[Model, int]:
    return Model(range(depth)), depth


def returns_a_class(depth: int) -> type[Model]:
    return Model


def asks_its_user(depth: int) -> Model:
    return Model(range(int(input("How many layers? "))))


def makes_a_wrong_call(depth: int) -> Model:
    return by_name_alone(depth)  # type: ignore[call-arg]


def wants_a_variable(depth: int) -> Model:
    return Model(range(int(os.environ["NO_SUCH_VARIABLE"])))


class Chain:
    """Calls what it is given, as wrappers do."""

    def __call__(self, depth: int, *rest: Any) -> Model:
        return Model(range(depth))


chain = Chain()
