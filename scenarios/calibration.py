"""Equal work and work with a known slowdown: ``bench calibrate`` tests the instrument on both."""

from bench.domain.scenario import Arm, Scenario

calibration = Scenario(
    question="Does the instrument distinguish slowed work from equal work?",
    arms={
        "inline": Arm("scenarios.builders:inline"),
        "again": Arm("scenarios.builders:inline"),
        "slowed_1": Arm("scenarios.injected:slowed_1"),
        "slowed_2": Arm("scenarios.injected:slowed_2"),
        "slowed_4": Arm("scenarios.injected:slowed_4"),
        "slowed_10": Arm("scenarios.injected:slowed_10"),
    },
    baseline="inline",
    architectures=("mlp", "cnn"),
    layers=(16,),
    injected={"again": 0.0, "slowed_1": 0.01, "slowed_2": 0.02, "slowed_4": 0.04, "slowed_10": 0.1},
)
