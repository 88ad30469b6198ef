"""Builders as Keras Tuner takes them: functions and objects that are asked for hyperparameters."""

from __future__ import annotations

from typing import Any

from tests.fakes.framework import Model


def build(hp: Any) -> Model:
    return Model(range(hp.Int("units", 8, 64)))


class HyperParameters:
    """Stands for Keras Tuner's: of a range it answers the lowest."""

    def Int(self, name: str, lowest: int, highest: int) -> int:  # noqa: N802
        return lowest


def annotated(values: HyperParameters) -> Model:
    return Model(range(values.Int("units", 8, 64)))


class Hyper:
    """A hypermodel: it is made first, and its ``build`` is asked for models."""

    def build(self, hp: HyperParameters) -> Model:
        return Model(range(hp.Int("units", 8, 64)))


hyper = Hyper()


def tuned() -> Model:
    """What the hint advises."""
    return Hyper().build(HyperParameters())


def usual(hp: int = 4) -> Model:
    """It has a value for it, and fails all the same."""
    raise ValueError("no such luck")


class Puzzling:
    """Fails when it is looked at."""

    @property
    def build(self) -> Any:
        raise RuntimeError("do not look")


def puzzling() -> Any:
    return Puzzling()
