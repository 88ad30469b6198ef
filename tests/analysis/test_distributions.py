"""The samples behind the findings, by cell and phase; and the interval of each median."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from bench.analysis.arrays import Floats
from bench.analysis.inference.intervals import median_interval
from bench.analysis.samples.distributions import distributions
from bench.domain.findings.costs import CellFinding
from bench.domain.phases import ITERATING
from tests.analysis.sample_tables import cell, failed, frame, invocation, panel, panels
from tests.analysis.simulated_runs import concluded, family

CALLS = ([3e-3, 1e-3, 1e-3], [5e-3, 2e-3, 1e-3], [4e-3, 3e-3, 1e-3])


def test_distribution_has_every_invocation_and_every_call() -> None:
    rows = [
        row
        for number, calls in enumerate(CALLS)
        for row in invocation(
            panel(16),
            "inline",
            {"construct": 0.1 + number, "build": None},
            round=number,
            calls={"inference": calls},
        )
    ]
    found, warm_ups = distributions(frame(rows), ITERATING)
    samples = {each.phase: each for each in found}
    assert set(samples) == {"construct", "inference"}
    np.testing.assert_allclose(samples["construct"].seconds, [0.1, 1.1, 2.1])
    assert sorted(samples["inference"].seconds) == pytest.approx(sorted(np.ravel(CALLS)))
    (warm_up,) = warm_ups
    assert (warm_up.cell, warm_up.phase) == (cell(), "inference")
    np.testing.assert_allclose(warm_up.seconds, [4e-3, 2e-3, 1e-3])


def test_table_without_samples_has_no_distribution() -> None:
    assert distributions(frame([]), ITERATING) == ([], [])


def test_cells_have_distributions_of_their_own() -> None:
    costs = {(4, "inline"): 1.0, (4, "other"): 2.0, (16, "inline"): 3.0}
    rows = [
        row
        for order, ((layers, arm), seconds) in enumerate(costs.items())
        for row in invocation(panel(layers), arm, {"construct": seconds}, order=order)
    ]
    found, _ = distributions(frame(rows), ITERATING)
    assert {(each.cell.panel.layers, each.cell.arm): each.seconds.tolist() for each in found} == {
        place: [seconds] for place, seconds in costs.items()
    }


def shared(arm: str, order: int) -> list[dict[str, Any]]:
    """An invocation that shared its core, and was slower for it."""
    calls = {"inference": [9e-3, 9e-3, 9e-3]}
    return invocation(panel(16), arm, {"construct": 0.9}, order=order, group=0, calls=calls)


def test_invocations_that_shared_a_core_are_in_no_distribution() -> None:
    alone = invocation(
        panel(16), "inline", {"construct": 0.1}, calls={"inference": [3e-3, 1e-3, 1e-3]}
    )
    rows = [*alone, *shared("inline", 1), *shared("incremental", 2)]
    found, (warm_up,) = distributions(frame(rows), ITERATING)
    assert {each.cell.arm for each in found} == {"inline"}
    samples = {each.phase: each.seconds.tolist() for each in found}
    assert samples["construct"] == [0.1]
    assert samples["inference"] == pytest.approx([3e-3, 1e-3, 1e-3])
    np.testing.assert_allclose(warm_up.seconds, [3e-3, 1e-3, 1e-3])


def test_arms_that_all_shared_a_core_have_no_distribution() -> None:
    rows = [*shared("inline", 0), *shared("incremental", 1)]
    assert distributions(frame(rows), ITERATING) == ([], [])


def test_failed_invocation_is_in_the_distributions_of_phases_that_it_ended() -> None:
    rows = [
        *invocation(panel(16), "inline", {"construct": 0.1})[:-1],
        *failed(panel(16), "inline", "crashed", "signal 11", phase="inference"),
        *invocation(panel(16), "inline", {"construct": 0.2}, order=1),
    ]
    (found,), warm_ups = distributions(frame(rows), ITERATING)
    assert (found.phase, found.seconds.tolist()) == ("construct", [0.1, 0.2])
    assert warm_ups == []


def test_samples_are_at_the_usual_pace() -> None:
    rows = [
        row
        for number, slowness in enumerate([1.0, 1.25, 2.0])
        for row in invocation(
            panel(16),
            "inline",
            {"construct": 0.1 * slowness},
            round=number,
            calls={"inference": [3e-3 * slowness, 1e-3 * slowness]},
            probe_seconds=dict.fromkeys(("construct", "inference"), 1e-4 * slowness),
        )
    ]
    found, (warm_up,) = distributions(frame(rows), ITERATING)
    samples = {each.phase: each.seconds for each in found}
    np.testing.assert_allclose(samples["construct"], [0.125] * 3)
    assert sorted(samples["inference"]) == pytest.approx([1.25e-3] * 3 + [3.75e-3] * 3)
    np.testing.assert_allclose(warm_up.seconds, [3.75e-3, 1.25e-3])


def test_warm_up_is_as_long_as_its_longest_invocation() -> None:
    rows = [
        row
        for number, calls in enumerate([[4e-3, 2e-3], [6e-3, 4e-3, 1e-3]])
        for row in invocation(panel(16), "inline", {}, round=number, calls={"inference": calls})
    ]
    _, (warm_up,) = distributions(frame(rows), ITERATING)
    np.testing.assert_allclose(warm_up.seconds, [5e-3, 3e-3, 1e-3])


def cells_of(costs: Floats) -> CellFinding:
    """The cell whose ``construct`` takes ``costs``, NaN for a round that lacks it."""
    rows = []
    for number, seconds in enumerate(costs):
        rows += invocation(panel(16), "placebo", {"construct": 0.1}, round=number, order=0)
        if not np.isnan(seconds):
            rows += invocation(panel(16), "inline", {"construct": seconds}, round=number, order=1)
    findings = concluded(frame(rows), family(["inline", "placebo"], panels(16)))
    return next(
        each for each in findings.cells if (each.arm, each.phase) == ("inline", "construct")
    )


def test_interval_of_a_median_is_that_of_its_rounds() -> None:
    costs = np.round(np.random.default_rng(3).lognormal(0, 0.2, 15), 6)
    found, expected = cells_of(costs), median_interval(costs, 0.05)
    assert expected.bounded
    assert (found.median_low, found.median_high) == pytest.approx(tuple(expected))


def test_rounds_that_lack_the_cell_do_not_count() -> None:
    costs = np.round(np.random.default_rng(3).lognormal(0, 0.2, 15), 6)
    costs[[2, 7]] = np.nan
    expected = median_interval(costs[~np.isnan(costs)], 0.05)
    found = cells_of(costs)
    assert found.rounds == 13
    assert (found.median_low, found.median_high) == pytest.approx(tuple(expected))


def test_too_few_rounds_place_no_bound() -> None:
    found = cells_of(np.array([1.0, 1.1, 0.9]))
    assert (found.median_low, found.median_high) == (None, None)
