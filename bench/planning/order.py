"""The random order of a round: which cell is measured when, and with which seed."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import NamedTuple

from bench.domain.design.plan import Plan
from bench.domain.panel import Cell


class PlannedInvocation(NamedTuple):
    """One invocation of a cell; ``order`` is its place within the round."""

    order: int
    cell: Cell
    replicate: int


def invocations_of(plan: Plan, round_number: int) -> Iterator[PlannedInvocation]:
    """The invocations of a round: each replicate is a pass over all cells, in random order."""
    generator = random.Random(f"order-{plan.seed}-{round_number}")
    cells = plan.cells()
    position = 0
    for replicate in range(plan.replicates):
        for cell in generator.sample(cells, len(cells)):
            yield PlannedInvocation(position, cell, replicate)
            position += 1


def round_seed(plan: Plan, round_number: int) -> int:
    """The seed that every arm of a round shares; 32 bits, different in each round."""
    return random.Random(f"round-{plan.seed}-{round_number}").getrandbits(32)
