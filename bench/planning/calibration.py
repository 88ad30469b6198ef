"""Designs a calibration: which comparisons of known truth are made, and in which order."""

from __future__ import annotations

import random

from bench.domain.design.calibration import Block, Calibration
from bench.domain.errors import InvalidScenario
from bench.domain.scenario import Scenario


def design_calibration(
    scenario: Scenario, *, experiments: int, replicates: int, rounds: int, blocks: int, seed: int
) -> Calibration:
    """The calibration that measures the arms of ``scenario``, whose slowdowns are ``injected``.

    ``blocks`` sequential comparisons are with an arm that is not slowed, half as many with the arm
    that is slowed most, in random order. Raises ``InvalidScenario`` when there are no such arms.
    """
    equal = [arm for arm, part in scenario.injected.items() if part == 0]
    if not equal or not any(scenario.injected.values()):
        raise InvalidScenario(
            "a calibration needs an arm that is slowed and one that is not: give Scenario.injected"
        )
    slowest = max(scenario.injected, key=lambda arm: scenario.injected[arm])
    generator = random.Random(f"blocks-{seed}")
    arms = [equal[0]] * blocks + [slowest] * (blocks // 2)
    pairs = [generator.sample([scenario.baseline, arm], 2) for arm in arms]
    generator.shuffle(pairs)
    return Calibration(
        experiments=experiments,
        replicates=replicates,
        injected=scenario.injected,
        blocks=tuple(Block(first, second) for first, second in pairs),
        samples=rounds * replicates,
    )
