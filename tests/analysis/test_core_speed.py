"""Times with the changing speed of the machine taken out."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from bench.analysis.samples.core_speed import speed_corrected
from bench.analysis.samples.invocations import to_invocations
from tests.analysis.sample_tables import frame, invocation, panel
from tests.analysis.simulated_runs import BUILD_STYLE, concluded, family

PANELS = [panel(4), panel(16), panel(64)]
USUAL_S = 80e-6
"""What the probe's loop takes at the usual pace."""


def corrected(probe: float | None, wall: float, cpu: float | None = None) -> float:
    """Seconds of one ``construct`` at the usual pace.

    Beside it are forty of another arm that take one second at the usual pace, and suffer exactly
    what the probe suffers.
    """
    rows = [
        row
        for order, slow in enumerate([1.0, 1.0, 0.8, 1.5] * 10)
        for row in invocation(
            panel(),
            "inline",
            {"construct": slow},
            order=order,
            probe_seconds={"construct": USUAL_S * slow},
        )
    ]
    rows += invocation(
        panel(),
        "incremental",
        {"construct": wall},
        order=40,
        probe_seconds={"construct": probe} if probe else None,
        cpu_seconds={"construct": cpu} if cpu else None,
    )
    found = speed_corrected(to_invocations(frame(rows))).seconds[:, 0]
    assert found[:40] == pytest.approx([1.0] * 40)
    return float(found[40])


def test_computing_at_a_slow_pace_is_scaled_to_the_usual_one() -> None:
    assert corrected(USUAL_S, 3.0) == pytest.approx(3.0)
    assert corrected(USUAL_S * 1.5, 3.0) == pytest.approx(2.0)


def test_waiting_passes_at_its_own_speed() -> None:
    assert corrected(USUAL_S * 2, 1.0, cpu=0.2) == pytest.approx(0.9)


def test_threads_side_by_side_are_not_corrected_beyond_the_pace() -> None:
    assert corrected(USUAL_S * 2, 1.0, cpu=1.9) == pytest.approx(0.5)


@pytest.mark.parametrize(("delay", "own"), [(0.0, 3.0), (0.5, 2.5), (1.5, 2.0)])
def test_time_for_which_others_had_the_core_does_not_count(delay: float, own: float) -> None:
    """Never less than what the phase has computed."""
    rows = invocation(
        panel(),
        "inline",
        {"construct": 3.0},
        cpu_seconds={"construct": 2.0},
        run_delay_seconds={"construct": delay},
    )
    assert speed_corrected(to_invocations(frame(rows))).seconds == pytest.approx(np.array([[own]]))


def test_calls_that_repeat_keep_their_times() -> None:
    rows = invocation(
        panel(),
        "inline",
        {},
        calls={"inference": [1.0, 1.0, 3.0]},
        cpu_seconds={"inference": 3.0},
        run_delay_seconds={"inference": 2.0},
    )
    found = speed_corrected(to_invocations(frame(rows)))
    assert found.calls.seconds == pytest.approx([1.0, 1.0, 3.0])
    assert found.seconds == pytest.approx(np.array([[5.0]]))


def test_phases_without_a_reading_stay_as_they_are() -> None:
    assert corrected(None, 1.5) == pytest.approx(1.5)
    rows = frame(invocation(panel(), "inline", {"construct": 1.5}))
    assert speed_corrected(to_invocations(rows)).seconds == pytest.approx(np.array([[1.5]]))


@pytest.mark.parametrize("suffers", [0.0, 0.5, 1.4])
def test_sensitivity_of_a_phase_is_found(suffers: float) -> None:
    """A phase that suffers more or less than the probe does, or nothing at all."""
    rows = [
        row
        for order, slow in enumerate([1.0, 1.0, 0.8, 1.5] * 50)
        for row in invocation(
            panel(),
            "inline",
            {"construct": slow**suffers},
            order=order,
            probe_seconds={"construct": USUAL_S * slow},
        )
    ]
    found = speed_corrected(to_invocations(frame(rows))).seconds
    assert found == pytest.approx(np.ones_like(found), rel=0.01)


def test_panels_that_have_no_invocation_of_their_own_cost_no_other() -> None:
    """Where all of a panel failed, or shared its core, the panels after it are corrected."""
    rows = [
        row
        for factors in PANELS
        for order, slow in enumerate([1.0, 0.8, 1.5] * 40)
        for row in invocation(
            factors,
            "inline",
            {"construct": slow if factors.layers == 64 else 1.0},
            order=order,
            probe_seconds={"construct": USUAL_S * slow},
        )
    ]
    found = to_invocations(frame(rows))
    layers = np.array([found.cells[number].panel.layers for number in found.cell])
    seconds = speed_corrected(found.chosen(layers != 16)).seconds
    assert seconds == pytest.approx(np.ones_like(seconds), rel=0.01)


def test_calls_are_corrected_with_their_phase() -> None:
    usual = invocation(
        panel(),
        "inline",
        {},
        calls={"inference": [0.1] * 4},
        probe_seconds={"inference": 80e-6},
    )
    slow = invocation(
        panel(),
        "inline",
        {},
        order=1,
        calls={"inference": [0.3] * 4},
        probe_seconds={"inference": 240e-6},
    )
    calls = speed_corrected(to_invocations(frame([*usual, *usual_again(usual), *slow]))).calls
    assert calls.seconds == pytest.approx([0.1] * 12)


def usual_again(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{**row, "order": 2} for row in rows]


def neighboured(rounds: int, seed: int, sensitivity: float = 1.0) -> pd.DataFrame:
    """A run on a core that is half as fast again, or not, from one invocation to the next.

    The probe sees that, with an error of 4 %; phases slow down by its power ``sensitivity``.
    """
    random = np.random.default_rng(seed)
    rows: list[dict[str, Any]] = []
    for number in range(rounds):
        order = 0
        for factors in PANELS:
            for arm in BUILD_STYLE:
                slow = random.choice([1.0, 1.5])
                seconds = {
                    phase: cost and cost(factors.layers or 0) * slow**sensitivity
                    for phase, cost in BUILD_STYLE[arm].items()
                }
                probe = {p: USUAL_S * slow * np.exp(random.normal(0, 0.04)) for p in seconds}
                rows += invocation(
                    factors, arm, seconds, round=number, order=order, probe_seconds=probe
                )
                order += 1
    return frame(rows)


def test_correction_shows_what_a_busy_neighbour_hides() -> None:
    samples = neighboured(rounds=12, seed=3)
    comparisons = family(BUILD_STYLE, PANELS)
    blind = concluded(samples.assign(probe_ns=None), comparisons)
    seeing = concluded(samples, comparisons)
    growth = [
        {f.arm: f.growth for f in findings.scaling if f.phase == "construct"}
        for findings in (blind, seeing)
    ]
    assert growth[0]["inline"] == "unresolved"
    assert growth[1] == {"inline": "linear", "placebo": "linear", "incremental": "quadratic"}
    assert seeing.noise.floor_ratio_as_measured == blind.noise.floor_ratio
    assert seeing.noise.floor_ratio is not None
    assert blind.noise.floor_ratio is not None
    assert seeing.noise.floor_ratio < 1.15 < 1.4 < blind.noise.floor_ratio


@pytest.mark.parametrize("sensitivity", [0.0, 0.6, 1.0, 1.4])
def test_correction_claims_nothing_of_equal_work(sensitivity: float) -> None:
    """Whatever the phase really suffers, also when it is less or more than what the probe does."""
    for seed in range(6):
        samples = neighboured(rounds=20, seed=seed, sensitivity=sensitivity)
        findings = concluded(samples, family(BUILD_STYLE, PANELS))
        assert findings.noise.placebo_false_alarms == 0, f"seed {seed}"
