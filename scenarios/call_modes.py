"""Every way to call a model: what the first call costs, and what each later one."""

from bench.domain.phases import call_modes_of
from bench.domain.scenario import Arm, Scenario

call_modes = Scenario(
    question="What do the first and later calls of a model cost in each call mode?",
    arms={"inline": Arm("scenarios.builders:inline")},
    baseline="inline",
    architectures=("mlp", "cnn", "lstm"),
    layers=(4, 16, 64),
    call_modes=tuple(call_modes_of()),
    headline=("first_call", "inference"),
)
