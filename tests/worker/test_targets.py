"""Targets of training follow the outputs of a model and their losses."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest

from bench.worker.frameworks.base import Data, Unavailable
from bench.worker.frameworks.keras.targets import target_signature
from bench.worker.frameworks.signature import InputSpec, Signature
from bench.worker.frameworks.tensorflow.adapter import TensorFlow
from tests.fakes import own_inputs


def data_of(model: Any, call_mode: str = "train") -> Data:
    framework = TensorFlow()
    signature = framework.signature(model, None)
    assert signature is not None
    return framework.data(call_mode, model, signature, 64, 1)


def test_each_named_output_has_the_target_that_its_loss_takes() -> None:
    model = own_inputs.several_outputs()
    data = data_of(model)
    kind, side, price = (np.asarray(data.targets[name]) for name in ("kind", "side", "price"))
    assert set(kind) == set(range(own_inputs.CLASSES))
    assert (side.sum(axis=1) == 1).all()
    assert side.shape == (64, 3)
    assert price.shape == (64, 1)
    assert data.invented == (
        "targets kind int32[64], values 0 to 4 (classes of sparse_categorical_crossentropy)",
        "targets side float32[64,3], values 0 to 2 (classes of categorical_crossentropy)",
    )
    assert np.isfinite(model.train_on_batch(data.inputs, data.targets)[0])


def test_losses_by_name_go_with_outputs_in_a_list() -> None:
    model = own_inputs.listed_outputs()
    data = data_of(model, "fit")
    kind, price = data.targets
    assert (kind.shape, price.shape) == ((512,), (512, 1))
    history = model.fit(data.inputs, data.targets, batch_size=64, verbose=0)
    assert np.isfinite(history.history["loss"]).all()


@pytest.mark.parametrize("as_sequence", [list, tuple])
def test_losses_in_a_list_go_with_named_outputs_as_keras_pairs_them(as_sequence: Any) -> None:
    """Keras pairs them in the order of the names, whatever that of the outputs."""
    hidden = keras.layers.Dense(4)(inputs := keras.Input((4,)))
    outputs = {
        "b": keras.layers.Dense(1)(hidden),
        "a": keras.layers.Dense(3, activation="softmax")(hidden),
    }
    model = keras.Model(inputs, outputs)
    model.compile("sgd", as_sequence(["sparse_categorical_crossentropy", "mse"]))
    data = data_of(model)
    classes, numbers = (np.asarray(data.targets[name]) for name in ("a", "b"))
    assert (classes.shape, set(classes)) == ((64,), {0, 1, 2})
    assert (numbers.shape, len(np.unique(numbers))) == ((64, 1), 64)
    answers = model(data.inputs)
    by_name = (
        np.mean(keras.losses.sparse_categorical_crossentropy(data.targets["a"], answers["a"])),
        np.mean(keras.losses.mean_squared_error(data.targets["b"], answers["b"])),
    )
    (total, *_) = np.ravel(model.train_on_batch(data.inputs, data.targets))
    assert total == pytest.approx(sum(by_name), rel=1e-4)


@pytest.mark.parametrize(
    ("loss", "values"),
    [
        ("binary_crossentropy", {0.0, 1.0}),
        (keras.losses.BinaryCrossentropy(), {0.0, 1.0}),
        (keras.losses.sparse_categorical_crossentropy, {0, 1, 2}),
    ],
)
def test_one_loss_of_one_output_says_its_values(loss: Any, values: set[float]) -> None:
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(3, activation="softmax")])
    model.compile("sgd", loss)
    assert set(np.asarray(data_of(model).targets).ravel()) == values


@pytest.mark.parametrize(
    ("loss", "shape", "dtype"),
    [
        (keras.losses.CTC(), (64, 10), "int32"),
        (keras.losses.Circle(), (64,), "int32"),
        (keras.losses.CategoricalGeneralizedCrossEntropy(), (64,), "int32"),
    ],
)
def test_labels_are_not_in_the_shape_of_outputs(
    loss: Any, shape: tuple[int, ...], dtype: str
) -> None:
    inputs = keras.Input((20, 3))
    hidden = inputs if len(shape) == 2 else keras.layers.Flatten()(inputs)
    model = keras.Model(inputs, keras.layers.Dense(6, activation="softmax")(hidden))
    model.compile("sgd", loss)
    data = data_of(model)
    targets = np.asarray(data.targets)
    assert (targets.shape, str(targets.dtype)) == (shape, dtype)
    assert np.isfinite(model.train_on_batch(data.inputs, data.targets))


def test_blank_between_others_is_no_target() -> None:
    model = keras.Sequential([keras.Input((20, 3)), keras.layers.Dense(4)])
    model.compile("sgd", keras.losses.CTC())
    assert set(np.asarray(data_of(model).targets).ravel()) == {1, 2, 3}


def test_targets_of_a_loss_that_nobody_knows_are_told() -> None:
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(3)])

    def distance(y_true: Any, y_pred: Any) -> Any:
        return keras.ops.mean(keras.ops.abs(y_true - y_pred))

    model.compile("sgd", distance)
    data = data_of(model)
    assert np.asarray(data.targets).shape == (64, 3)
    assert data.invented == (
        "targets of random numbers, shaped as the outputs, for a loss that does not say what it "
        "takes: distance",
    )


def test_model_without_a_loss_is_given_no_targets() -> None:
    model = own_inputs.without_targets()
    for call_mode in ("train", "fit"):
        data = data_of(model, call_mode)
        assert data.targets is None
    model.fit(data.inputs, data.targets, batch_size=64, verbose=0)


def test_model_that_unpacks_pairs_is_trained_where_it_is_handed_pairs() -> None:
    model = own_inputs.unpacks_pairs()
    data = data_of(model, "fit")
    assert np.asarray(data.targets).shape == (512, 2)
    model.fit(data.inputs, data.targets, batch_size=64, verbose=0)
    with pytest.raises(Unavailable, match="train_on_batch hands it weights as well"):
        data_of(model, "train")
    with pytest.raises(ValueError, match="too many values"):
        model.train_on_batch(data.inputs, data.targets)


def test_model_whose_outputs_keras_cannot_infer_is_called_for_them() -> None:
    class WantsToBeTold(keras.Model):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.only = keras.layers.Dense(3)

        def call(self, inputs: Any, training: bool) -> Any:
            return self.only(inputs)

    model = WantsToBeTold()
    framework = TensorFlow()
    signature = Signature(InputSpec((None, 2), "float32"))
    framework.build(model, signature)
    model.compile("sgd", "mse")
    data = framework.data("fit", model, signature, 64, 1)
    assert np.asarray(data.targets).shape == (512, 3)


def test_outputs_that_are_no_tensors_have_no_targets() -> None:
    with pytest.raises(Unavailable, match="the model returns None, and there is no target"):
        target_signature(None, (keras.KerasTensor((4, 2)), None))


@pytest.mark.parametrize(
    ("loss", "is_told"), [("mse", False), (keras.losses.Huber(), False), (lambda y, z: z, True)]
)
def test_targets_that_no_loss_of_keras_tells_of_are_made_up(loss: Any, is_told: bool) -> None:
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(3)])
    model.compile("sgd", loss)
    assert bool(data_of(model).invented) == is_told
    assert data_of(own_inputs.unpacks_pairs(), "fit").invented == (
        "targets of random numbers, shaped as the outputs",
    )


def test_call_modes_that_infer_have_no_targets() -> None:
    assert data_of(own_inputs.several_outputs(), "predict").targets is None
