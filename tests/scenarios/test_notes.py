"""What lifecycles note of answers is asked of Keras, whatever the tensors of its backend are."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest


class Tensor:
    """One of PyTorch, of which there are gradients."""

    def __init__(self, values: list[float]) -> None:
        self.values = values

    def __array__(self, *words: Any, **options: Any) -> Any:
        raise RuntimeError("Can't call numpy() on Tensor that requires grad.")


def model(batch: list[float], training: bool) -> Tensor:
    assert not training
    return Tensor(batch)


def doubling(batch: list[float], training: bool) -> Tensor:
    return Tensor([2 * each for each in batch])


@pytest.fixture
def lifecycles(monkeypatch: pytest.MonkeyPatch) -> Any:
    from scenarios import lifecycles

    monkeypatch.setattr("keras.ops.convert_to_numpy", lambda tensor: np.asarray(tensor.values))
    return lifecycles


def test_answers_of_a_call_are_compared(lifecycles: Any) -> None:
    batch = [1.0, 2.0]
    found = lifecycles._same_answers(model, model, batch)
    assert found == "the loaded model answers bit by bit like the saved one"
    assert lifecycles._same_answers(model, doubling, batch) == "they differ"


def test_distance_to_the_answer_of_a_call_is_known(lifecycles: Any) -> None:
    batch = [1.0, 2.0]
    assert lifecycles._distance(np.asarray(batch), lifecycles._call(model, batch)) == 0
    assert lifecycles._distance(np.asarray(batch), lifecycles._call(doubling, batch)) == 0.5


def test_keras_2_has_arrays_of_its_tensors(
    lifecycles: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr("keras.ops")
    answer = lifecycles._call(lambda batch, training: batch, [1.0])
    assert isinstance(answer, np.ndarray)
