"""The scaling family: declared from the comparisons, with an error budget of its own."""

from __future__ import annotations

import pytest

from bench.analysis.scaling.curves import declared_curves
from tests.analysis.sample_tables import panel, panels
from tests.analysis.simulated_runs import family

ARMS = ["inline", "placebo", "incremental"]
DEPTHS = panels(4, 16, 64)


def test_every_arm_has_a_curve_in_every_compared_phase() -> None:
    curves = declared_curves(family(ARMS, DEPTHS, phases=["construct", "trace"]), 0.05)
    assert {(curve.cells[0].arm, curve.phase) for curve in curves} == {
        (arm, phase) for arm in ARMS for phase in ("construct", "trace")
    }


def test_shares_of_all_but_the_placebo_sum_to_the_budget() -> None:
    curves = declared_curves(family(ARMS, DEPTHS), 0.05)
    assert sum(c.error_share for c in curves if not c.cells[0].placebo) == pytest.approx(0.05)


def test_headline_curves_get_nineteen_twentieths() -> None:
    curves = declared_curves(family(ARMS, DEPTHS), 0.05)
    headline = [c for c in curves if c.phase in ("construct", "ready")]
    assert sum(c.error_share for c in headline if not c.cells[0].placebo) == pytest.approx(
        0.05 * 0.95
    )


def test_placebo_is_judged_as_strictly_as_its_phase() -> None:
    curves = declared_curves(family(ARMS, DEPTHS), 0.05)
    shares = {(c.cells[0].placebo, c.phase): c.error_share for c in curves}
    for (placebo, phase), share in shares.items():
        assert not placebo or share == shares[False, phase]


def test_budget_goes_to_the_headline_alone_when_there_is_nothing_else() -> None:
    curves = declared_curves(family(["inline", "mine"], DEPTHS, phases=["construct"]), 0.05)
    assert [curve.error_share for curve in curves] == pytest.approx([0.025, 0.025])


def test_depths_are_in_ascending_order() -> None:
    curves = declared_curves(family(ARMS, panels(64, 4, 16)), 0.05)
    assert all([cell.panel.layers for cell in curve.cells] == [4, 16, 64] for curve in curves)


def test_architectures_have_curves_of_their_own() -> None:
    mixed = [panel(4), panel(16), panel(4, architecture="cnn"), panel(None)]
    assert declared_curves(family(ARMS, mixed), 0.05) == []
