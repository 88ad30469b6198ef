"""Compare two builders of your own.

Run it from the root of the repository:

    scripts/bench run examples/two_builders.py --quick
    scripts/bench explain latest
"""

from typing import Any

from bench import Arm, Scenario

# A builder takes a depth and returns a model. It imports the framework itself, because the suite
# also reads this file in a process that has no framework.


def layer_norm(depth: int) -> Any:
    """A residual network that normalises each sample."""
    import keras

    return _residual(depth, keras.layers.LayerNormalization)


def batch_norm(depth: int) -> Any:
    """The same network, normalising over the batch."""
    import keras

    return _residual(depth, keras.layers.BatchNormalization)


def _residual(depth: int, normalization: Any) -> Any:
    import keras

    outputs = inputs = keras.Input((64,))
    for _ in range(depth):
        branch = keras.layers.Dense(64, activation="relu")(normalization()(outputs))
        outputs = keras.layers.add([outputs, branch])
    return keras.Model(inputs, outputs)


# The variable's name is the name of the scenario: results are stored under "normalization".
normalization = Scenario(
    question="Which normalisation costs less, before and after the first prediction?",
    # An arm names its builder as MODULE:FUNCTION. The module is this file, without ".py".
    arms={
        "layer_norm": Arm("two_builders:layer_norm"),
        "batch_norm": Arm("two_builders:batch_norm"),
    },
    # Every other arm is compared with the baseline. The placebo is a second copy of it.
    baseline="layer_norm",
    # Three or more depths show how the cost grows.
    layers=(2, 8, 32),
    # How the model is called: a traced function for predictions, and a training step.
    call_modes=("function", "train"),
    # The phases that the question is about get most of the error budget. "inference" is a repeated
    # prediction and "step" a repeated training step.
    headline=("construct", "inference", "step"),
)
