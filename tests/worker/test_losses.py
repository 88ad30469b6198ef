"""What losses take for targets is told by their names, or by the losses that they call."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import keras
import pytest
import tensorflow as tf

from bench.worker.frameworks.keras.losses import (
    BINARY,
    CLASSES,
    LABELS,
    NUMBERS,
    ONE_HOT,
    SEQUENCES,
    taken_by,
)


def smoothed(y_true: Any, y_pred: Any) -> Any:
    return keras.losses.sparse_categorical_crossentropy(y_true, y_pred, from_logits=True)


def makes_rows(y_true: Any, y_pred: Any) -> Any:
    rows = keras.ops.one_hot(y_true, 3)
    return keras.losses.categorical_crossentropy(rows, y_pred)


def of_tensorflow(y_true: Any, y_pred: Any) -> Any:
    return tf.nn.sigmoid_cross_entropy_with_logits(labels=y_true, logits=y_pred)


def weighted(inner: Callable[..., Any]) -> Callable[..., Any]:
    def loss(y_true: Any, y_pred: Any) -> Any:
        return 2 * inner(y_true, y_pred)

    return loss


def distance(y_true: Any, y_pred: Any) -> Any:
    return keras.ops.mean(keras.ops.abs(y_true - y_pred))


class Masked(keras.losses.Loss):  # type: ignore[misc]
    def call(self, y_true: Any, y_pred: Any) -> Any:
        return keras.losses.sparse_categorical_crossentropy(y_true, y_pred)


class Wrapping(keras.losses.Loss):  # type: ignore[misc]
    def __init__(self) -> None:
        super().__init__()
        self.inner = keras.losses.BinaryCrossentropy()

    def call(self, y_true: Any, y_pred: Any) -> Any:
        return self.inner(y_true, y_pred)


PARTIAL = functools.partial(keras.losses.sparse_categorical_crossentropy, from_logits=True)


@pytest.mark.parametrize(
    ("loss", "kind"),
    [
        (None, NUMBERS),
        ("mse", NUMBERS),
        (keras.losses.Huber(), NUMBERS),
        ("sparse_categorical_crossentropy", CLASSES),
        (keras.losses.CategoricalGeneralizedCrossEntropy(), CLASSES),
        (keras.losses.CategoricalFocalCrossentropy(), ONE_HOT),
        ("BinaryFocalCrossentropy", BINARY),
        (keras.losses.CTC(), SEQUENCES),
        (keras.losses.circle, LABELS),
        (PARTIAL, CLASSES),
        (smoothed, CLASSES),
        (tf.function(smoothed), CLASSES),
        (makes_rows, CLASSES),
        (of_tensorflow, BINARY),
        (weighted(keras.losses.categorical_crossentropy), ONE_HOT),
        (weighted(weighted(PARTIAL)), CLASSES),
        (lambda y_true, y_pred: smoothed(y_true, y_pred), CLASSES),
        (Masked(), CLASSES),
        (Wrapping(), BINARY),
        (distance, NUMBERS),
    ],
)
def test_loss_says_what_it_takes(loss: Any, kind: str) -> None:
    assert taken_by(loss).kind == kind


@pytest.mark.parametrize(
    ("loss", "is_known"),
    [
        (None, True),
        ("mae", True),
        (keras.losses.Huber(), True),
        (keras.losses.mean_squared_error, True),
        (Masked(), True),
        (distance, False),
        (weighted(distance), False),
    ],
)
def test_guess_is_known_as_one(loss: Any, is_known: bool) -> None:
    assert taken_by(loss).is_known == is_known


def test_loss_is_called_as_its_user_calls_it() -> None:
    assert taken_by(Masked()).name == "masked"
    assert taken_by(PARTIAL).name == "sparse_categorical_crossentropy"
    assert taken_by(distance).name == "distance"
