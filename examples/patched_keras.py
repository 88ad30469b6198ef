"""Test a change to Keras before you propose it.

Run it from the root of the repository:

    scripts/bench run examples/patched_keras.py --quick
    scripts/bench explain latest

The timings say what the change saves. The explanation says whether the model is still the same, and
whether the cause of the cost is gone.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from bench import Arm, Scenario


@contextmanager
def add_without_rebuild() -> Iterator[None]:
    """``Sequential.add`` only stores the layer; the model is built later, once.

    A patch takes no arguments. It changes the framework when it is entered, and restores it when it
    is left: an arm whose patch leaves a change behind fails.
    """
    import keras

    add = keras.Sequential.add

    def add_only(self: Any, layer: Any, rebuild: bool = True) -> None:
        add(self, layer, rebuild=False)

    keras.Sequential.add = add_only
    try:
        yield
    finally:
        keras.Sequential.add = add


quicker_add = Scenario(
    question="Is incremental construction as cheap as inline if add does not rebuild the model?",
    arms={
        "inline": Arm("scenarios.builders:inline"),
        "incremental": Arm("scenarios.builders:incremental"),
        # The same builder, measured under the patch. The patch postpones work, so the builder
        # returns an unfinished model. A deferred arm is compared by "ready", the sum of
        # "construct" and "build".
        "patched": Arm(
            "scenarios.builders:incremental",
            patch="patched_keras:add_without_rebuild",
            deferred=True,
        ),
    },
    baseline="inline",
    # Builders that take layers need an architecture that yields them.
    architectures=("mlp",),
    layers=(4, 16, 64),
    headline=("ready",),
)
