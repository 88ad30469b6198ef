"""The reduction of samples to one number per cell, phase and round, worked by hand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import pytest

from bench.analysis.arrays import Floats
from bench.analysis.samples.invocations import to_invocations
from bench.analysis.samples.rounds import RoundCosts, reduce_rounds
from bench.domain.metrics import CPU_SECONDS, PEAK_BYTES, RETAINED_BYTES, SECONDS
from bench.domain.panel import Cell
from tests.analysis.sample_tables import BYTES, cell, failed, frame, invocation, panel, panels
from tests.analysis.simulated_runs import BUILD_STYLE, simulate

COMPOSITES: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "function": {"ready": ("construct", "build"), "start": ("construct", "build", "trace")},
    "predict": {"ready": ("construct", "build")},
}


def reduced(samples: pd.DataFrame) -> RoundCosts:
    return reduce_rounds(to_invocations(samples), composites=COMPOSITES, iterating={"inference"})


def replicates(*phases: Mapping[str, float | None], **changes: Any) -> list[dict[str, Any]]:
    """Invocations of ``inline`` in one round, one per mapping of phases to seconds."""
    return [
        row
        for order, seconds in enumerate(phases)
        for row in invocation(panel(), "inline", seconds, order=order, replicate=order, **changes)
    ]


def seconds_of(costs: RoundCosts, phase: str, arm: str = "inline", layers: int = 16) -> Floats:
    # A mean of logs is exact but for the last bits.
    return np.round(costs.of(Cell(panel(layers), arm), phase), 12)


def test_phase_that_happens_once_costs_the_geometric_mean_over_replicates() -> None:
    costs = reduced(frame(replicates({"trace": 3.0}, {"trace": 4.0}, {"trace": 18.0})))
    assert seconds_of(costs, "trace").tolist() == [6]


def test_phase_that_iterates_costs_the_geometric_mean_of_its_steady_parts() -> None:
    calls = [[9, 9, 1, 1], [9, 9, 2, 2], [9, 9, 4, 4]]
    rows = [
        row
        for order, each in enumerate(calls)
        for row in invocation(panel(), "inline", {}, order=order, calls={"inference": each})
    ]
    assert seconds_of(reduced(frame(rows)), "inference").tolist() == [2]


def test_composite_is_summed_within_an_invocation_before_it_is_reduced() -> None:
    rows = replicates({"construct": 1.0, "build": 5.0}, {"construct": 4.0, "build": 3.0})
    costs = reduced(frame(rows))
    assert seconds_of(costs, "construct").tolist() == [2]
    assert seconds_of(costs, "build").tolist() == np.round([15**0.5], 12).tolist()
    assert seconds_of(costs, "ready").tolist() == np.round([42**0.5], 12).tolist()


def test_phase_with_nothing_to_do_has_no_cost_and_adds_none() -> None:
    rows = replicates({"construct": 2.0, "build": None, "trace": 1.0})
    costs = reduced(frame(rows))
    assert np.isnan(seconds_of(costs, "build")).all()
    assert seconds_of(costs, "ready").tolist() == [2]
    assert seconds_of(costs, "start").tolist() == [3]


def test_composite_of_parts_that_all_had_nothing_to_do_has_no_cost() -> None:
    costs = reduced(frame(replicates({"construct": None, "build": None, "trace": 1.0})))
    assert np.isnan(seconds_of(costs, "ready")).all()
    assert seconds_of(costs, "start").tolist() == [1]


def test_composite_needs_all_its_other_parts() -> None:
    rows = replicates(
        {"construct": 2.0, "build": None}, {"construct": 9.0, "build": 1.0, "trace": 1.0}
    )
    assert seconds_of(reduced(frame(rows)), "start").tolist() == [11]
    assert np.isnan(seconds_of(reduced(frame(rows[:3])), "start")).all()


def test_failed_invocation_contributes_the_phases_that_it_ended() -> None:
    partial = invocation(panel(), "inline", {"construct": 1.25, "build": None})[:-1]
    rows = [
        *partial,
        *failed(panel(), "inline", "crashed", "signal 11", phase="trace", order=0),
        *invocation(panel(), "inline", {"construct": 5.0, "build": None, "trace": 2.0}, order=1),
    ]
    costs = reduced(frame(rows))
    assert seconds_of(costs, "construct").tolist() == [2.5]
    assert seconds_of(costs, "trace").tolist() == [2.0]
    assert seconds_of(costs, "start").tolist() == [7.0]


def test_phase_that_failed_costs_no_other_where_the_lifecycle_went_on() -> None:
    (refused,) = failed(panel(), "inline", "unavailable", "refused by Keras", phase="trace")
    rows = [*invocation(panel(), "inline", {"construct": 3.0, "first_call": 5.0}), refused]
    costs = reduced(frame(rows))
    assert seconds_of(costs, "construct").tolist() == [3]
    assert seconds_of(costs, "first_call").tolist() == [5]
    assert "trace" not in costs.phases


def test_rounds_and_panels_are_kept_apart() -> None:
    rows = []
    for order, (round, layers, seconds) in enumerate([(3, 4, 1), (3, 16, 2), (5, 4, 3)]):
        cell = panel(layers)
        rows += invocation(cell, "inline", {"construct": seconds}, round=round, order=order)
    costs = reduced(frame(rows))
    assert costs.rounds.tolist() == [3, 5]
    assert seconds_of(costs, "construct", layers=4).tolist() == [1, 3]
    np.testing.assert_array_equal(seconds_of(costs, "construct", layers=16), [2, np.nan])


def test_panel_without_architecture_or_depth_is_a_panel() -> None:
    bare = panel(None, architecture=None)
    rows = [
        *invocation(bare, "inline", {"construct": 1.0}, order=0),
        *invocation(panel(16, architecture=None), "inline", {"construct": 2.0}, order=1),
        *invocation(panel(None), "inline", {"construct": 3.0}, order=2),
    ]
    costs = reduced(frame(rows))
    assert len(costs.cells) == 3
    assert costs.of(Cell(bare, "inline"), "construct").tolist() == [1]


def test_what_was_not_measured_is_missing_and_not_an_error() -> None:
    costs = reduced(frame(replicates({"construct": 1.0})))
    assert np.isnan(seconds_of(costs, "construct", arm="other")).all()
    assert np.isnan(seconds_of(costs, "no_such_phase")).all()


def test_memory_is_the_median_over_replicates_and_composites_add_it_up() -> None:
    rows = []
    for order, change in enumerate([100, 300, 900]):
        kept = {"construct": change, "build": 10}
        timing = {"construct": 1.0, "build": 1.0}
        rows += invocation(panel(), "inline", timing, order=order, change_bytes=kept)
    costs = reduced(frame(rows))
    assert costs.of(cell(), "construct", RETAINED_BYTES).tolist() == [300]
    assert costs.of(cell(), "ready", RETAINED_BYTES).tolist() == [310]
    assert costs.of(cell(), "ready", PEAK_BYTES).tolist() == [BYTES + 310]


def test_peak_of_a_composite_is_its_highest_part() -> None:
    kept = {"construct": 500, "build": -400, "trace": 10}
    rows = replicates({"construct": 1.0, "build": 1.0, "trace": 1.0}, change_bytes=kept)
    costs = reduced(frame(rows))
    assert costs.of(cell(), "start", PEAK_BYTES).tolist() == [BYTES + 500]
    assert costs.of(cell(), "start", RETAINED_BYTES).tolist() == [110]


def test_cpu_time_of_a_phase_that_iterates_is_that_of_a_steady_call() -> None:
    rows = invocation(panel(), "inline", {}, calls={"inference": [9, 9, 2, 2, 2, 2]})
    for row in rows:
        if row.get("iteration") is not None:
            row["cpu_ns"] //= 2
    assert reduced(frame(rows)).of(cell(), "inference", CPU_SECONDS).tolist() == pytest.approx([1])


def test_every_cell_and_phase_has_a_cost_in_every_round() -> None:
    costs = reduced(simulate(BUILD_STYLE, [panel(4), panel(None)], rounds=3))
    measured = np.isfinite(costs.values[SECONDS.name]).sum()
    # Seven phases, of which build has nothing to do, and two composites.
    assert measured == 2 * len(BUILD_STYLE) * 3 * (7 - 1 + 2)
    assert {each.arm for each in costs.cells if each.placebo} == {"placebo"}


def test_table_of_no_rows_has_no_costs() -> None:
    for samples in (frame([]), pd.DataFrame()):
        costs = reduced(samples)
        assert costs.cells == ()
        assert all(not values.size for values in costs.values.values())
        assert len(seconds_of(costs, "construct")) == 0


def test_rows_of_a_whole_round_belong_to_no_cell() -> None:
    imported = {"round": 0, "order": 0, "interpreter": 0, "phase": "import", "status": "crashed"}
    costs = reduced(frame([imported, *replicates({"construct": 1.0})]))
    assert seconds_of(costs, "construct").tolist() == [1]
    assert "import" not in costs.phases
    assert reduced(frame([imported])).cells == ()


@pytest.mark.parametrize("text", [object, pd.StringDtype()])
def test_column_types_do_not_matter(text: Any) -> None:
    samples = simulate(BUILD_STYLE, [panel(4), panel(None)], rounds=2)
    other = samples.convert_dtypes()
    for name in samples.columns[samples.dtypes == "category"]:
        other[name] = samples[name].astype(text)
    one, two = reduced(samples), reduced(other)
    assert one.cells == two.cells
    for name, values in one.values.items():
        np.testing.assert_array_equal(values, two.values[name])


def test_rounds_up_to_one_are_those_that_had_been_measured_then() -> None:
    samples = simulate(BUILD_STYLE, panels(4, 16), rounds=6, replicates=2)
    whole = to_invocations(samples).until(3)
    then = to_invocations(samples[samples["round"] <= 3])
    for name in ("cell", "round", "order", "seconds", "nothing_to_do"):
        np.testing.assert_array_equal(getattr(whole, name), getattr(then, name))
    for name in ("invocation", "phase", "iteration", "seconds"):
        np.testing.assert_array_equal(getattr(whole.calls, name), getattr(then.calls, name))
