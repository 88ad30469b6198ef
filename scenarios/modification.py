"""A model needs other layers after its first prediction: modify it, or rebuild it?"""

from bench.domain.phases import Lifecycle
from bench.domain.scenario import Arm, Scenario

_LIFECYCLE = Lifecycle(
    "scenarios.lifecycles:modification",
    phases=("modify", "compile", "first_call"),
    time_to_first_output="time_to_first_inference",
)
_RECREATE = {
    "recreate_inline": Arm("scenarios.builders:inline", lifecycle_arguments={"anew": True}),
    "recreate_incremental": Arm(
        "scenarios.builders:incremental", lifecycle_arguments={"anew": True}
    ),
    "recreate_functional": Arm("scenarios.builders:functional", lifecycle_arguments={"anew": True}),
}

modification = Scenario(
    question="What does it cost to add four layers to a model after its first prediction?",
    arms={
        "extend_inline": Arm("scenarios.builders:inline"),
        "extend_incremental": Arm("scenarios.builders:incremental"),
        **_RECREATE,
    },
    baseline="extend_inline",
    architectures=("mlp", "cnn", "conv_bn", "lstm", "custom"),
    layers=(16, 64),
    headline=("modify", "time_to_first_inference"),
    lifecycle=_LIFECYCLE,
)

removal = Scenario(
    question="What does it cost to remove the last layer of a model after its first prediction?",
    arms={
        name.replace("extend", "pop"): Arm(
            arm.builder, lifecycle_arguments={**arm.lifecycle_arguments, "added": -1}
        )
        for name, arm in modification.arms.items()
    },
    baseline="pop_inline",
    architectures=modification.architectures,
    layers=modification.layers,
    headline=modification.headline,
    lifecycle=_LIFECYCLE,
)
