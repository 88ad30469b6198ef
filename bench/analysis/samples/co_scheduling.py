"""Costs from invocations that share a core, and from those that have it to themselves.

The ratio of the CPU times of two invocations that take turns on one core holds nothing of what that
core suffers, since both suffer it alike (Bulej et al. 2020, 'Duet benchmarking', ICPE; there on two
cores). Their absolute times are those of a core with other tenants. So the cost of an arm in a
round is the *solo* cost of its baseline in that round, times the *co-scheduled* ratio of the arm to
it. The baseline of another environment is itself an arm to that of the first. Time spent waiting is
not shared: a phase that waits is compared solo.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import pandas as pd

from bench.analysis.arrays import Floats, Integers, exp, log, row_medians
from bench.analysis.samples.invocations import Invocations
from bench.analysis.samples.rounds import Composites, RoundCosts, reduce_rounds, with_composites
from bench.domain.metrics import CPU_SECONDS, METRICS, SECONDS
from bench.domain.panel import Cell, Panel
from bench.domain.phases import MAKING_READY

RECOVERY_S = 0.05
"""CPU time for which a member that others have left still computes as slowly as with them.

Its memory comes back into the caches as it is touched again. See docs/method.md for the figures.
"""

Baselines = Mapping[Cell, Cell]
"""Each cell → the one that it shares a core with; itself for one that shares with all others."""


def with_co_scheduled(
    solo_costs: RoundCosts,
    invocations: Invocations,
    baselines: Baselines,
    *,
    composites: Composites,
    iterating: Collection[str],
    computing: float,
) -> RoundCosts:
    """``solo_costs``, with the costs of arms that were compared co-scheduled in place of their own.

    ``invocations`` are all those of the run, and ``solo_costs`` what those say that had a core to
    themselves, for the same rounds. ``computing`` is the part of their wall time that these
    compute, at least, in phases that are compared co-scheduled. Memory is that of the co-scheduled
    invocations where a cell has any.
    """
    shares = invocations.group >= 0
    shared = invocations.chosen(shares)
    if not len(shared.cell):
        return solo_costs
    alone = ~np.isin(invocations.cell, shared.cell)
    memory = reduce_rounds(
        invocations.chosen(shares | alone),
        composites=composites,
        iterating=iterating,
        rounds=solo_costs.rounds,
    )
    values = {
        name: costs if METRICS[name].corrected else memory.values[name]
        for name, costs in solo_costs.values.items()
    }
    solo = invocations.chosen(invocations.group < 0)
    found = group_effects(invocations, baselines, solo_costs.rounds, composites)
    ratios = exp(_over_groups(found, len(invocations.cells), len(solo_costs.rounds)))
    computes = frozenset(_computing_phases(solo, composites, computing))
    places = {cell: place for place, cell in enumerate(invocations.cells)}
    shared_with = set(baselines.values())
    for metric in (SECONDS, CPU_SECONDS):
        composed = values[metric.name].copy()
        for cell, baseline in _in_turn(baselines):
            if cell == baseline or not {cell, baseline} <= places.keys():
                continue
            mine, its = places[cell], places[baseline]
            for position, phase in enumerate(solo_costs.phases):
                of_phase = ratios[mine, position]
                if (cell.panel, phase) in computes and np.isfinite(of_phase).any():
                    found_cost = composed[its, position] * of_phase
                    if cell in shared_with:
                        # Its own arms are compared with it, also where the first is not measured.
                        own = composed[mine, position]
                        found_cost = np.where(np.isnan(found_cost), own, found_cost)
                    composed[mine, position] = found_cost
        values[metric.name] = composed
    return replace(solo_costs, values=values, co_scheduled=computes)


def _in_turn(baselines: Baselines) -> list[tuple[Cell, Cell]]:
    """``baselines`` in an order in which each cell comes after the one that it shares with."""
    return sorted(baselines.items(), key=lambda pair: baselines.get(pair[1], pair[1]) != pair[1])


class GroupEffects(NamedTuple):
    """Log ratios of CPU time to the baseline in the same group, one row for each arm in a group.

    ``logs`` has shape (rows, phases), composites among the phases after those they are made of;
    ``cell`` and ``round`` have shape (rows,), positions in the cells and in the rounds.
    """

    logs: Floats
    cell: Integers
    round: Integers


def group_effects(
    invocations: Invocations, baselines: Baselines, rounds: Integers, composites: Composites
) -> GroupEffects:
    """The effects of all arms that shared a core with their baseline in one of ``rounds``."""
    shared = invocations.chosen(invocations.group >= 0)
    solo = invocations.chosen(invocations.group < 0)
    slowdown = _slowdown(shared, solo, list(dict.fromkeys(baselines.values())))[shared.cell]
    alone = _recovered(shared.alone_seconds)
    undisturbed = (shared.cpu_seconds - alone) / slowdown + alone
    of_a_call = undisturbed / np.where(shared.block_calls > 0, shared.block_calls, 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = log(with_composites(shared, of_a_call, composites, "sum"))
    return _by_group(shared, baselines, rounds, logs)


def _over_groups(found: GroupEffects, cells: int, rounds: int) -> Floats:
    """The mean over the groups of each round, shape (cells, phases, rounds)."""
    reduced = np.full((cells * rounds, found.logs.shape[1]), np.nan)
    table = pd.DataFrame(found.logs).groupby(found.cell * rounds + found.round).mean()
    reduced[table.index.to_numpy()] = table.to_numpy()
    return reduced.reshape(cells, rounds, -1).transpose(0, 2, 1)


def _slowdown(shared: Invocations, solo: Invocations, baselines: Sequence[Cell]) -> Floats:
    """How many times the CPU time the same work takes whose core is shared, (cells, phases).

    Members displace each other's memory from the caches. What an arm computes once it has recovered
    from that, after all others have ended the phase, does not suffer it, so that arms which take
    much longer would look better than they are. The factor is that of the first baseline of the
    panel over the run; 1 where it is not known. It leaves arms alike that take equally long, also
    where one of them puts off until ``build`` what the baseline does in ``construct``.

    It is a ratio of geometric means: a core with two speeds has medians that jump from one to the
    other.
    """
    factors = np.ones((len(shared.cells), len(shared.phases)))
    of_panel: dict[Panel, Floats] = {}
    places = {cell: place for place, cell in enumerate(shared.cells)}
    for cell in baselines:
        if cell in places and cell.panel not in of_panel:
            of_panel[cell.panel] = _slowdown_of_cell(shared, solo, places[cell])
    for place, cell in enumerate(shared.cells):
        if cell.panel in of_panel:
            factors[place] = of_panel[cell.panel]
    return factors


def _slowdown_of_cell(shared: Invocations, solo: Invocations, place: int) -> Floats:
    mine, alone = shared.cell == place, solo.cell == place
    if not mine.any() or not alone.any():
        return np.ones(len(shared.phases))
    left = _recovered(shared.alone_seconds[mine])
    with np.errstate(divide="ignore", invalid="ignore"):
        taking_turns = _typical(shared.cpu_seconds[mine] - left)
        undisturbed = _typical(solo.cpu_seconds[alone]) - row_medians(left.T)
        factor = taking_turns / undisturbed
    # Blocks of calls have a length of their own.
    in_blocks = (shared.block_calls[mine] > 0).any(axis=0)
    known = np.isfinite(factor) & (taking_turns > 0) & (undisturbed > 0)
    found: Floats = np.where(known & ~in_blocks, factor, 1.0)
    phases = list(shared.phases)
    construct, build = (phases.index(each) if each in phases else -1 for each in MAKING_READY)
    if construct >= 0 and build >= 0 and not known[build]:
        # What an arm puts off until it is built, such a baseline does in its construction.
        found[build] = found[construct]
    return found


def _typical(seconds: Floats) -> Floats:
    """The geometric mean of each phase, shape (phases,), without the tenth at either end.

    ``seconds`` has shape (invocations, phases), NaN where a phase is missing; 0 where it is in all.
    """
    logs = np.full(seconds.shape[1], -np.inf)
    for phase, values in enumerate(seconds.T):
        known = np.sort(log(values[values > 0]))
        cut = len(known) // 10
        if len(known):
            logs[phase] = known[cut : len(known) - cut].mean()
    return exp(logs)


def _recovered(alone_seconds: Floats) -> Floats:
    """How much of what members computed alone they computed with caches of their own."""
    return np.maximum(np.nan_to_num(alone_seconds) - RECOVERY_S, 0.0)


def _by_group(
    shared: Invocations, baselines: Baselines, rounds: Integers, logs: Floats
) -> GroupEffects:
    position = np.searchsorted(rounds, shared.round)
    group = position * (shared.group.max(initial=0) + 1) + shared.group
    places = {cell: place for place, cell in enumerate(shared.cells)}
    baseline_of = np.array(
        [places.get(baselines.get(cell, cell), -1) for cell in shared.cells], dtype=np.int64
    )[shared.cell]
    members = pd.MultiIndex.from_arrays([group, shared.cell])
    wanted = pd.MultiIndex.from_arrays([group, baseline_of])
    partner = members.get_indexer(wanted)
    compared = (partner >= 0) & (baseline_of != shared.cell)
    return GroupEffects(
        logs=logs[compared] - logs[partner[compared]],
        cell=shared.cell[compared],
        round=position[compared],
    )


def _computing_phases(
    solo: Invocations, composites: Composites, computing: float
) -> Iterator[tuple[Panel, str]]:
    """The phases and composites of each panel that compute for most of their wall time.

    Time in which others had the core does not count: on a busy machine a phase does not wait more
    than on a quiet one. The median over the solo invocations of each arm decides: one that waits
    cannot be compared with others by what they compute.
    """
    own_time = solo.seconds - np.nan_to_num(solo.run_delay_seconds)
    wall = with_composites(solo, own_time, composites, "sum")
    cpu = with_composites(solo, solo.cpu_seconds, composites, "sum")
    names = (*solo.phases, *dict.fromkeys(name for each in composites.values() for name in each))
    with np.errstate(divide="ignore", invalid="ignore"):
        parts = cpu / wall
    panels: dict[Panel, list[int]] = {}
    for place, cell in enumerate(solo.cells):
        panels.setdefault(cell.panel, []).append(place)
    for panel, places in panels.items():
        of_each = [parts[solo.cell == place] for place in places]
        for position, phase in enumerate(names):
            measured = [part[:, position][np.isfinite(part[:, position])] for part in of_each]
            medians = [np.median(each) for each in measured if len(each)]
            if medians and min(medians) >= computing:
                yield panel, phase
