"""A change to Keras, tested before it is proposed: what it saves, and what it leaves unchanged."""

from bench.domain.scenario import Arm, Scenario

# Its graph is made by `build`, which the other arms have done by then.
_PATCHED = Arm(
    "scenarios.builders:incremental",
    patch="scenarios.patches:postponed_rebuild",
    deferred=True,
)

proposed_fix = Scenario(
    question="Would a Sequential that is rebuilt only when it is needed cost no more than inline?",
    arms={
        "inline": Arm("scenarios.builders:inline"),
        "incremental": Arm("scenarios.builders:incremental"),
        "incremental_patched": _PATCHED,
    },
    baseline="inline",
    architectures=("mlp", "cnn", "conv_bn", "lstm", "custom"),
    layers=(4, 16, 64),
)

# Two arms at one depth: fewer comparisons and shorter rounds, so that replicates are cheap.
proposed_fix_equivalence = Scenario(
    question="Does an incremental build under the proposed fix cost as much as an inline one?",
    arms={"inline": Arm("scenarios.builders:inline"), "incremental_patched": _PATCHED},
    baseline="inline",
    architectures=("mlp", "cnn", "conv_bn", "lstm", "custom"),
    layers=(64,),
    headline=("ready",),
)
