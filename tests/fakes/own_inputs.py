"""Models whose inputs are of every kind that Keras knows, as people bring them."""

from __future__ import annotations

from typing import Any

import keras
import tensorflow as tf

VOCABULARY, CLASSES = 1000, 5


def tokens() -> Any:
    """A text classifier of token ids of any length."""
    inputs = keras.Input((None,), dtype="int32", name="tokens")
    hidden = keras.layers.Embedding(VOCABULARY, 4, name="embedding")(inputs)
    return keras.Model(inputs, keras.layers.Dense(2)(_mean(hidden)))


def tokens_as_floats() -> Any:
    """The same, whose input has no dtype: Keras takes floats."""
    inputs = keras.Input((6,))
    return keras.Model(inputs, keras.layers.Embedding(7, 4, name="embedding")(inputs))


def tokens_in_a_nested_model() -> Any:
    """Token ids and positions that only a model inside the model embeds."""
    inner = [keras.Input((6,), dtype="int32"), keras.Input((6,), dtype="int32")]
    embedded = [
        keras.layers.Embedding(length, 4, name=name)(each)
        for each, length, name in zip(inner, (11, 3), ("words", "segments"), strict=True)
    ]
    nested = keras.Model(inner, keras.layers.Add()(embedded))
    outer = [keras.Input((6,), dtype="int32", name=name) for name in ("ids", "kinds")]
    return keras.Model(outer, nested(outer))


def ragged() -> Any:
    """Token ids, in rows of different lengths."""
    inputs = keras.Input((None,), dtype="int32", ragged=True, name="rows")
    counted = keras.layers.Lambda(
        lambda rows: tf.reduce_sum(tf.one_hot(rows.to_tensor(), 10), axis=1), output_shape=(10,)
    )(inputs)
    return keras.Model(inputs, keras.layers.Dense(1)(counted))


def sparse() -> Any:
    """A sparse bag of words."""
    inputs = keras.Input((50,), sparse=True, name="bag")
    return keras.Model(inputs, keras.layers.Dense(1)(inputs))


def masked() -> Any:
    """Attention over numbers, some of which a mask hides."""
    values = keras.Input((8, 4), name="values")
    mask = keras.Input((8,), dtype="bool", name="mask")
    attended = keras.layers.Attention()([values, values], mask=[mask, mask])
    return keras.Model({"values": values, "mask": mask}, keras.layers.Dense(1)(_mean(attended)))


def nested() -> Any:
    """A dictionary in a dictionary, and a list."""
    user = {"age": keras.Input((1,), name="age"), "city": keras.Input((2,), name="city")}
    items = [keras.Input((3,)), keras.Input((4,))]
    joined = keras.layers.Concatenate()([*user.values(), *items])
    return keras.Model({"user": user, "items": items}, keras.layers.Dense(1)(joined))


def tuple_of_two() -> Any:
    """A tuple of two inputs."""
    left, right = keras.Input((3,), name="left"), keras.Input((3,), name="right")
    return keras.Model((left, right), keras.layers.Dot(axes=1)([left, right]))


def fixed_batch() -> Any:
    """A stateful recurrent network: its batches have four sequences."""
    inputs = keras.Input(batch_shape=(4, 3, 2))
    return keras.Model(inputs, keras.layers.LSTM(2, stateful=True)(inputs))


def tabular() -> Any:
    """A category in words, a category in numbers, and a number."""
    color = keras.Input((1,), dtype="string", name="color")
    code = keras.Input((1,), dtype="int64", name="code")
    size = keras.Input((1,), name="size")
    colors = keras.layers.StringLookup(
        vocabulary=["red", "green", "blue"], output_mode="one_hot", name="colors"
    )
    codes = keras.layers.IntegerLookup(vocabulary=[10, 20, 40], output_mode="one_hot", name="codes")
    joined = keras.layers.Concatenate()([colors(color), codes(code), size])
    return keras.Model({"color": color, "code": code, "size": size}, keras.layers.Dense(1)(joined))


class TwoArguments(keras.Model):
    def __init__(self) -> None:
        super().__init__()
        self.first, self.second = keras.layers.Dense(2), keras.layers.Dense(2)

    def call(self, query: Any, context: Any) -> Any:
        return self.first(query) + self.second(context)


def two_arguments() -> Any:
    """A subclassed model whose ``call`` takes two tensors."""
    return TwoArguments()


class ByName(keras.Model):
    def __init__(self) -> None:
        super().__init__()
        self.embedding = keras.layers.Embedding(9, 4, name="embedding")
        self.last = keras.layers.Dense(1)

    def call(self, features: Any) -> Any:
        return self.last(_mean(self.embedding(features["words"]))) + features["bias"]


def by_name() -> Any:
    """A subclassed model that takes a dictionary."""
    return ByName()


class Plain(keras.Model):
    def __init__(self) -> None:
        super().__init__()
        self.only = keras.layers.Dense(2)

    def call(self, inputs: Any) -> Any:
        return self.only(inputs)


def built_by_shape() -> Any:
    """A subclassed model that is built, and so knows its shape and not its dtype."""
    model = Plain()
    model.build((None, 3))
    return model


def halving(halvings: int = 6) -> Any:
    """A convolution of signals of any length that halves them: short ones come to nothing."""
    hidden = inputs = keras.Input((None, 1), name="signal")
    for _ in range(halvings):
        hidden = keras.layers.Conv1D(2, 3, strides=2)(hidden)
    return keras.Model(inputs, hidden)


class Picky(keras.layers.Layer):
    """Takes sequences of hundreds only, or makes a mistake with any."""

    def __init__(self, is_mistaken: bool = False) -> None:
        super().__init__()
        self.is_mistaken = is_mistaken

    def call(self, inputs: Any) -> Any:
        if self.is_mistaken and inputs.shape[1] is not None:
            return inputs + self.no_such_weight
        if inputs.shape[1] is not None and inputs.shape[1] < 100:
            raise ValueError(f"{inputs.shape[1]} are too few")
        return inputs


def short_texts() -> Any:
    """Refuses sequences as short as those that are made up."""
    inputs = keras.Input((None, 2))
    return keras.Model(inputs, Picky()(inputs))


def mistaken() -> Any:
    """Fails on sequences of any length that there is."""
    inputs = keras.Input((None, 2))
    return keras.Model(inputs, Picky(is_mistaken=True)(inputs))


def few_ids() -> Any:
    """Looks numbers up in a table that no layer tells of."""
    inputs = keras.Input((3,), dtype="int32")
    table = tf.constant([1.0, 2.0])
    looked_up = keras.layers.Lambda(lambda ids: tf.gather(table, ids), output_shape=(3,))
    return keras.Model(inputs, looked_up(inputs))


def _of_classes(targets: Any, outputs: Any) -> Any:
    tf.debugging.assert_type(targets, tf.int32, "targets are classes")
    return tf.reduce_mean(outputs)


def classes_as_targets() -> Any:
    """Is compiled with a loss of its own, which takes other targets than it says."""
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])
    model.compile("sgd", _of_classes)
    return model


def several_outputs() -> Any:
    """Outputs by name: classes in numbers, classes as they are, and a number; compiled."""
    hidden = keras.layers.Dense(4)(inputs := keras.Input((4,)))
    outputs = {
        "kind": keras.layers.Dense(CLASSES, activation="softmax", name="kind")(hidden),
        "side": keras.layers.Dense(3, activation="softmax", name="side")(hidden),
        "price": keras.layers.Dense(1, name="price")(hidden),
    }
    model = keras.Model(inputs, outputs)
    losses = {
        "kind": "sparse_categorical_crossentropy",
        "side": keras.losses.CategoricalCrossentropy(),
        "price": keras.losses.mean_absolute_error,
    }
    model.compile("sgd", losses)
    return model


def listed_outputs() -> Any:
    """Two outputs in a list, whose losses are given by name; compiled."""
    hidden = keras.layers.Dense(4)(inputs := keras.Input((4,)))
    outputs = [
        keras.layers.Dense(CLASSES, activation="softmax", name="kind")(hidden),
        keras.layers.Dense(1, name="price")(hidden),
    ]
    model = keras.Model(inputs, outputs)
    model.compile("sgd", {"kind": "sparse_categorical_crossentropy", "price": "mse"})
    return model


def columns() -> Any:
    """A table of floats, whose first column says which row of an embedding is meant."""
    table = keras.Input((5,))
    kind = keras.ops.cast(table[:, 0], "int32")
    embedded = keras.layers.Embedding(7, 4, name="kind")(kind)
    joined = keras.layers.concatenate([embedded, table[:, 1:]])
    return keras.Model(table, keras.layers.Dense(2)(joined))


class TakesItsDataAlone(keras.Model):
    """As an autoencoder does: what it is trained towards is what it is given."""

    def __init__(self) -> None:
        super().__init__()
        self.only = keras.layers.Dense(3)

    def call(self, inputs: Any) -> Any:
        return self.only(inputs)

    def train_step(self, data: Any) -> Any:
        data = data[0] if isinstance(data, tuple) else data
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.square(self(data, training=True) - data))
        self.optimizer.apply(tape.gradient(loss, self.trainable_weights), self.trainable_weights)
        return {"loss": loss}


def without_targets() -> Any:
    """A model that comes compiled without a loss."""
    model = TakesItsDataAlone()
    model.compile("sgd")
    model.build((None, 3))
    return model


class UnpacksPairs(Plain):
    def train_step(self, data: Any) -> Any:
        inputs, targets = data
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.square(self(inputs, training=True) - targets))
        self.optimizer.apply(tape.gradient(loss, self.trainable_weights), self.trainable_weights)
        return {"loss": loss}


def unpacks_pairs() -> Any:
    """A model without a loss whose own step takes targets."""
    model = UnpacksPairs()
    model.compile("sgd")
    model.build((None, 3))
    return model


def _mean(values: Any) -> Any:
    return keras.ops.mean(values, axis=1)
