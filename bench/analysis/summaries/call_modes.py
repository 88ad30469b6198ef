"""What every way to call a model costs, first and then, and when a slower start breaks even.

Call modes are panels of their own. They are measured in the same rounds, so that the break-even
between two of them is formed within a round, as effects are.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import partial

import numpy as np

from bench.analysis.arrays import Floats, median
from bench.analysis.inference.break_even import calls_to_break_even
from bench.analysis.inference.intervals import finite_or_none, median_interval
from bench.analysis.samples.rounds import RoundCosts
from bench.domain.findings.costs import CallModeCost, CallModesFinding
from bench.domain.panel import CELL_FIELDS, Cell
from bench.domain.phases import PhasePlan


def call_modes_findings(
    costs: RoundCosts,
    lifecycles: Mapping[str, PhasePlan],
    error: float,
) -> tuple[CallModesFinding, ...]:
    """A finding for each arm and depth that was measured by two call modes or more.

    ``lifecycles`` names, for each call mode, the phases that its first call brings with it, and
    that of the later ones, and whether they answer: those that do are alternatives to each other.
    ``error`` is what an interval may err. Placebos are left out.
    """
    groups: dict[Cell, list[Cell]] = {}
    for cell in costs.cells:
        if lifecycles[cell.panel.call_mode].first_call and not cell.placebo:
            groups.setdefault(_of_any_call_mode(cell), []).append(cell)
    found = (_finding(cells, costs, lifecycles, error) for cells in groups.values())
    return tuple(sorted(filter(None, found), key=_place))


def _place(finding: CallModesFinding) -> tuple[tuple[str, ...], int]:
    """The factors of a finding, its depth last."""
    names = (name for name in CELL_FIELDS if name != "layers")
    return tuple(str(getattr(finding, name)) for name in names), finding.layers or 0


def _of_any_call_mode(cell: Cell) -> Cell:
    return cell._replace(panel=cell.panel.model_copy(update={"call_mode": ""}))


def _finding(
    cells: Sequence[Cell],
    costs: RoundCosts,
    lifecycles: Mapping[str, PhasePlan],
    error: float,
) -> CallModesFinding | None:
    series = {}
    for cell in cells:
        lifecycle = lifecycles[cell.panel.call_mode]
        first = np.sum([costs.of(cell, each) for each in lifecycle.first_call], 0)
        later = costs.of(cell, lifecycle.repeats or "")
        if (~np.isnan(first + later)).any():
            series[cell.panel.call_mode] = first, later
    if len(series) < 2:
        return None
    firsts = {
        call_mode: median(first[~np.isnan(first)]) for call_mode, (first, _) in series.items()
    }
    answering = sorted(
        filter(lambda call_mode: lifecycles[call_mode].answers, series), key=firsts.__getitem__
    )
    training = [call_mode for call_mode in series if call_mode not in answering]
    return CallModesFinding(
        **_of_any_call_mode(cells[0]).fields(),
        cheapest_start=answering[0] if answering else None,
        call_modes=(
            *(
                _cost(call_mode, series[call_mode], series[answering[0]], error)
                for call_mode in answering
            ),
            *(_cost(call_mode, series[call_mode], None, error) for call_mode in training),
        ),
    )


def _cost(
    call_mode: str, own: tuple[Floats, Floats], quickest: tuple[Floats, Floats] | None, error: float
) -> CallModeCost:
    """``quickest`` is the start to break even with, None if there is none."""
    alone = [median(each[~np.isnan(each)]) for each in own]
    cost = partial(
        CallModeCost,
        call_mode=call_mode,
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
        calls=finite_or_none(middle),
        calls_low=finite_or_none(max(interval.low, 0.0)),
        calls_high=finite_or_none(interval.high),
        never=math.isinf(interval.low) and interval.low > 0,
    )
