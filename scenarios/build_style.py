"""Inline against incremental construction: the question that this suite was built for."""

from bench.domain.scenario import Arm, Scenario

build_style = Scenario(
    question="Does it matter whether a Sequential is built inline or layer by layer?",
    arms={
        "inline": Arm("scenarios.builders:inline"),
        "incremental": Arm("scenarios.builders:incremental"),
        "incremental_deferred": Arm("scenarios.builders:incremental_deferred", deferred=True),
        "incremental_no_rebuild": Arm("scenarios.builders:incremental_no_rebuild", deferred=True),
        "functional": Arm("scenarios.builders:functional"),
    },
    baseline="inline",
    architectures=("mlp", "cnn", "conv_bn", "lstm", "custom"),
    layers=(4, 16, 64),
)
