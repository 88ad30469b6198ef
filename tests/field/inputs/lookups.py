"""Numbers looked up in a vocabulary, which XLA has no form of, in one model and in two nested."""


def numbers(depth):
    import keras

    inputs = keras.Input((3,), dtype="int64")
    return keras.Model(inputs, _embedded(_found(inputs), depth))


def numbers_in_parts(depth):
    import keras

    inputs = keras.Input((3,), dtype="int64")
    lookup = keras.Model(inputs, _found(inputs))
    outer = keras.Input((3,), dtype="int64")
    return keras.Model(outer, _embedded(lookup(outer), depth))


def _found(inputs):
    import keras

    return keras.layers.IntegerLookup(vocabulary=[4, 5, 6])(inputs)


def _embedded(found, depth):
    import keras

    x = keras.layers.Embedding(8, 4)(found)
    for _ in range(depth):
        x = keras.layers.Dense(4)(x)
    return x
