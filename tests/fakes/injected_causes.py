"""Builders for the fake framework that are slow for a known reason, and one that is not."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Any

from tests.fakes.framework import Model


def make_layer(layer: Any) -> Any:
    return layer


def straight(layers: Iterable[Any]) -> Model:
    """Linear: every layer is made once."""
    model = Model()
    for layer in layers:
        model.append(make_layer(layer))
    return model


def same_name(one: Any, other: Any) -> bool:
    return bool(one == other)


def check_name(model: Model, layer: Any) -> None:
    for existing in model:
        if same_name(existing, layer):
            raise ValueError(layer)


def checks_every_name(layers: Iterable[Any]) -> Model:
    """An accidental quadratic: each new name is compared with all before."""
    model = Model()
    for layer in layers:
        check_name(model, layer)
        model.append(make_layer(layer))
    return model


def copied(layers: Model) -> Model:
    return Model(make_layer(layer) for layer in layers)


def copies_the_list(layers: Iterable[Any]) -> Model:
    """A layer list copied at every step."""
    model = Model()
    for layer in layers:
        model.append(layer)
        model = copied(model)
    return model


def as_released(layers: Iterable[Any]) -> Model:
    """Linear in the first release of the fake framework, and quadratic in the second."""
    second = os.environ.get("FAKE_RELEASE") == "2"
    return copies_the_list(layers) if second else straight(layers)


def shape_after(model: Model, index: int) -> int:
    """What a cache should have kept: each shape is found from the one before, again and again."""
    return 1 if index == 0 else shape_after(model, index - 1) + 1


def never_hits_its_cache(layers: Iterable[Any]) -> Model:
    """A cache that never hits, so that each step does the work of all before it."""
    model = Model()
    cache: dict[tuple[int, int], int] = {}
    for layer in layers:
        model.append(make_layer(layer))
        key = (id(Model(model)), len(model))
        if key not in cache:
            cache[key] = step(model)
    return model


def step(model: Model) -> int:
    return shape_after(model, len(model) - 1)
