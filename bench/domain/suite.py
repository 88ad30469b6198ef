"""What the suite's own scenario files declare for commands that are given no scenario."""

from __future__ import annotations

from dataclasses import dataclass

from bench.domain.scenario import check_reference


@dataclass(frozen=True)
class ReferenceModel:
    """A model to check the instrument with: a builder, and an architecture at one depth.

    Both are named as ``module:function``. Raises ``InvalidScenario`` when they are not.
    """

    builder: str
    architecture: str
    layers: int

    def __post_init__(self) -> None:
        check_reference(self.builder)
        check_reference(self.architecture)


@dataclass(frozen=True)
class Suite:
    """The scenarios and models that commands use where their user names none.

    ``default`` is the scenario that is measured and explained; ``calibration`` one whose arms have
    known slowdowns (see ``Scenario.injected``); ``claims`` the package of the claims that
    ``bench claims`` checks; ``reference`` what ``bench doctor --fidelity`` measures.
    """

    default: str
    calibration: str
    claims: str
    reference: ReferenceModel
