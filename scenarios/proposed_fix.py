"""A change to Keras, tried before it is proposed: what it gains, and what it leaves as it is."""

from bench.plan.scenario import Arm, Scenario

proposed_fix = Scenario(
    question="Would a Sequential that is rebuilt only when it is needed cost no more than inline?",
    arms={
        "inline": Arm("scenarios.builders:inline"),
        "incremental": Arm("scenarios.builders:incremental"),
        # Its graph is made by `build`, which the other arms have done by then.
        "incremental_patched": Arm(
            "scenarios.builders:incremental",
            patch="scenarios.patches:postponed_rebuild",
            deferred=True,
        ),
    },
    baseline="inline",
    architectures=("mlp", "cnn", "conv_bn", "lstm", "custom"),
    layers=(4, 16, 64),
)
