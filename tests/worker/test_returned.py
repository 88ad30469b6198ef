"""Whatever a model returns, its tensors are found in it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import tensorflow as tf

from bench.worker.frameworks.tensorflow.returned import arrays_in, tensors_in
from tests.fakes.own_models import Both, Result

ONE, TWO = tf.constant([1.0]), tf.constant([2.0])


@pytest.mark.parametrize(
    ("outputs", "tensors"),
    [
        (ONE, [1.0]),
        ((ONE, None), [1.0]),
        ({"b": TWO, "a": [ONE]}, [1.0, 2.0]),
        (Both(ONE, {"again": TWO}), [1.0, 2.0]),
        (Result(ONE), [1.0]),
        (Result((ONE, Result(TWO))), [1.0, 2.0]),
        ({"y": ONE, "depth": 2, "name": "mine"}, [1.0]),
        (tf.RaggedTensor.from_row_lengths(tf.constant([3.0]), [1]), [3.0]),
    ],
)
def test_tensors_are_found(outputs: Any, tensors: list[float]) -> None:
    found = [each.numpy().item() for each in tensors_in(outputs) if each.dtype.is_floating]
    assert found == tensors


def test_other_values_are_arrays_too_and_none_is_nothing() -> None:
    found = arrays_in({"y": ONE, "depth": 2, "name": "mine", "mask": None})
    assert [each.tolist() for each in found] == [2, "mine", [1.0]]
    assert all(isinstance(each, np.ndarray) for each in found)
