"""Costs from invocations that share a core, and from those that have it to themselves.

The ratio of the CPU times of two invocations that take turns on one core holds little of what that
core suffers, since both suffer it alike (Bulej et al. 2020, 'Duet benchmarking', ICPE; there on two
cores). Their absolute times are those of a core with other tenants. So the cost of an arm in a
round is the *solo* cost of its baseline in that round, times the *co-scheduled* ratio of the arm to
it. The baseline of another environment is itself an arm to that of the first. Time spent waiting is
not shared: a phase that waits is compared solo.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import pandas as pd

from bench.analysis.arrays import Floats, Integers, exp, log
from bench.analysis.samples.invocations import Invocations
from bench.analysis.samples.rounds import Composites, RoundCosts, reduce_rounds, with_composites
from bench.domain.metrics import CPU_SECONDS, METRICS, SECONDS
from bench.domain.panel import Cell, Panel
from bench.domain.phases import MAKING_READY

RECOVERY_S = 0.02
"""CPU time for which a member that others have left still computes as slowly as with them.

Its memory comes back into the caches as it is touched again. See docs/method.md for the figures.
"""

PLAUSIBLE_SLOWDOWN = (0.5, 4.0)
"""Times the CPU time that work can take whose core is shared. What is outside is noise."""

UNSEEN = 0.25
"""Part of the margin by which arms may wait differently where only what they compute is compared.

Phases that compute do so for all of their time on this clock, to 0.1 %, so that it is rarely met.
"""

FEWEST_TO_SEE_WAITING = 2
"""Solo invocations from which it is told how long an arm waits by itself."""

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
    margin: float,
) -> RoundCosts:
    """``solo_costs``, with the costs of arms that were compared co-scheduled in place of their own.

    ``invocations`` are all those of the run, and ``solo_costs`` what those say that had a core to
    themselves, for the same rounds. ``computing`` is the part of their wall time that these
    compute, at least, in phases that are compared co-scheduled; between arms it differs there by
    less than ``UNSEEN`` of the ``margin``. Memory is that of the co-scheduled invocations where a
    cell has any.
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
    shape = len(invocations.cells), len(solo_costs.rounds)
    ratios = exp(_means(found.logs, found.cell, found.round, shape).transpose(0, 2, 1))
    computes = frozenset(_computing_phases(solo, composites, computing, UNSEEN * margin))
    places = {cell: place for place, cell in enumerate(invocations.cells)}
    shared_with = set(baselines.values())
    composed_of: set[tuple[Cell, str]] = set()
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
                    composed_of.add((cell, phase))
        values[metric.name] = composed
    return replace(solo_costs, values=values, co_scheduled=frozenset(composed_of))


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
    partner = _baseline_in_group(shared, baselines)
    rows = np.arange(len(partner))
    compared = (partner >= 0) & (partner != rows)
    alone = _recovered(shared.alone_seconds)
    slowdowns = _slowdowns(shared, solo, alone, rounds)
    slowdown = slowdowns[np.where(compared, partner, rows)]
    undisturbed = (shared.cpu_seconds - alone) / slowdown + alone
    of_a_call = undisturbed / np.where(shared.block_calls > 0, shared.block_calls, 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = log(with_composites(shared, of_a_call, composites, "sum"))
    return GroupEffects(
        logs=logs[compared] - logs[partner[compared]],
        cell=shared.cell[compared],
        round=np.searchsorted(rounds, shared.round)[compared],
    )


def _means(values: Floats, cell: Integers, round: Integers, shape: tuple[int, int]) -> Floats:
    """The mean of the rows of each cell in each round, (cells, rounds, phases), NaN left out.

    ``values`` has shape (rows, phases), ``cell`` and ``round`` (rows,); ``shape`` is how many cells
    and rounds there are. NaN where there is no row.
    """
    cells, rounds = shape
    reduced = np.full((cells * rounds, values.shape[1]), np.nan)
    table = pd.DataFrame(values).groupby(cell * rounds + round).mean()
    reduced[table.index.to_numpy()] = table.to_numpy()
    return reduced.reshape(cells, rounds, -1)


def _slowdowns(shared: Invocations, solo: Invocations, alone: Floats, rounds: Integers) -> Floats:
    """How many times the CPU time each invocation took that it takes solo, (invocations, phases).

    It is that of its own round, and so as uncertain as a solo cost: what an arm computes alone is
    compared with the solo invocation of its baseline. That enters its effect from round to round,
    and the interval holds it. ``alone`` is what they computed alone. 1 where it is not known.
    """
    costs = _solo_seconds(solo, rounds)[shared.cell, np.searchsorted(rounds, shared.round)]
    with np.errstate(divide="ignore", invalid="ignore"):
        factors = (shared.cpu_seconds - alone) / np.maximum(costs - alone, 0)
    # Blocks of calls have a length of their own.
    known = ~np.isnan(factors) & ~(shared.block_calls > 0)
    found: Floats = np.where(known, np.clip(factors, *PLAUSIBLE_SLOWDOWN), 1.0)
    phases = list(shared.phases)
    construct, build = (phases.index(each) if each in phases else -1 for each in MAKING_READY)
    if construct >= 0 and build >= 0:
        # What an arm puts off until it is built, such a baseline does in its construction.
        found[:, build] = np.where(known[:, build], found[:, build], found[:, construct])
    return found


def _solo_seconds(solo: Invocations, rounds: Integers) -> Floats:
    """The CPU time of solo invocations, (cells, rounds, phases), reduced as in ``reduce_rounds``.

    NaN where none ended the phase.
    """
    position = np.searchsorted(rounds, solo.round)
    logs = _means(log(solo.cpu_seconds), solo.cell, position, (len(solo.cells), len(rounds)))
    return exp(logs)


def _recovered(alone_seconds: Floats) -> Floats:
    """How much of what members computed alone they computed with caches of their own."""
    return np.maximum(np.nan_to_num(alone_seconds) - RECOVERY_S, 0.0)


def _baseline_in_group(shared: Invocations, baselines: Baselines) -> Integers:
    """The row of the baseline in the group of each row; itself where it is none's; -1 for none."""
    group = shared.round * (shared.group.max(initial=0) + 1) + shared.group
    places = {cell: place for place, cell in enumerate(shared.cells)}
    baseline_of = np.array(
        [places.get(baselines.get(cell, cell), -1) for cell in shared.cells], dtype=np.int64
    )[shared.cell]
    members = pd.MultiIndex.from_arrays([group, shared.cell])
    wanted = pd.MultiIndex.from_arrays([group, baseline_of])
    return members.get_indexer(wanted)


def _computing_phases(
    solo: Invocations, composites: Composites, computing: float, unseen: float
) -> Iterator[tuple[Panel, str]]:
    """The phases and composites of each panel that compute for most of their wall time.

    Time in which others had the core does not count: on a busy machine a phase does not wait more
    than on a quiet one. The median over the solo invocations of each arm decides: one that waits
    cannot be compared with others by what they compute. Nor can one that waits, in each of them,
    longer than others by the part ``unseen`` of its time.
    """
    own_time = solo.seconds - np.nan_to_num(solo.run_delay_seconds)
    wall = with_composites(solo, own_time, composites, "sum")
    cpu = with_composites(solo, solo.cpu_seconds, composites, "sum")
    names = (*solo.phases, *dict.fromkeys(name for each in composites.values() for name in each))
    with np.errstate(divide="ignore", invalid="ignore"):
        # A clock of wall time that is coarser than that of CPU time shows no waiting either.
        parts = np.minimum(cpu / wall, 1)
    panels: dict[Panel, list[int]] = {}
    for place, cell in enumerate(solo.cells):
        panels.setdefault(cell.panel, []).append(place)
    for panel, places in panels.items():
        of_each = [parts[solo.cell == place] for place in places]
        for position, phase in enumerate(names):
            measured = [part[:, position][np.isfinite(part[:, position])] for part in of_each]
            medians = [np.median(each) for each in measured if len(each)]
            if not medians or min(medians) < computing:
                continue
            # Noise makes an invocation wait longer, never shorter: the shortest wait is its own.
            own = [max(each) for each in measured if len(each) >= FEWEST_TO_SEE_WAITING]
            if not own or max(own) <= min(own) * (1 + unseen):
                yield panel, phase
