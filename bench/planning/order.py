"""The random order of a round: what is measured when, who shares a core, and with which seed."""

from __future__ import annotations

import random
from collections.abc import Callable, Collection, Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from bench.domain.design.plan import CoScheduling, Plan
from bench.domain.panel import Cell, Panel


class PlannedInvocation(NamedTuple):
    """One invocation of a cell; ``order`` is its place within the round.

    Those of one ``group`` start together in that order, and share a core; None stands where it has
    a core to itself.
    """

    order: int
    cell: Cell
    replicate: int
    group: int | None = None


class SeenPhases(NamedTuple):
    """What earlier rounds have shown of phases, by which arms are scheduled from then on.

    In the panels that are ``waiting`` some phase waits, or is a series of calls whose times are
    told, and is measured solo; those that are ``short`` are too short to be shared in slices.
    """

    waiting: frozenset[Panel] = frozenset()
    short: frozenset[tuple[Panel, str]] = frozenset()


NOTHING_SEEN = SeenPhases()


def groups_of(
    plan: Plan,
    round_number: int,
    *,
    is_wanted: Callable[[Cell], bool] = lambda _: True,
    waiting: Collection[Panel] = (),
) -> Iterator[tuple[PlannedInvocation, ...]]:
    """The invocations of a round in random order, those together that share a core.

    The longest groups do not come last.

    Each replicate is a pass over all cells that ``is_wanted``, of the panels that have so many.
    Work of a GPU is not shared. In the ``waiting`` panels some phase is compared solo: every arm
    then has a solo invocation in every round.
    """
    generator = random.Random(f"order-{plan.seed}-{round_number}")
    cells = [cell for cell in plan.cells() if is_wanted(cell)]
    order = group = 0
    for replicate in range(plan.replicates):
        wanted = [cell for cell in cells if replicate < plan.replicates_of(cell.panel)]
        members = _one_pass(plan, round_number, replicate, wanted, waiting, generator)
        for several in _shuffled(members, generator):
            shared = len(several) > 1
            yield tuple(
                PlannedInvocation(order + place, cell, replicate, group if shared else None)
                for place, cell in enumerate(several)
            )
            order += len(several)
            group += shared


def invocations_of(plan: Plan, round_number: int) -> Iterator[PlannedInvocation]:
    """Every invocation of a round, in its order."""
    for group in groups_of(plan, round_number):
        yield from group


def _shuffled(
    members: Sequence[tuple[Cell, ...]], generator: random.Random
) -> list[tuple[Cell, ...]]:
    """``members`` in random order, without the longest groups at the end.

    Should one of these come last, the other cores would wait for it. Within a group nothing depends
    on its place, and what has a core to itself is anywhere.
    """
    order = generator.sample(members, len(members))
    deepest = max((cells[0].panel.layers or 0 for cells in order), default=0)
    long = [each for each in order if len(each) > 1 and (each[0].panel.layers or 0) == deepest]
    others = [each for each in order if each not in long]
    early = len(order) - len(order) // 3
    if len(long) > early or all(each[0].panel.layers == deepest for each in others):
        return order
    for place in sorted(generator.sample(range(early), len(long))):
        others.insert(place, long.pop())
    return others


def _one_pass(
    plan: Plan,
    round_number: int,
    replicate: int,
    cells: Sequence[Cell],
    waiting: Collection[Panel],
    generator: random.Random,
) -> list[tuple[Cell, ...]]:
    if plan.co_scheduling is None:
        return [(cell,) for cell in cells]
    found: list[tuple[Cell, ...]] = []
    for panel, own in groupby(cells, key=lambda cell: cell.panel):
        of_panel = list(own)
        solo: list[Cell] = []
        for baseline in dict.fromkeys(map(plan.shares_core_with, of_panel)):
            arms = [
                cell
                for cell in of_panel
                if cell != baseline and plan.shares_core_with(cell) == baseline
            ]
            if plan.device_of(baseline) != "cpu" or baseline not in of_panel or not arms:
                solo += [cell for cell in (baseline, *arms) if cell in of_panel]
                continue
            found += _shared(plan.co_scheduling, baseline, arms, generator)
            if not replicate:
                # In the first round it is not known yet which phases wait.
                always = round_number == 0 or panel in waiting
                every = 1 if always else plan.co_scheduling.solo_every
                own_arms = [cell for cell in arms if plan.baseline_of(cell) == baseline]
                solo += _solo(every, baseline, own_arms, round_number)
                solo += [cell for cell in arms if cell not in own_arms]
        found += [(cell,) for cell in dict.fromkeys(solo)]
    return found


def _shared(
    design: CoScheduling, baseline: Cell, arms: Sequence[Cell], generator: random.Random
) -> Iterator[tuple[Cell, ...]]:
    """Groups of the baseline and some of ``arms``, of nearly one size; each in random order.

    Arms of another environment share with the baseline alone. Members that have memory in common,
    as the children of one interpreter, find it in the caches when they take turns; one that has
    none in common with two others would seem slower by that. Two have it alike.
    """
    own = [cell for cell in arms if cell.environment == baseline.environment]
    shuffled = generator.sample(own, len(own))
    count = -(-len(own) // (design.arms - 1))
    shared = [shuffled[number::count] for number in range(count)]
    shared += [[cell] for cell in arms if cell not in own]
    for several in shared:
        members = [baseline, *several]
        yield tuple(generator.sample(members, len(members)))


def _solo(every: int, baseline: Cell, arms: Sequence[Cell], round_number: int) -> Iterator[Cell]:
    yield baseline
    for place, cell in enumerate(arms):
        if (round_number + place) % every == 0:
            yield cell


def round_seed(plan: Plan, round_number: int) -> int:
    """The seed that every arm of a round shares; 32 bits, different in each round."""
    return random.Random(f"round-{plan.seed}-{round_number}").getrandbits(32)
