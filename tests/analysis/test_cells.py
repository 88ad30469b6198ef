"""The interval of each cell's median: that of its own rounds, however many it lacks."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest

from bench.analysis.arrays import Floats
from bench.analysis.inference.intervals import finite_or_none, median_interval
from bench.analysis.samples.invocations import to_invocations
from bench.analysis.samples.rounds import RoundCosts, reduce_rounds
from bench.analysis.summaries.cells import cell_findings
from bench.domain.findings.costs import CellFinding
from bench.domain.panel import Cell
from bench.domain.phases import ITERATING
from bench.domain.values import DIGITS
from tests.analysis.sample_tables import frame, invocation, panel
from tests.analysis.simulated_runs import (
    BUILD_STYLE,
    COMPOSITES,
    Failure,
    concluded,
    family,
    simulate,
)


def costs_of(arms: Mapping[str, Floats]) -> RoundCosts:
    """``construct`` of each arm by round, NaN for a round that lacks it."""
    rows = [
        row
        for order, (arm, series) in enumerate(arms.items())
        for number, seconds in enumerate(series)
        if not np.isnan(seconds)
        for row in invocation(panel(), arm, {"construct": seconds}, round=number, order=order)
    ]
    return reduce_rounds(to_invocations(frame(rows)), composites={}, iterating=())


def found(costs: RoundCosts, error: float = 0.05) -> dict[str, CellFinding]:
    return {each.arm: each for each in cell_findings(costs, {}, error) if each.metric == "seconds"}


def expected(rounds: Floats, error: float = 0.05) -> tuple[float | None, ...]:
    low, high = (finite_or_none(each) for each in median_interval(rounds[~np.isnan(rounds)], error))
    return tuple(None if each is None else float(f"{each:.{DIGITS}g}") for each in (low, high))


def bounds(cell: CellFinding) -> tuple[float | None, float | None]:
    return cell.median_low, cell.median_high


@pytest.mark.parametrize("error", [0.3, 0.05, 0.05 / 30])
@pytest.mark.parametrize("rounds", [1, 5, 6, 12, 13, 40])
def test_interval_is_that_of_the_rounds(
    rounds: int, error: float, random: np.random.Generator
) -> None:
    costs = costs_of({"inline": random.lognormal(0, 0.2, rounds)})
    cell = found(costs, error)["inline"]
    assert bounds(cell) == expected(costs.of(Cell(panel(), "inline"), "construct"), error)


def test_cells_that_lack_rounds_have_the_interval_of_those_they_have(
    random: np.random.Generator,
) -> None:
    lacking = {"none": [], "one": [0], "many": [1, 5, 6, 13], "most": [*range(4, 20)]}
    arms = {arm: random.lognormal(0, 0.2, 20) for arm in lacking}
    for arm, rounds in lacking.items():
        arms[arm][rounds] = np.nan
    costs = costs_of(arms)
    cells = found(costs)
    for arm, rounds in lacking.items():
        assert cells[arm].rounds == 20 - len(rounds)
        assert bounds(cells[arm]) == expected(costs.of(Cell(panel(), arm), "construct")), arm
    assert bounds(cells["most"]) == (None, None)
    assert None not in bounds(cells["many"])


def test_bounds_are_placed_from_the_first_round_that_can() -> None:
    # Six observations on one side refute a median at an error of 0.05, and five do not.
    five, six = np.arange(1.0, 6), np.arange(1.0, 7)
    cells = found(costs_of({"five": five, "six": six}))
    assert bounds(cells["five"]) == (None, None)
    assert bounds(cells["six"]) == pytest.approx((1, 6))


def test_cell_of_equal_rounds_has_no_width() -> None:
    low, high = bounds(found(costs_of({"inline": np.full(9, 0.25)}))["inline"])
    assert low == high == pytest.approx(0.25)


def test_interval_without_an_error_budget_is_unbounded() -> None:
    costs = costs_of({"inline": np.arange(1.0, 41)})
    assert bounds(found(costs, error=0.0)["inline"]) == (None, None)


def test_median_lies_in_its_interval_and_that_in_the_range_of_rounds() -> None:
    failure = Failure("incremental", "crashed", "signal 11", layers={4}, rounds={2, 3, 9})
    panels_ = [panel(4), panel(16)]
    samples = simulate(BUILD_STYLE, panels_, rounds=14, replicates=1, failures=[failure])
    cells = concluded(samples, family(BUILD_STYLE, panels_)).timed_cells
    assert {each.rounds for each in cells} == {11, 14}
    for each in cells:
        assert each.median_low is not None
        assert each.median_high is not None
        assert each.value_low <= each.median_low <= each.value
        assert each.value <= each.median_high <= each.value_high


def test_every_phase_of_every_panel_has_an_interval_of_its_own() -> None:
    samples = simulate(BUILD_STYLE, [panel(4), panel(16)], rounds=8, replicates=1)
    costs = reduce_rounds(to_invocations(samples), composites=COMPOSITES, iterating=ITERATING)
    cells = [each for each in cell_findings(costs, {}, 0.05) if each.metric == "seconds"]
    assert {"construct", "inference", "ready"} <= {each.phase for each in cells}
    for each in cells:
        series = costs.of(Cell(panel(each.layers), each.arm), each.phase)
        assert bounds(each) == expected(series), (each.layers, each.arm, each.phase)


def test_table_without_samples_has_no_cells() -> None:
    assert found(costs_of({})) == {}
