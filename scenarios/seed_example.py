"""The classic tutorial network, built the two ways that tutorials build it."""

from bench.domain.scenario import Arm, Scenario

seed_example = Scenario(
    question="Does the build style matter for the classic tutorial network?",
    arms={
        "inline": Arm("scenarios.builders:inline", architecture_arguments={"legacy_shape": True}),
        "incremental": Arm(
            "scenarios.builders:incremental", architecture_arguments={"legacy_shape": True}
        ),
    },
    baseline="inline",
    architectures=("tutorial",),
)
