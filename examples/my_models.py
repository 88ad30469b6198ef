"""Two builders of the same network, for the notebook. A builder takes a depth, returns a model."""

import keras


def build_old(depth: int) -> keras.Model:
    """Adds the layers one by one."""
    model = keras.Sequential([keras.Input((16,))])
    for _ in range(depth):
        model.add(keras.layers.Dense(16, activation="relu"))
    return model


def build_new(depth: int) -> keras.Model:
    """Passes all layers at once."""
    hidden = [keras.layers.Dense(16, activation="relu") for _ in range(depth)]
    return keras.Sequential([keras.Input((16,)), *hidden])
