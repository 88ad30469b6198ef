"""The loop of a hyperparameter search: one model after another in one process, none retained."""

from bench.domain.phases import Lifecycle
from bench.domain.scenario import Arm, Scenario

_LIFECYCLE = Lifecycle("scenarios.lifecycles:search", phases=("search",))
_CLEARED = {"clear": True}

search = Scenario(
    question="Do models of 1 to n layers, built one after another, get slower or retain memory?",
    arms={
        "inline": Arm("scenarios.builders:inline"),
        "inline_cleared": Arm("scenarios.builders:inline", lifecycle_arguments=_CLEARED),
        "incremental": Arm("scenarios.builders:incremental"),
        "incremental_cleared": Arm("scenarios.builders:incremental", lifecycle_arguments=_CLEARED),
    },
    baseline="inline",
    architectures=("mlp", "cnn", "conv_bn"),
    layers=(16,),
    headline=("search",),
    lifecycle=_LIFECYCLE,
)

search_trained = Scenario(
    question="The same, if every model makes a prediction and a training step?",
    arms={
        name: Arm(arm.builder, lifecycle_arguments={**arm.lifecycle_arguments, "train": True})
        for name, arm in search.arms.items()
    },
    baseline="inline",
    architectures=search.architectures,
    layers=(6,),
    headline=("search",),
    lifecycle=_LIFECYCLE,
)
