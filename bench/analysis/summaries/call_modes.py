"""What every way to call a model costs, first and then, and when a slower start is paid back.

Entries are panels of their own. They are measured in the same rounds, so that the break-even
between two of them is formed within a round, as effects are.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import partial

import numpy as np

from bench.analysis.arrays import Floats, median
from bench.analysis.inference.break_even import calls_to_break_even
from bench.analysis.inference.intervals import median_interval, placed
from bench.analysis.samples.invocations import Cell
from bench.analysis.samples.rounds import RoundCosts
from bench.domain.findings.run import EntriesFinding, EntryCost, LifecycleFinding


def entries_findings(
    costs: RoundCosts,
    lifecycles: Mapping[str, LifecycleFinding],
    error: float,
) -> tuple[EntriesFinding, ...]:
    """A finding for each arm and depth that was measured by two entries or more.

    ``lifecycles`` names, for each entry, the phases that its first call brings with it, and that of
    the later ones, and whether they answer: those that do are alternatives to each other. ``error``
    is what an interval may err. Placebos are left out.
    """
    groups: dict[tuple[object, ...], list[Cell]] = {}
    for cell in costs.cells:
        if lifecycles[cell.factors.entry].first_call and not cell.placebo:
            place = cell.factors.model_copy(update={"entry": ""})
            groups.setdefault((place, cell.arm), []).append(cell)
    found = (_finding(cells, costs, lifecycles, error) for cells in groups.values())
    return tuple(sorted(filter(None, found), key=lambda each: (_place(each), each.layers or 0)))


def _place(finding: EntriesFinding) -> tuple[str, ...]:
    names = ("scenario", "architecture", "batch", "device", "backend", "environment", "arm")
    return tuple(str(getattr(finding, name)) for name in names)


def _finding(
    cells: Sequence[Cell],
    costs: RoundCosts,
    lifecycles: Mapping[str, LifecycleFinding],
    error: float,
) -> EntriesFinding | None:
    series = {}
    for factors, arm, _ in cells:
        lifecycle = lifecycles[factors.entry]
        first = np.sum([costs.seconds_of(factors, arm, each) for each in lifecycle.first_call], 0)
        later = costs.seconds_of(factors, arm, lifecycle.repeats or "")
        if (~np.isnan(first + later)).any():
            series[factors.entry] = first, later
    if len(series) < 2:
        return None
    firsts = {entry: median(first[~np.isnan(first)]) for entry, (first, _) in series.items()}
    answering = sorted(
        filter(lambda entry: lifecycles[entry].answers, series), key=firsts.__getitem__
    )
    training = [entry for entry in series if entry not in answering]
    panel = cells[0].factors.model_dump(exclude={"entry"})
    return EntriesFinding(
        **panel,
        arm=cells[0].arm,
        cheapest_start=answering[0] if answering else None,
        entries=(
            *(_cost(entry, series[entry], series[answering[0]], error) for entry in answering),
            *(_cost(entry, series[entry], None, error) for entry in training),
        ),
    )


def _cost(
    entry: str, own: tuple[Floats, Floats], quickest: tuple[Floats, Floats] | None, error: float
) -> EntryCost:
    """``quickest`` is the start that is to be paid back, None where there is no such question."""
    alone = [median(each[~np.isnan(each)]) for each in own]
    cost = partial(
        EntryCost,
        entry=entry,
        answers=quickest is not None,
        first_seconds=alone[0],
        call_seconds=alone[1],
    )
    if quickest is None:
        return cost(rounds=int((~np.isnan(np.sum(own, 0))).sum()))
    known = ~np.isnan(np.sum([*own, *quickest], 0))
    first, later = (each[known] for each in own)
    start, call = (each[known] for each in quickest)
    calls = (
        np.zeros(len(first))
        if own is quickest
        else calls_to_break_even(first - start, call - later)
    )
    interval = median_interval(calls, error)
    # Of an even number of rounds the earlier of the two in the middle: their mean may be infinite.
    middle = float(np.quantile(calls, 0.5, method="lower")) if len(calls) else math.inf
    return cost(
        rounds=int(known.sum()),
        calls=placed(middle),
        calls_low=placed(max(interval.low, 0.0)),
        calls_high=placed(interval.high),
        never=math.isinf(interval.low) and interval.low > 0,
    )
