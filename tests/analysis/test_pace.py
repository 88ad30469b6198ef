"""Times with the changing speed of the machine taken out."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from bench.analysis.invocations import arrange
from bench.analysis.pace import at_usual_pace
from tests.analysis.handmade import frame, invocation, panel
from tests.analysis.synthetic import BUILD_STYLE, concluded, family

PANELS = [panel(4), panel(16), panel(64)]
USUAL_S = 80e-6
"""What the probe's loop takes at the usual pace."""


def corrected(*invocations: dict[str, Any]) -> np.ndarray:
    """Seconds of ``construct``, one per invocation, at the usual pace."""
    rows = [
        row
        for order, each in enumerate(invocations)
        for row in invocation(panel(), "inline", order=order, **each)
    ]
    return at_usual_pace(arrange(frame(rows))).seconds[:, 0]


def disturbed(probe: float, wall: float, **more: Any) -> dict[str, Any]:
    return {"seconds": {"construct": wall}, "probe_seconds": {"construct": probe}, **more}


def test_computing_at_a_slow_pace_is_scaled_to_the_usual_one() -> None:
    found = corrected(disturbed(80e-6, 1.0), disturbed(80e-6, 1.0), disturbed(120e-6, 1.5))
    assert found == pytest.approx([1.0, 1.0, 1.0])


def test_waiting_passes_at_its_own_speed() -> None:
    asleep = disturbed(160e-6, 1.0, cpu_seconds={"construct": 0.2})
    assert corrected(disturbed(80e-6, 1.0), disturbed(80e-6, 1.0), asleep)[2] == pytest.approx(0.9)


def test_threads_side_by_side_are_not_corrected_beyond_the_pace() -> None:
    threads = disturbed(160e-6, 1.0, cpu_seconds={"construct": 1.9})
    assert corrected(disturbed(80e-6, 1.0), disturbed(80e-6, 1.0), threads)[2] == pytest.approx(0.5)


def test_phases_without_a_probe_stay_as_they_are() -> None:
    assert corrected({"seconds": {"construct": 1.0}}) == pytest.approx([1.0])
    probed = [disturbed(80e-6, 1.0), disturbed(80e-6, 1.0)]
    assert corrected(*probed, {"seconds": {"construct": 1.5}})[2] == pytest.approx(1.5)


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
    calls = at_usual_pace(arrange(frame([*usual, *usual_again(usual), *slow]))).calls
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
