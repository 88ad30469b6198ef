"""Models as people bring them: with several inputs, subclassed, or without known inputs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import keras
import tensorflow as tf


def two_inputs(units: int = 8) -> Any:
    """An autoencoder of an image's features and a label, with two outputs."""
    features, label = keras.Input((16,)), keras.Input((4,))
    joined = keras.layers.concatenate([features, label])
    code = keras.layers.Dense(units, activation="relu")(joined)
    outputs = [keras.layers.Dense(16)(code), keras.layers.Dense(4)(code)]
    return keras.Model([features, label], outputs)


class Subclassed(keras.Model):
    def __init__(self, units: int) -> None:
        super().__init__()
        self.first = keras.layers.Dense(units, activation="relu")
        self.last = keras.layers.Dense(3)

    def call(self, inputs: Any) -> Any:
        return self.last(self.first(inputs))


def subclassed(units: int = 8) -> Any:
    """A model whose inputs nobody can know before it is called."""
    return Subclassed(units)


def any_length(depth: int) -> Any:
    """A recurrent classifier of sequences of any length."""
    hidden = [keras.layers.LSTM(8, return_sequences=True) for _ in range(depth - 1)]
    last = [keras.layers.LSTM(8), keras.layers.Dense(2)]
    return keras.Sequential([keras.Input((None, 5)), *hidden, *last])


def transformer(depth: int) -> Any:
    """A small classifier of sequences of tokens: attention and a feed-forward layer × depth."""
    tokens = keras.Input((12,), dtype="int32")
    hidden = keras.layers.Embedding(50, 16)(tokens)
    for _ in range(depth):
        attended = keras.layers.MultiHeadAttention(num_heads=2, key_dim=8)(hidden, hidden)
        hidden = keras.layers.LayerNormalization()(hidden + attended)
        forward = keras.layers.Dense(16)(keras.layers.Dense(32, activation="relu")(hidden))
        hidden = keras.layers.LayerNormalization()(hidden + forward)
    pooled = keras.layers.GlobalAveragePooling1D()(hidden)
    return keras.Model(tokens, keras.layers.Dense(3, activation="softmax")(pooled))


def compiled(depth: int) -> Any:
    """A classifier that its builder compiles, so that it is run eagerly."""
    hidden = [keras.layers.Dense(8, activation="relu") for _ in range(depth)]
    model = keras.Sequential([keras.Input((6,)), *hidden, keras.layers.Dense(5)])
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.SGD(0.1), loss, run_eagerly=True)
    return model


def compiled_for_xla() -> Any:
    """A model that its builder has XLA compile, several steps at once."""
    model = keras.Sequential([keras.Input((6,)), keras.layers.Dense(5)])
    model.compile("sgd", "mse", jit_compile=True, steps_per_execution=2)
    return model


def two_losses() -> Any:
    """A model that its builder compiles with a loss for each of its named outputs."""
    inputs = keras.Input((6,))
    kind = keras.layers.Dense(3, activation="softmax", name="kind")(inputs)
    is_new = keras.layers.Dense(1, activation="sigmoid", name="is_new")(inputs)
    model = keras.Model(inputs, [kind, is_new])
    losses = {"kind": "sparse_categorical_crossentropy", "is_new": "binary_crossentropy"}
    model.compile("adamw", losses)
    return model


class OwnCompile(keras.Model):
    """Takes two optimizers, as models in two parts do."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.second = keras.layers.Dense(8), keras.layers.Dense(1)

    def compile(self, first_optimizer: Any, second_optimizer: Any, **others: Any) -> None:
        super().compile(**others)
        self.optimizers = first_optimizer, second_optimizer

    def call(self, inputs: Any) -> Any:
        return self.second(self.first(inputs))


def own_compile() -> Any:
    """A model that nobody but its builder knows how to compile."""
    return OwnCompile()


class RefusesLoss(keras.Model):
    """Takes the usual arguments and refuses them, as detectors with several losses do."""

    def __init__(self) -> None:
        super().__init__()
        self.boxes = keras.layers.Dense(4)

    def compile(self, box_loss: Any = None, loss: Any = None, **others: Any) -> None:
        if loss is not None:
            raise ValueError("this model takes no `loss`: pass `box_loss`")
        super().compile(loss=box_loss, **others)

    def call(self, inputs: Any) -> Any:
        return self.boxes(inputs)


def refuses_loss() -> Any:
    """A model whose ``compile`` refuses the usual loss by itself."""
    return RefusesLoss()


class Pair(keras.Model):
    """Two networks that are trained against each other, and no ``call``."""

    def __init__(self) -> None:
        super().__init__()
        self.maker = keras.Sequential([keras.Input((6,)), keras.layers.Dense(6)])
        self.judge = keras.Sequential([keras.Input((6,)), keras.layers.Dense(1)])

    def train_step(self, data: Any) -> Any:
        import tensorflow as tf

        noise = data[0] if isinstance(data, tuple) else data
        assert not isinstance(data, tuple) or data[1] is None
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(self.judge(self.maker(noise)))
        weights = self.maker.trainable_weights
        self.optimizer.apply_gradients(zip(tape.gradient(loss, weights), weights, strict=True))
        return {"loss": loss}


def only_trained() -> Any:
    """A GAN-like pair with a ``train_step`` of its own that takes no targets."""
    model = Pair()
    model.compile("sgd")
    return model


class Variational(keras.Model):
    """An autoencoder whose loss is of its own making; it takes no targets either."""

    def __init__(self) -> None:
        super().__init__()
        self.encoder, self.decoder = keras.layers.Dense(2), keras.layers.Dense(6)

    def call(self, inputs: Any) -> Any:
        code = self.encoder(inputs)
        self.add_loss(1e-3 * keras.ops.mean(keras.ops.square(code)))
        return self.decoder(code)


def added_loss() -> Any:
    """A model that is trained by ``add_loss`` alone."""
    model = Variational()
    model.compile("adam")
    return model


class Supervised(keras.Model):
    """Has a ``train_step`` of its own that takes inputs and targets apart."""

    def __init__(self) -> None:
        super().__init__()
        self.last = keras.layers.Dense(2)

    def call(self, inputs: Any) -> Any:
        return self.last(inputs)

    def train_step(self, data: Any) -> Any:
        import tensorflow as tf

        inputs, targets = data[0], data[1]
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.square(self(inputs, training=True) - targets))
        weights = self.trainable_weights
        self.optimizer.apply_gradients(zip(tape.gradient(loss, weights), weights, strict=True))
        return {"loss": loss}


def supervised() -> Any:
    """A model without a loss that Keras knows of, which wants targets."""
    model = Supervised()
    model.compile("sgd")
    return model


def drops_out(depth: int, random: bool = True) -> Any:
    """Random layers of every kind that are off where nothing is learnt."""
    first = [keras.layers.RandomFlip(), keras.layers.RandomContrast(0.5)] if random else []
    return keras.Sequential(
        [
            keras.Input((16, 16, 3)),
            *first,
            *(keras.layers.Conv2D(4, 3, padding="same") for _ in range(depth)),
            keras.layers.GaussianNoise(0.5),
            keras.layers.SpatialDropout2D(0.5),
            keras.layers.Flatten(),
            keras.layers.Dense(3),
        ]
    )


class Sampling(keras.Model):
    """Draws a number whenever it answers."""

    def __init__(self) -> None:
        super().__init__()
        self.last = keras.layers.Dense(2)

    def call(self, inputs: Any) -> Any:
        return self.last(inputs) + keras.random.normal((1, 2))


def samples() -> Any:
    """A model that never answers twice alike."""
    return Sampling()


class Forgetful(keras.Model):
    """Never tells its random layer whether it is trained, so that Keras's ``predict`` does."""

    def __init__(self) -> None:
        super().__init__()
        self.augment = keras.layers.RandomFlip("horizontal")
        self.rest = keras.Sequential([keras.layers.Flatten(), keras.layers.Dense(3)])

    def call(self, inputs: Any) -> Any:
        return self.rest(self.augment(inputs))


def forgetful() -> Any:
    """A model that ``predict`` asks to train and a call does not."""
    return Forgetful()


def of_a_strategy() -> Any:
    """A model of one replica, as a distribution strategy builds it; not compiled."""
    with tf.distribute.MirroredStrategy(["CPU:0"]).scope():
        return keras.Sequential([keras.Input((6,)), keras.layers.Dense(5)])


class Prepared(Subclassed):
    """As a task of KerasHub: its methods prepare raw data, its ``call`` takes what comes of it."""

    preprocessor: Any = None

    def preprocess_samples(self, x: Any) -> Any:
        return self.preprocessor(x)


def with_a_preprocessor(is_used: bool = True) -> Any:
    model = Prepared(4)
    model.preprocessor = keras.layers.StringLookup(vocabulary=["a"]) if is_used else None
    return model


def overriding() -> Any:
    return Overriding()


class Overriding(keras.Model):
    """Does itself what Keras does around ``call``."""

    def __init__(self) -> None:
        super().__init__()
        self.only = keras.layers.Dense(3)

    def __call__(self, inputs: Any) -> Any:
        return self.only(inputs)


class Returning(Subclassed):
    """A model that returns what ``wrap`` makes of its one tensor."""

    def __init__(self, wrap: Any) -> None:
        super().__init__(4)
        self._wrap = wrap

    def call(self, inputs: Any) -> Any:
        return self._wrap(super().call(inputs))


class Both(NamedTuple):
    first: Any
    second: Any


@dataclass
class Result:
    logits: Any
    attention: Any = None


def returns_nothing_next_to_it() -> Any:
    return Returning(lambda tensor: (tensor, None))


def returns_a_named_tuple() -> Any:
    return Returning(lambda tensor: Both(tensor, {"again": tensor}))


def returns_a_dataclass() -> Any:
    return Returning(Result)


def returns_a_number_next_to_it() -> Any:
    return Returning(lambda tensor: {"logits": tensor, "depth": 2})


class Model:
    """As another Keras has one."""


def of_another_keras() -> Any:
    return Model()
