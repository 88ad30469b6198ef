"""The loop of a hyperparameter search: one model after another in one process, none is kept."""

from bench.domain.phases import Lifecycle
from bench.domain.scenario import Arm, Scenario

_LIFECYCLE = Lifecycle("scenarios.lifecycles:search", phases=("search",))
_CLEARED = {"clear": True}

search = Scenario(
    question="Does making models of 1 to n layers, one after another, get slower or keep memory?",
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
    question="The same, when every model takes a training step and answers once?",
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
