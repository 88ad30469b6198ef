"""A model that looks at its values while it is called, so that no graph can be made of it."""


def eager_only(depth):
    import keras

    class EagerOnly(keras.Model):
        def __init__(self):
            super().__init__()
            self.dense = [keras.layers.Dense(4) for _ in range(depth)]

        def build(self, shape):
            for layer in self.dense:
                layer.build((None, 4))
            self.built = True

        def call(self, inputs):
            for layer in self.dense:
                inputs = layer(inputs)
            return inputs * float(inputs.numpy().max())

    model = EagerOnly()
    model.build((None, 4))
    return model


def plain(depth):
    import keras

    return keras.Sequential([keras.Input((4,)), *(keras.layers.Dense(4) for _ in range(depth))])
