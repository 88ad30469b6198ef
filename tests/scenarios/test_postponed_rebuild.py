"""Keras with the patch behaves as Keras without it, but for the work that building takes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from keras import layers

from scenarios.builders import inline
from scenarios.patches import postponed_rebuild

Keras = Callable[[], AbstractContextManager[None]]


@pytest.fixture(params=[nullcontext, postponed_rebuild], ids=["as_released", "patched"])
def keras_(request: pytest.FixtureRequest) -> Iterator[None]:
    keras.utils.set_random_seed(7)
    with request.param():
        yield


pytestmark = pytest.mark.usefixtures("keras_")

X = np.random.default_rng(1).standard_normal((8, 4), dtype="float32")


def dense(depth: int) -> list[Any]:
    return [keras.Input((4,)), *(layers.Dense(4, name=f"dense_{i}") for i in range(depth))]


def added(depth: int) -> Any:
    model = keras.Sequential(name="model")
    for layer in dense(depth):
        model.add(layer)
    return model


def test_model_is_built_after_every_add() -> None:
    model = keras.Sequential()
    assert not model.built
    model.add(keras.Input((4,)))
    assert not model.built
    for depth in range(1, 4):
        model.add(layers.Dense(4))
        assert model.built
        assert len(model.weights) == 2 * depth
        assert model.output_shape == (None, 4)


def test_weights_are_there_between_adds() -> None:
    model = added(1)
    layer = layers.Dense(3)
    model.add(layer)
    assert [weight.shape for weight in model.trainable_weights[2:]] == [(4, 3), (3,)]
    assert layer.kernel.shape == model.layers[1].kernel.shape == (4, 3)
    layer.set_weights([np.ones((4, 3)), np.zeros(3)])
    model.add(layers.Dense(2))
    assert np.array_equal(model.layers[1].kernel.numpy(), np.ones((4, 3)))
    assert [tuple(weight.shape) for weight in model.weights[2:]] == [(4, 3), (3,), (3, 2), (2,)]


def test_layers_inputs_and_outputs_are_those_that_were_added() -> None:
    model = added(3)
    assert [layer.name for layer in model.layers] == ["dense_0", "dense_1", "dense_2"]
    assert [tuple(each.shape) for each in (*model.inputs, *model.outputs)] == [(None, 4)] * 2
    assert model.layers[1].output.shape == (None, 4)
    assert model.get_layer("dense_2") is model.layers[2]


def test_summary_counts_every_layer(capsys: pytest.CaptureFixture[str]) -> None:
    added(3).summary()
    printed = capsys.readouterr().out
    assert printed.count("(None, 4)") == 3
    assert "60" in printed


def test_weights_are_called_as_in_a_model_built_inline() -> None:
    model, other = added(2), keras.Sequential(dense(2), name="model")
    assert [each.path for each in model.weights] == [each.path for each in other.weights]
    assert model.path == other.path


def test_pop_takes_the_last_layer_and_the_model_answers_without_it() -> None:
    model = added(3)
    inner = keras.Sequential(model.layers[:2])
    popped = model.pop()
    assert popped.name == "dense_2"
    assert model.built
    assert len(model.weights) == 4
    assert np.allclose(model(X), inner(X))
    model.add(layers.Dense(1))
    assert model(X).shape == (8, 1)
    for _ in range(3):
        model.pop()
    assert not model.built


def test_build_with_its_own_shape_works_and_with_another_is_refused() -> None:
    model = added(2)
    model.build((None, 4))
    assert model(X).shape == (8, 4)
    with pytest.raises(ValueError, match="has already been configured"):
        model.build((None, 5))


def test_model_without_an_input_is_built_when_it_is_told() -> None:
    model = keras.Sequential()
    model.add(layers.Dense(4))
    model.add(layers.Dense(2))
    assert not model.built
    assert model.weights == []
    model.build((None, 4))
    assert model.built
    assert model(X).shape == (8, 2)


def test_fit_predict_and_evaluate_work_and_training_changes_the_weights() -> None:
    model = added(2)
    model.compile(optimizer="adam", loss="mse")
    before = [weight.copy() for weight in model.get_weights()]
    model.fit(X, X, epochs=2, verbose=0)
    assert any(not np.array_equal(a, b) for a, b in zip(before, model.get_weights(), strict=True))
    assert model.predict(X, verbose=0).shape == (8, 4)
    assert model.evaluate(X, X, verbose=0) > 0


def test_answers_are_those_of_a_model_built_inline_with_the_same_seed() -> None:
    keras.utils.set_random_seed(3)
    model = added(3)
    keras.utils.set_random_seed(3)
    assert np.array_equal(model(X), inline(dense(3))(X))


def test_saved_model_comes_back_the_same(tmp_path: Path) -> None:
    model = added(3)
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    assert np.array_equal(model(X), loaded(X))
    model.save_weights(tmp_path / "model.weights.h5")
    fresh = added(3)
    fresh.load_weights(tmp_path / "model.weights.h5")
    assert np.array_equal(model(X), fresh(X))


def test_configuration_and_clones_come_back_the_same() -> None:
    model = added(3)
    configuration = model.get_config()
    assert configuration["build_input_shape"] == (None, 4)
    again = keras.Sequential.from_config(configuration)
    again.set_weights(model.get_weights())
    clone = keras.models.clone_model(model)
    clone.set_weights(model.get_weights())
    assert np.array_equal(model(X), again(X))
    assert np.array_equal(model(X), clone(X))


def test_layer_that_does_not_fit_is_refused_at_the_latest_when_it_is_needed() -> None:
    model = added(1)
    with pytest.raises(ValueError, match="incompatible with the layer"):
        _needed(model, layers.Conv2D(2, 3))


def test_layer_that_takes_no_inputs_is_refused_in_the_words_of_keras() -> None:
    class Two(layers.Layer):
        def call(self, first: Any, second: Any) -> Any:
            return first + second

    model = added(1)
    with pytest.raises(ValueError, match="single required positional argument"):
        _needed(model, Two())


def _needed(model: Any, layer: Any) -> None:
    model.add(layer)
    model.summary()


def test_second_input_and_second_layer_of_one_name_are_refused() -> None:
    model = added(1)
    with pytest.raises(ValueError, match="add a different Input"):
        model.add(keras.Input((3,)))
    with pytest.raises(ValueError, match="unique names"):
        model.add(layers.Dense(4, name="dense_0"))


def test_sequential_inside_another_model_answers_the_same() -> None:
    inner = added(2)
    outer = keras.Sequential([keras.Input((4,)), inner, layers.Dense(1)])
    outer.add(layers.Dense(2))
    assert outer(X).shape == (8, 2)
    tensor = keras.Input((4,))
    functional = keras.Model(tensor, inner(tensor))
    assert np.array_equal(functional(X), inner(X))


def test_functional_first_layer_gives_the_shape() -> None:
    tensor = keras.Input((4,))
    first = keras.Model(tensor, layers.Dense(3)(tensor))
    model = keras.Sequential()
    model.add(first)
    model.add(layers.Dense(2))
    model.add(layers.Dense(5))
    assert model.built
    assert model(X).shape == (8, 5)


def test_model_changed_after_it_answered_answers_anew() -> None:
    model = added(2)
    assert model(X).shape == (8, 4)
    model.add(layers.Dense(7))
    assert model(X).shape == (8, 7)
    assert model.output_shape == (None, 7)


def test_subclass_of_sequential_works() -> None:
    class Own(keras.Sequential):
        pass

    model = Own()
    for layer in dense(2):
        model.add(layer)
    assert model(X).shape == (8, 4)
    assert isinstance(model, Own)


def test_training_only_layers_know_whether_they_train() -> None:
    model = keras.Sequential()
    for layer in (keras.Input((4,)), layers.Dropout(0.5), layers.BatchNormalization()):
        model.add(layer)
    assert np.allclose(model(X, training=False), X, atol=1e-2)
    assert not np.allclose(model(X, training=True), X, atol=1e-2)
