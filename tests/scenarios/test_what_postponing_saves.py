"""What the patch is for: every layer is called once, and nothing of it stays behind."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from keras import layers

from bench.worker.frameworks.keras.operations import inbound_nodes, symbolic_work
from scenarios.architectures import mlp
from scenarios.builders import incremental
from scenarios.patches import postponed_rebuild


def test_every_layer_is_called_once_and_one_graph_is_made() -> None:
    with postponed_rebuild(), symbolic_work() as work:
        model = incremental(mlp(8))
        assert work == {"symbolic_calls": 0, "symbolic_operations": 0, "functional_graphs": 0}
        assert model.built
        assert work == {"symbolic_calls": 8, "symbolic_operations": 0, "functional_graphs": 1}
        assert inbound_nodes(model) == 8


def test_model_that_is_looked_at_after_every_add_calls_no_layer_twice() -> None:
    with postponed_rebuild(), symbolic_work() as work:
        model = keras.Sequential()
        for layer in mlp(8):
            model.add(layer)
            assert len(model.weights) == 2 * len(model.layers)
    assert work["symbolic_calls"] == 8
    assert inbound_nodes(model) == 8


def test_without_it_every_layer_is_called_again_for_every_later_one() -> None:
    with symbolic_work() as work:
        model = incremental(mlp(8))
    assert work == {"symbolic_calls": 36, "symbolic_operations": 0, "functional_graphs": 8}
    assert inbound_nodes(model) == 36


def test_from_config_calls_every_layer_once() -> None:
    configuration = incremental(mlp(8)).get_config()
    with postponed_rebuild(), symbolic_work() as work:
        again = keras.Sequential.from_config(configuration)
        assert again.built
    assert work == {"symbolic_calls": 8, "symbolic_operations": 0, "functional_graphs": 1}


def test_models_outlive_the_patch() -> None:
    with postponed_rebuild():
        model = incremental(mlp(3))
    answers = np.ones((2, 16), dtype="float32")
    assert model.built
    assert model(answers).shape == (2, 16)
    model.add(layers.Dense(2))
    assert model(answers).shape == (2, 2)


def test_patch_leaves_nothing_behind() -> None:
    before = dict(vars(keras.Sequential))
    with pytest.raises(RuntimeError, match="the measured code"), postponed_rebuild():
        raise RuntimeError("the measured code")
    assert dict(vars(keras.Sequential)) == before
