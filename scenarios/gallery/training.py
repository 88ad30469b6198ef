"""Models that are trained in a way of their own: own steps, added losses, several outputs."""

from __future__ import annotations

from typing import Any

import keras
import tensorflow as tf
from keras import layers, ops

WIDTH, CODE = 16, 4


def _network(inputs: int, outputs: int) -> Any:
    return keras.Sequential(
        [
            keras.Input((inputs,)),
            layers.Dense(WIDTH, activation="relu"),
            layers.Dense(WIDTH, activation="relu"),
            layers.Dense(outputs),
        ]
    )


class Sampling(layers.Layer):
    """A draw from the distribution that a mean and the log of a variance describe."""

    def __init__(self) -> None:
        super().__init__()
        self.seed_generator = keras.random.SeedGenerator(7)

    def call(self, inputs: Any) -> Any:
        mean, log_variance = inputs
        noise = keras.random.normal(ops.shape(mean), seed=self.seed_generator)
        return mean + ops.exp(0.5 * log_variance) * noise


class VariationalAutoencoder(keras.Model):
    """Trains by a step of its own, which needs no targets."""

    def __init__(self) -> None:
        super().__init__()
        self.encoder, self.decoder = _network(WIDTH, 2 * CODE), _network(CODE, WIDTH)
        self.sampling = Sampling()

    def call(self, inputs: Any) -> Any:
        mean, log_variance = ops.split(self.encoder(inputs), 2, axis=-1)
        return self.decoder(self.sampling((mean, log_variance)))

    def train_step(self, data: Any) -> Any:
        inputs = data[0] if isinstance(data, tuple) else data
        with tf.GradientTape() as tape:
            mean, log_variance = ops.split(self.encoder(inputs), 2, axis=-1)
            restored = self.decoder(self.sampling((mean, log_variance)))
            divergence = -0.5 * ops.mean(1 + log_variance - mean**2 - ops.exp(log_variance))
            loss = ops.mean(ops.square(restored - inputs)) + divergence
        gradients = tape.gradient(loss, self.trainable_weights)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_weights))
        return {"loss": loss}


def vae() -> Any:
    """A variational autoencoder with its own ``train_step``."""
    model = VariationalAutoencoder()
    model.build((None, WIDTH))
    model.compile(optimizer="adam")
    return model


class Adversaries(keras.Model):
    """A generator and a discriminator, each trained against the other; there is no ``call``."""

    def __init__(self) -> None:
        super().__init__()
        self.generator, self.discriminator = _network(CODE, WIDTH), _network(WIDTH, 1)
        self.seed_generator = keras.random.SeedGenerator(7)
        self.built = True

    def compile(self, **arguments: Any) -> None:
        super().compile(**arguments)
        self.generator_optimizer = keras.optimizers.Adam()
        self.generator_optimizer.build(self.generator.trainable_variables)
        self.optimizer.build(self.discriminator.trainable_variables)

    def train_step(self, data: Any) -> Any:
        real = data[0] if isinstance(data, tuple) else data
        crossentropy = keras.losses.BinaryCrossentropy(from_logits=True)
        noise = keras.random.normal((ops.shape(real)[0], CODE), seed=self.seed_generator)
        with tf.GradientTape(persistent=True) as tape:
            fake = self.generator(noise)
            of_fake, of_real = self.discriminator(fake), self.discriminator(real)
            generator_loss = crossentropy(ops.ones_like(of_fake), of_fake)
            discriminator_loss = crossentropy(ops.zeros_like(of_fake), of_fake)
            discriminator_loss += crossentropy(ops.ones_like(of_real), of_real)
        for loss, part, optimizer in (
            (generator_loss, self.generator, self.generator_optimizer),
            (discriminator_loss, self.discriminator, self.optimizer),
        ):
            weights = part.trainable_variables
            optimizer.apply_gradients(zip(tape.gradient(loss, weights), weights))
        return {"generator": generator_loss, "discriminator": discriminator_loss}


def gan() -> Any:
    """A pair of adversaries with a ``train_step`` and no ``call``."""
    model = Adversaries()
    model.compile(optimizer="adam")
    return model


class SparseActivity(layers.Layer):
    """Adds a loss of its own for what it lets through."""

    def call(self, inputs: Any) -> Any:
        self.add_loss(0.01 * ops.mean(ops.abs(inputs)))
        return inputs


def add_loss() -> Any:
    """A perceptron in which a layer adds a loss of its own (``add_loss``)."""
    inputs = keras.Input((WIDTH,))
    return keras.Sequential([inputs, _network(WIDTH, WIDTH), SparseActivity(), layers.Dense(2)])


def multi_output() -> Any:
    """Two outputs with targets and losses by name."""
    inputs = keras.Input((WIDTH,))
    x = layers.Dense(WIDTH, activation="relu")(inputs)
    outputs = {
        "price": layers.Dense(1, name="price")(x),
        "is_sold": layers.Dense(1, activation="sigmoid", name="is_sold")(x),
    }
    model = keras.Model(inputs, outputs)
    model.compile(optimizer="adam", loss={"price": "mse", "is_sold": "binary_crossentropy"})
    return model
