"""A model is restored from its configuration, its file or its weights."""

from bench.domain.phases import Lifecycle
from bench.domain.scenario import Arm, Scenario

_LIFECYCLE = Lifecycle(
    "scenarios.lifecycles:restore",
    phases=(
        *("from_config", "clone_model", "save", "load_model", "save_weights", "load_weights"),
        *("export", "reload"),
    ),
)

restore = Scenario(
    question="What does it cost to restore a model, and does it matter how it was built?",
    arms={
        "inline": Arm("scenarios.builders:inline"),
        "incremental": Arm("scenarios.builders:incremental"),
        "functional": Arm("scenarios.builders:functional"),
    },
    baseline="inline",
    architectures=("mlp", "cnn", "conv_bn", "lstm"),
    layers=(4, 16, 64),
    headline=("from_config", "clone_model", "load_model"),
    lifecycle=_LIFECYCLE,
    budget_factor=2.5,
)

restore_patched = Scenario(
    question="Does restoring cost less if a Sequential is rebuilt only when it is needed?",
    arms={
        "inline": Arm("scenarios.builders:inline"),
        "inline_patched": Arm(
            "scenarios.builders:inline", patch="scenarios.patches:postponed_rebuild"
        ),
    },
    baseline="inline",
    architectures=restore.architectures,
    layers=restore.layers,
    headline=("from_config", "load_model"),
    lifecycle=_LIFECYCLE,
    budget_factor=restore.budget_factor,
)
