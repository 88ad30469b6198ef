"""Break-even: the number of calls that recover a slower start."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.analysis.inference.break_even import calls_to_break_even
from bench.domain.findings.costs import BreakEvenFinding
from tests.analysis.sample_tables import panel
from tests.analysis.simulated_runs import Lifecycle, concluded, family, simulate

PANEL = panel(16)


def arm(construct: float, inference: float) -> Lifecycle:
    return {
        "runtime": lambda n: 0.05,
        "construct": lambda n: construct,
        "build": None,
        "compile": lambda n: 0.01,
        "trace": lambda n: 0.02,
        "first_call": lambda n: 0.02,
        "inference": lambda n: inference,
    }


def found(baseline: Lifecycle, mine: Lifecycle, rounds: int = 30) -> BreakEvenFinding:
    arms = {"inline": baseline, "placebo": baseline, "mine": mine}
    samples = simulate(arms, [PANEL], rounds=rounds, luck=0.003, interference=0.0)
    (finding,) = concluded(samples, family(arms, [PANEL])).break_even
    assert (finding.arm, finding.baseline) == ("mine", "inline")
    return finding


@pytest.mark.parametrize(
    ("start", "saving", "calls"),
    [
        (1.0, 0.1, 10.0),
        (0.0, 0.1, 0.0),
        (-1.0, -0.1, 0.0),
        (1.0, 0.0, math.inf),
        (1, -0.1, math.inf),
    ],
)
def test_calls_by_hand(start: float, saving: float, calls: float) -> None:
    assert calls_to_break_even(np.array([start]), np.array([saving])).tolist() == [
        pytest.approx(calls)
    ]


@given(start=st.floats(1e-6, 1e3), saving=st.floats(1e-6, 1e3), faster=st.floats(0.1, 10.0))
def test_calls_do_not_depend_on_the_unit_of_time(
    start: float, saving: float, faster: float
) -> None:
    once, again = calls_to_break_even(
        np.array([start, start * faster]), np.array([saving, saving * faster])
    )
    assert once == pytest.approx(again)


def test_slower_start_with_faster_calls_is_paid_back() -> None:
    finding = found(arm(0.10, 0.0020), arm(0.30, 0.0010))
    assert finding.calls == pytest.approx(200, rel=0.1)
    assert finding.calls_low is not None
    assert finding.calls_high is not None
    assert finding.calls_low < 200 < finding.calls_high
    assert not finding.never


def test_slower_start_with_slower_calls_is_never_paid_back() -> None:
    finding = found(arm(0.10, 0.0010), arm(0.30, 0.0015))
    assert finding.never
    assert (finding.calls, finding.calls_low, finding.calls_high) == (None, None, None)
    assert type(finding).model_validate_json(finding.model_dump_json()) == finding


def test_slower_start_with_equal_calls_may_never_be_paid_back() -> None:
    finding = found(arm(0.10, 0.0010), arm(0.30, 0.0010))
    assert finding.calls_high is None
    assert not finding.never


def test_faster_start_owes_nothing() -> None:
    finding = found(arm(0.30, 0.0010), arm(0.10, 0.0020))
    assert (finding.calls, finding.calls_low, finding.calls_high) == (0, 0, 0)


def test_few_rounds_bound_nothing() -> None:
    finding = found(arm(0.10, 0.0020), arm(0.30, 0.0010), rounds=3)
    assert (finding.calls_low, finding.calls_high, finding.never) == (0, None, False)
    assert finding.calls is not None
