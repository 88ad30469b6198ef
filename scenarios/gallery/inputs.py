"""Models whose inputs are of a kind of their own: by name, of text, in several arguments."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops

WORDS, LENGTH, WIDTH = 100, 8, 16
SENTENCES = ["the cat sat on the mat", "a dog ran after the cat", "it was a long day"]


def transformer() -> Any:
    """A block of a transformer, which takes tokens and a mask in a dictionary."""
    tokens = keras.Input((LENGTH,), dtype="int32", name="token_ids")
    mask = keras.Input((LENGTH,), dtype="int32", name="padding_mask")
    x = layers.Embedding(WORDS, WIDTH)(tokens)
    attention = layers.MultiHeadAttention(num_heads=2, key_dim=WIDTH // 2)
    visible = layers.Reshape((1, LENGTH))(mask)
    x = layers.LayerNormalization()(x + attention(x, x, attention_mask=visible))
    x = layers.LayerNormalization()(x + layers.Dense(WIDTH, activation="gelu")(x))
    x = layers.GlobalAveragePooling1D()(x)
    return keras.Model({"token_ids": tokens, "padding_mask": mask}, layers.Dense(2)(x))


def text_classifier() -> Any:
    """A classifier of texts, whose words ``TextVectorization`` splits and looks up."""
    words = layers.TextVectorization(WORDS, output_sequence_length=LENGTH)
    words.adapt(SENTENCES)
    text = keras.Input((1,), dtype="string")
    x = layers.Embedding(WORDS, WIDTH)(words(text))
    x = layers.GlobalAveragePooling1D()(x)
    return keras.Model(text, layers.Dense(2, activation="softmax")(x))


class MeanOfWords(layers.Layer):
    """The mean of the embeddings of as many words as each text has."""

    def build(self, _: Any) -> None:
        self.table = self.add_weight(shape=(WORDS, WIDTH))

    def call(self, words: Any) -> Any:
        if not isinstance(words, tf.RaggedTensor):
            words = tf.RaggedTensor.from_tensor(words)
        numbers = tf.ragged.map_flat_values(
            tf.strings.to_hash_bucket_fast, words, num_buckets=WORDS
        )
        return tf.reduce_mean(tf.ragged.map_flat_values(tf.gather, self.table, numbers), axis=1)

    def compute_output_spec(self, words: Any) -> Any:
        return keras.KerasTensor((words.shape[0], WIDTH))


def ragged_text() -> Any:
    """A classifier of texts with any number of words, in a ragged tensor of strings."""
    words = keras.Input((None,), dtype="string", ragged=True)
    return keras.Model(words, layers.Dense(2)(MeanOfWords()(words)))


def tabular() -> Any:
    """The columns of a table by name, with ``StringLookup`` and ``Normalization``."""
    normalised = layers.Normalization()
    normalised.adapt(np.arange(12.0, dtype="float32").reshape(4, 3))
    city = keras.Input((1,), dtype="string", name="city")
    numbers = keras.Input((3,), name="numbers")
    looked_up = layers.StringLookup(vocabulary=["Paris", "Rome"], output_mode="one_hot")(city)
    x = layers.Concatenate()([looked_up, normalised(numbers)])
    x = layers.Dense(WIDTH, activation="relu")(x)
    return keras.Model({"city": city, "numbers": numbers}, layers.Dense(1)(x))


class TwoArguments(keras.Model):
    """Takes features and a context, each as an argument of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.features, self.context = layers.Dense(WIDTH), layers.Dense(WIDTH)
        self.last = layers.Dense(2)

    def call(self, features: Any, context: Any) -> Any:
        return self.last(ops.relu(self.features(features) * self.context(context)))


def two_arguments() -> Any:
    """A subclassed model whose ``call`` takes two arguments."""
    return TwoArguments()
