"""Operations of real Keras models are counted wherever they are, whatever wrote them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from bench.worker.frameworks.keras.operations import inbound_nodes, operations_of, symbolic_work

N = 5


def sums(add: Callable[[Any, Any], Any]) -> Any:
    """``N`` sums, one after the other, written with ``add``."""
    import keras

    one, other = keras.Input((4,)), keras.Input((4,))
    total = one
    for _ in range(N):
        total = add(total, other)
    return keras.Model([one, other], total)


def with_plus(one: Any, other: Any) -> Any:
    return one + other


def with_function(one: Any, other: Any) -> Any:
    import keras

    return keras.ops.add(one, other)


def with_operation(one: Any, other: Any) -> Any:
    import keras

    class Total(keras.Operation):  # type: ignore[misc]
        def call(self, one: Any, other: Any) -> Any:
            return one + other

        def compute_output_spec(self, one: Any, other: Any) -> Any:
            return keras.KerasTensor(one.shape, one.dtype)

    return Total()(one, other)


def with_layer(one: Any, other: Any) -> Any:
    import keras

    return keras.layers.Add()([one, other])


@pytest.mark.parametrize("add", [with_plus, with_function, with_operation, with_layer])
def test_one_graph_has_as_many_operations_and_nodes_whatever_wrote_it(
    add: Callable[[Any, Any], Any],
) -> None:
    with symbolic_work() as work:
        model = sums(add)
    assert len(operations_of(model)) == inbound_nodes(model) == N + 2
    layers = N if add is with_layer else 0
    # Each input is a layer that nothing calls.
    assert (work["symbolic_calls"], work["symbolic_operations"]) == (layers, N - layers)


def test_counting_ends_with_the_context() -> None:
    with symbolic_work() as work:
        sums(with_plus)
    sums(with_plus)
    sums(with_layer)
    assert work == {
        "symbolic_calls": 0,
        "symbolic_operations": N,
        "functional_graphs": 1,
    }


def test_layer_that_is_called_with_names_is_counted() -> None:
    import keras

    class ByName(keras.layers.Layer):  # type: ignore[misc]
        def call(self, inputs: Any) -> Any:
            return inputs["one"] + inputs["more"]["other"]

    one, other = keras.Input((4,), name="one"), keras.Input((4,), name="other")
    with symbolic_work() as work:
        ByName()({"one": one, "more": {"other": other}})
    assert work["symbolic_calls"] == 1


def test_operations_of_nested_models_are_counted_once() -> None:
    import keras

    inner = sums(with_plus)
    one, other = keras.Input((4,)), keras.Input((4,))
    outer = keras.Model([one, other], inner([one, inner([one, other])]))
    # Two inputs outside, the inner model, and what that consists of.
    assert len(operations_of(outer)) == 2 + 1 + N + 2
    # The inner model is called twice.
    assert inbound_nodes(outer) == 2 + 2 + N + 2


def test_layers_within_layers_are_counted() -> None:
    import keras

    class Block(keras.layers.Layer):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.parts = {"first": keras.layers.Dense(4), "more": [keras.layers.Dense(4)]}

        def call(self, inputs: Any) -> Any:
            return self.parts["more"][0](self.parts["first"](inputs))

    blocks = keras.Sequential([keras.Input((4,)), Block(), Block()])
    assert len(operations_of(blocks)) == 2 + 2 * 2
    recurrent = keras.Sequential(
        [keras.Input((3, 4)), keras.layers.Bidirectional(keras.layers.GRU(2))]
    )
    names = sorted(type(each).__name__ for each in operations_of(recurrent))
    assert names == ["Bidirectional", "GRU", "GRU", "GRUCell", "GRUCell"]


def test_model_without_a_graph_has_the_layers_that_it_holds() -> None:
    import keras

    class Own(keras.Model):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.inner = keras.Sequential([keras.layers.Dense(4), keras.layers.Dense(4)])
            self.last = keras.layers.Dense(1)

        def call(self, inputs: Any) -> Any:
            return self.last(self.inner(inputs))

    assert len(operations_of(Own())) == 1 + 2 + 1
