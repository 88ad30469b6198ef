"""What the commands use of these files where their user names nothing."""

from bench.domain.suite import ReferenceModel, Suite

suite = Suite(
    default="build_style",
    calibration="calibration",
    claims="scenarios.claims",
    reference=ReferenceModel(
        builder="scenarios.builders:inline",
        architecture="scenarios.architectures:mlp",
        layers=16,
    ),
)
