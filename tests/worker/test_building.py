"""When a Keras model counts as built, and that all of its weights are there once it is."""

from __future__ import annotations

from typing import Any

import keras
import pytest

from bench.execution.processes.interpreter import Interpreter
from bench.worker.frameworks.signature import InputSpec, Signature
from bench.worker.frameworks.tensorflow.adapter import TensorFlow
from tests.fakes import own_inputs, own_models
from tests.worker.tensorflow_zygote import invoke, zygote

__all__ = ["zygote"]

ROWS = Signature(InputSpec((None, 3), "float32"))


class OwnBuild(own_inputs.Plain):
    """Has a ``build`` that makes one of its weights, and leaves those of its layer to a call."""

    def build(self, input_shape: Any) -> None:
        self.scale = self.add_weight(shape=(input_shape[-1],), initializer="ones")

    def call(self, inputs: Any) -> Any:
        return super().call(self.scale * inputs)


class SilentBeforehand(own_inputs.Plain):
    """As models of Keras 2 with a ``build``: their weights cannot be asked for before they are."""

    @property
    def weights(self) -> Any:
        if not self.built:
            raise ValueError("Weights for model have not yet been created")
        return super().weights


def without_weights() -> Any:
    """A model with nothing to make."""
    return keras.Sequential([keras.Input((3, 2)), keras.layers.Flatten()])


@pytest.mark.parametrize(
    ("make", "weights"),
    [
        (own_inputs.Plain, 2),
        (OwnBuild, 3),
        (own_models.subclassed, 4),
        (own_inputs.unpacks_pairs, 2),
    ],
)
def test_all_weights_of_a_subclassed_model_are_there_once_it_is_built(
    make: Any, weights: int
) -> None:
    framework, model = TensorFlow(), make()
    framework.build(model, ROWS)
    assert len(model.weights) == weights
    assert framework.is_built(model)
    model(framework.batch(ROWS, 2, seed=0))
    assert len(model.weights) == weights


def test_sequential_model_is_built_for_a_shape() -> None:
    framework, model = TensorFlow(), keras.Sequential([keras.layers.Dense(2)])
    assert not framework.is_built(model)
    framework.build(model, ROWS)
    assert framework.is_built(model)
    assert [tuple(each.shape) for each in model.weights] == [(3, 2), (2,)]


def test_model_whose_build_has_made_no_weights_is_not_built_yet() -> None:
    framework, model = TensorFlow(), own_inputs.built_by_shape()
    assert (model.built, model.weights) == (True, [])
    assert not framework.is_built(model)
    framework.build(model, ROWS)
    assert framework.is_built(model)


def test_model_without_anything_to_make_is_built() -> None:
    assert TensorFlow().is_built(without_weights())


def test_model_that_cannot_be_called_has_nothing_to_build() -> None:
    assert TensorFlow().is_built(own_models.only_trained())


def test_weights_of_a_model_that_is_not_built_are_not_asked_for() -> None:
    framework, model = TensorFlow(), SilentBeforehand()
    assert not framework.is_built(model)
    framework.build(model, ROWS)
    assert framework.is_built(model)


def test_what_a_model_s_own_build_left_to_do_is_the_phase_build(zygote: Interpreter) -> None:
    outcome = invoke(
        zygote,
        builder="tests.fakes.own_inputs:built_by_shape",
        architecture=None,
        layers=None,
        iterations=2,
    )
    assert {span.phase: span.status for span in outcome.spans}["build"] == "ok"
