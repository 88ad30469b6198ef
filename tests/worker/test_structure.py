"""Canonical structure on real TensorFlow: equal models agree, subtly different ones never do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bench.analysis.evidence.structure import compare_structure
from bench.worker.frameworks.base import counters_of, load, structure_of
from bench.worker.frameworks.canonical import array_lines, configuration_lines, program_lines
from bench.worker.frameworks.signature import InputSpec, Signature

ACTIVATIONS = ("relu", "tanh", "sigmoid", "linear")
INITIALISERS = ("glorot_uniform", "he_normal", "ones")


@dataclass(frozen=True)
class Layer:
    units: int
    activation: str
    initialiser: str
    dropout: bool = False


Network = tuple[Layer, ...]

networks = st.lists(
    st.builds(
        Layer, st.integers(2, 5), st.sampled_from(ACTIVATIONS), st.sampled_from(INITIALISERS)
    ),
    min_size=2,
    max_size=3,
    unique=True,
).map(tuple)


def levels(network: Network) -> dict[str, list[str]]:
    import keras

    keras.utils.set_random_seed(7)
    layers: list[Any] = [keras.Input((3,))]
    for layer in network:
        layers.append(
            keras.layers.Dense(
                layer.units, activation=layer.activation, kernel_initializer=layer.initialiser
            )
        )
        if layer.dropout:
            layers.append(keras.layers.Dropout(0.5))
    found, missing = structure_on_tensorflow(keras.Sequential(layers))
    assert not missing
    return found


def structure_on_tensorflow(model: Any) -> tuple[dict[str, list[str]], dict[str, str]]:
    """The levels that ``model`` has, and why it does not have the others."""
    framework = load("tensorflow")
    signature = framework.signature(model, None)
    assert signature is not None
    return structure_of(framework, model, signature, framework.batch(signature, 2, 1))


def other_activation(network: Network, place: int) -> Network:
    return changed(network, place, activation=other(network[place].activation, ACTIVATIONS))


def other_initialiser(network: Network, place: int) -> Network:
    return changed(network, place, initialiser=other(network[place].initialiser, INITIALISERS))


def one_more_dropout(network: Network, place: int) -> Network:
    return changed(network, place, dropout=True)


def swapped(network: Network, place: int) -> Network:
    return (*network[1:], network[0])


def changed(network: Network, place: int, **changes: Any) -> Network:
    return (*network[:place], replace(network[place], **changes), *network[place + 1 :])


def other(value: str, values: tuple[str, ...]) -> str:
    return values[(values.index(value) + 1) % len(values)]


@settings(max_examples=50, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    network=networks,
    place=st.integers(0, 1),
    change=st.sampled_from([other_activation, other_initialiser, one_more_dropout, swapped]),
)
def test_equal_models_agree_and_changed_ones_do_not(
    network: Network, place: int, change: Callable[[Network, int], Network]
) -> None:
    found = levels(network)
    assert list(found) == list(load("tensorflow").structure_levels)
    assert compare_structure(levels(network), found).identical
    different = compare_structure(levels(change(network, place)), found)
    assert different.first == "configuration"
    if change is other_activation:
        assert "program" in different.different


def test_difference_shows_the_lines_that_part() -> None:
    one = {"configuration": ["a", "b"], "graph": ["x"]}
    other = {"configuration": ["a", "c"], "graph": ["x"]}
    compared = compare_structure(other, one)
    assert (compared.first, compared.same, compared.different) == (
        "configuration",
        ("graph",),
        ("configuration",),
    )
    assert [line for line in compared.difference if line[0] in "+-"] == ["-b", "+c"]


@pytest.mark.parametrize("program", [["add"], ["multiply"]])
def test_same_program_is_known_whatever_the_models_say(program: list[str]) -> None:
    one = {"configuration": ["Sequential"], "program": ["add"]}
    other = {"configuration": ["Functional"], "program": program}
    assert compare_structure(other, one).same_program == (program == ["add"])


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("c = f32[] constant(0.2)", "c = f32[] constant(0.3)"),
        ("%c.1 = f32[] constant(1.5e-05)", "%c.1 = f32[] constant(1.5e-06)"),
        ("add.1 = add(a.1, b.2)", "add.1 = add(b.2, b.2)"),
    ],
)
def test_numbers_are_part_of_a_program(one: str, other: str) -> None:
    assert program_lines(one) != program_lines(other)


def test_names_are_no_part_of_a_program() -> None:
    assert program_lines("%add.1 = add(%a, %b.2)") == program_lines("%add.7 = add(%x.1, %y)")
    assert program_lines("add.1 = add(a-b.1, _c.2)") == program_lines("add.7 = add(x.1, y.3.1)")


def test_where_a_program_was_written_is_no_part_of_it() -> None:
    tables = 'FileNames\n1 "a.py"\n\nStackFrames\n1 {file_location_id=1 parent_frame_id=1}\n\n'
    elsewhere = tables.replace("a.py", "b.py").replace("\n\nStack", '\n2 "c.py"\n\nStack')
    program = "HloModule jit_f\n\n{}ENTRY main {{\n  add.1 = add(a.1, b.2)\n}}"
    assert program_lines(program.format(tables)) == program_lines(program.format(elsewhere))
    assert any("add(" in line for line in program_lines(program.format(tables)))


def test_policy_is_part_of_a_configuration() -> None:
    def dense(name: str, policy: str) -> dict[str, Any]:
        dtype = {"class_name": "DTypePolicy", "config": {"name": policy}}
        return {"class_name": "Dense", "config": {"name": name, "dtype": dtype}}

    first = configuration_lines(dense("dense", "float32"))
    assert configuration_lines(dense("dense_1", "float32")) == first
    assert configuration_lines(dense("dense", "mixed_float16")) != first


def test_constant_of_a_layer_is_seen_in_the_compiled_program() -> None:
    import keras

    def program(slope: float) -> list[str]:
        keras.utils.set_random_seed(7)
        rectifier = keras.layers.LeakyReLU(negative_slope=slope)
        model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(4), rectifier])
        return structure_on_tensorflow(model)[0]["program"]

    assert program(0.2) == program(0.2)
    assert program(0.2) != program(0.3)


def test_level_that_a_model_does_not_have_is_missing_and_the_others_are_found() -> None:
    import keras
    import tensorflow as tf

    def in_python(inputs: Any) -> Any:
        return tf.py_function(lambda each: each, [inputs], tf.float32)

    found, missing = structure_on_tensorflow(
        keras.Sequential([keras.Input((3,)), keras.layers.Lambda(in_python, (3,))])
    )
    assert list(found) == ["configuration", "weights", "graph", "outputs"]
    assert missing["program"] == "no XLA form: EagerPyFunc"
    assert missing["gradients"] == "no weight of the model has a gradient"


EVERY_OTHER = ["configuration", "weights", "graph", "outputs", "gradients"]


def looked_up(kind: str, dtype: str, vocabulary: list[Any]) -> Any:
    """A model that looks up what it is given in a vocabulary, and embeds it."""
    import keras

    keras.utils.set_random_seed(7)
    lookup = getattr(keras.layers, kind)(vocabulary=vocabulary)
    return keras.Sequential([keras.Input((3,), dtype=dtype), lookup, keras.layers.Embedding(8, 2)])


def structure_on_batch(model: Any, batch: Any) -> tuple[dict[str, list[str]], dict[str, str]]:
    framework = load("tensorflow")
    signature = framework.signature(model, None)
    assert signature is not None
    return structure_of(framework, model, signature, batch)


def test_lookup_of_numbers_has_no_program_and_every_other_level() -> None:
    import tensorflow as tf

    model = looked_up("IntegerLookup", "int64", [4, 5])
    batch = tf.constant([[4, 5, 6]], "int64")
    found, missing = structure_on_batch(model, batch)
    assert list(found) == EVERY_OTHER
    assert missing == {"program": "no XLA form: LookupTableFindV2"}


def test_operation_that_takes_text_is_named_and_not_the_input() -> None:
    import tensorflow as tf

    model = looked_up("StringLookup", "string", ["a", "b"])
    batch = tf.constant([["a", "b", "c"]])
    found, missing = structure_on_batch(model, batch)
    assert list(found) == EVERY_OTHER
    assert missing == {"program": "no XLA form: LookupTableFindV2 (text)"}


def test_table_that_xla_takes_for_a_variable_is_named_by_what_looks_it_up() -> None:
    import keras
    import tensorflow as tf

    space = keras.utils.FeatureSpace(
        {"code": "integer_categorical", "size": "float_normalized"}, output_mode="concat"
    )
    rows = {"code": [1, 2, 3, 1], "size": [1.0, 2.0, 3.0, 4.0]}
    space.adapt(tf.data.Dataset.from_tensor_slices(rows))
    hidden = keras.layers.Dense(2)(space.get_encoded_features())
    model = keras.Model(space.get_inputs(), hidden)
    batch = {"code": tf.constant([[1], [2]], "int64"), "size": tf.constant([[1.0], [2.0]])}
    framework = load("tensorflow")
    signature = framework.signature(model, None)
    assert signature is not None
    _, missing = structure_of(framework, model, signature, batch)
    assert missing["program"] == "no XLA form: LookupTableFindV2"


def test_model_that_says_nothing_of_itself_is_compared_in_what_it_does() -> None:
    import keras

    class Own(keras.Model):  # type: ignore[misc]
        def __init__(self, units: int) -> None:
            super().__init__()
            self.dense = keras.layers.Dense(units)

        def call(self, inputs: Any) -> Any:
            return self.dense(inputs)

    framework, signature = load("tensorflow"), Signature(InputSpec((None, 3), "float32"))
    found = []
    for units in (2, 2, 4):
        keras.utils.set_random_seed(7)
        model = Own(units)
        batch = framework.batch(signature, 2, 1)
        model(batch)
        found.append(structure_of(framework, model, signature, batch))
    (one, missing), (equal, _), (other, _) = found
    assert list(missing) == ["configuration"]
    assert missing["configuration"].startswith("NotImplementedError: Object Own was created by")
    assert compare_structure(equal, one).same == (
        *("weights", "graph", "program", "outputs", "gradients"),
    )
    assert compare_structure(other, one).different


def test_level_that_raises_anything_stops_no_other() -> None:
    import keras

    class Untrainable(keras.layers.Layer):  # type: ignore[misc]
        def call(self, inputs: Any, training: bool = False) -> Any:
            if training:
                raise LookupError("there is no training here")
            return inputs * 2.0

    found, missing = structure_on_tensorflow(
        keras.Sequential([keras.Input((3,)), keras.layers.Dense(2), Untrainable()])
    )
    assert list(found) == ["configuration", "weights", "graph", "program", "outputs"]
    assert missing["gradients"].startswith("LookupError: ")
    assert "there is no training here" in missing["gradients"]


def test_each_counter_stands_for_itself() -> None:
    import tensorflow as tf

    model = looked_up("IntegerLookup", "int64", [4, 5])
    framework = load("tensorflow")
    signature = framework.signature(model, None)
    assert signature is not None
    batch = tf.constant([[4, 5, 6]], "int64")
    counts, missing = counters_of(framework, model, signature, batch)
    assert counts["operations"] == 2
    assert counts["traces"] == 1
    assert counts["graph_operations"] > 0
    assert missing == {"program_instructions": "no XLA form: LookupTableFindV2"}


def test_equal_texts_have_equal_lines_wherever_they_lie_in_memory() -> None:
    import numpy as np

    def lines(*words: str) -> list[str]:
        return array_lines([np.array([word.encode() for word in words], dtype=object)])

    assert lines("one", "two") == lines("o" + "ne", "tw" + "o")
    assert lines("one", "two") != lines("one", "too")
