"""Time what you do with a model: here, to pickle it and to load it again.

Run it from the root of the repository:

    scripts/bench run examples/own_lifecycle.py --quick
"""

from typing import Any

from bench import Arm, Lifecycle, Scenario


def pickled(life: Any, protocol: int = 5) -> Any:
    """Dump a model, load it again, and call the loaded one.

    ``life`` builds models and times phases. All work happens in one of its calls.
    """
    import pickle

    # Preparations are timed, but arms are not compared in them.
    model = life.prepare(life.build)
    batch = life.prepare(lambda: life.batch(model))

    # Each phase runs once and returns the result of its action.
    data = life.phase("dump", lambda: pickle.dumps(model, protocol))
    loaded = life.phase("load", lambda: pickle.loads(data))

    # A repeated phase: only the calls of the steady state count.
    life.iterate("inference", lambda: loaded(batch))

    # A note is reported with the timings. It is collected in a separate process.
    life.note("size", lambda: f"{len(data):,} bytes")

    # bench explain inspects the model that the function returns.
    return loaded


pickling = Scenario(
    question="What does it cost to pickle a model and load it again?",
    arms={
        "inline": Arm("scenarios.builders:inline"),
        "functional": Arm("scenarios.builders:functional"),
        # Arms can also differ in what is done: these arguments go to the function above.
        "old_protocol": Arm("scenarios.builders:inline", lifecycle_arguments={"protocol": 2}),
    },
    baseline="inline",
    architectures=("mlp",),
    layers=(4, 16),
    headline=("load",),
    lifecycle=Lifecycle("own_lifecycle:pickled", phases=("dump", "load", "inference")),
)
