"""Drift and two modes: seen where they are, and not where they are not."""

from __future__ import annotations

import numpy as np
import pytest

from bench.analysis.diagnostics.warnings import (
    core_speed_warnings,
    drifts,
    effect_warnings,
    modes,
    shared_device_warnings,
    throttle_warnings,
)
from tests.analysis.sample_tables import panel, panels
from tests.analysis.simulated_runs import BUILD_STYLE, concluded, family, simulate

ROUNDS = [12, 20, 60, 100]
ENOUGH = [20, 60, 100]


@pytest.mark.parametrize("rounds", ROUNDS)
def test_steady_noise_of_one_mode_raises_no_doubt(rounds: int, random: np.random.Generator) -> None:
    series = random.normal(0.1, 0.05, (1000, rounds))
    assert np.mean([modes(each) is not None for each in series]) <= 0.005
    assert np.mean([drifts(each) is not None for each in series]) <= 0.005


def test_heavy_tails_are_no_second_mode(random: np.random.Generator) -> None:
    series = random.standard_t(3, (500, 30))
    assert np.mean([modes(each) is not None for each in series]) <= 0.01


@pytest.mark.parametrize("rounds", ENOUGH)
def test_two_modes_are_told_apart(rounds: int, random: np.random.Generator) -> None:
    slow = np.arange(rounds) % 3 == 0
    found = modes(np.where(slow, 0.4, 0.0) + random.normal(0, 0.03, rounds))
    assert found == pytest.approx((0.0, 0.4), abs=0.05)


def test_a_few_outliers_are_no_mode(random: np.random.Generator) -> None:
    series = random.normal(0, 0.03, 30)
    series[:2] = 1.0
    assert modes(series) is None


@pytest.mark.parametrize("rise", [0.3, -0.3])
def test_drift_is_seen_with_its_size(rise: float, random: np.random.Generator) -> None:
    series = np.linspace(0, rise, 40) + random.normal(0, 0.05, 40)
    assert drifts(series) == pytest.approx(rise, abs=0.1)


def test_equal_rounds_raise_no_doubt() -> None:
    assert drifts(np.zeros(30)) is None
    assert modes(np.zeros(30)) is None


def test_drifting_effect_carries_a_warning(random: np.random.Generator) -> None:
    (doubt,) = effect_warnings(np.linspace(0, 0.3, 40) + random.normal(0, 0.05, 40))
    assert doubt.kind == "drift"
    assert "by a factor of 1.3" in doubt.text


def test_effect_of_two_modes_carries_a_warning(random: np.random.Generator) -> None:
    slow = random.random(40) < 0.4
    (doubt,) = effect_warnings(np.where(slow, 0.4, 0.0) + random.normal(0, 0.03, 40))
    assert doubt.kind == "bimodal"
    assert "about 1.00 and 1.4" in doubt.text


def test_quiet_effect_carries_none(random: np.random.Generator) -> None:
    assert list(effect_warnings(random.normal(0, 0.05, 40))) == []


def kinds(luck: float, rounds: int, planned_rounds: int) -> set[str]:
    """The kinds of warnings of a whole run."""
    samples = simulate(BUILD_STYLE, panels(4, 16), rounds=rounds, luck=luck, interference=0.0)
    comparisons = family(BUILD_STYLE, panels(4, 16))
    findings = concluded(samples, comparisons, planned_rounds=planned_rounds)
    return {doubt.kind for doubt in findings.warnings}


def test_margin_that_not_even_the_placebo_keeps_is_said_to_be_out_of_reach() -> None:
    assert "margin_below_floor" in kinds(luck=0.2, rounds=20, planned_rounds=30)


def test_sole_arm_is_judged_by_no_margin() -> None:
    alone = {name: BUILD_STYLE[name] for name in ("inline", "placebo")}
    samples = simulate(alone, panels(4, 16), rounds=20, luck=0.2, interference=0.0)
    controls = [each for each in family(BUILD_STYLE, panels(4, 16)) if each.placebo]
    findings = concluded(samples, controls, planned_rounds=30)
    assert {each.arm for each in findings.comparisons} == {"placebo"}
    assert "margin_below_floor" not in {doubt.kind for doubt in findings.warnings}


def test_margin_out_of_reach_is_told_by_phase_with_its_floor() -> None:
    samples = simulate(BUILD_STYLE, panels(4, 16), rounds=40, luck=0.1, interference=0.0)
    comparisons = family(BUILD_STYLE, panels(4, 16))
    findings = concluded(samples, comparisons, planned_rounds=40)
    (doubt,) = (doubt for doubt in findings.warnings if doubt.kind == "margin_below_floor")
    placebos = [item for item in findings.comparisons if item.placebo and item.phase == "trace"]
    floor = min(max(item.ratio_high or 9, 1 / (item.ratio_low or 9)) for item in placebos) - 1
    assert f"trace (±{100 * floor:.0f} % now, about " in doubt.text


def test_margin_in_reach_raises_no_doubt() -> None:
    assert "margin_below_floor" not in kinds(luck=0.005, rounds=20, planned_rounds=30)
    # Too few rounds yet, but the plan has enough of them.
    assert "margin_below_floor" not in kinds(luck=0.005, rounds=5, planned_rounds=30)


@pytest.mark.parametrize(("reasons", "kind"), [(0x40, {"throttled"}), (0x1, set()), (None, set())])
def test_device_held_back_is_a_warning_and_an_idle_one_is_not(
    reasons: int | None, kind: set[str]
) -> None:
    samples = simulate(BUILD_STYLE, [panel(4)], rounds=2)
    samples["device_throttle_reasons"] = samples["device_throttle_reasons"].astype("Int64")
    samples.loc[samples["arm"] == "incremental", "device_throttle_reasons"] = reasons
    assert {doubt.kind for doubt in throttle_warnings(samples)} == kind


@pytest.mark.parametrize(("processes", "count"), [(2, 1), (1, 0), (None, 0)])
def test_another_process_on_the_device_is_a_warning(processes: int | None, count: int) -> None:
    samples = simulate(BUILD_STYLE, [panel(4)], rounds=2)
    samples["device_processes"] = samples["device_processes"].astype("Int64")
    samples.loc[samples["arm"] == "incremental", "device_processes"] = processes
    assert len(shared_device_warnings(samples)) == count


def test_rounds_in_which_no_probe_reads_a_core_are_a_warning() -> None:
    samples = simulate(BUILD_STYLE, [panel(4)], rounds=3)
    samples = samples.assign(core=1, device="cpu", cpu_ns=samples["wall_ns"], probe_ns=80_000)
    assert core_speed_warnings(samples) == ()
    ended = samples.assign(probe_ns=samples["probe_ns"].where(samples["round"] != 1))
    (warning,) = core_speed_warnings(ended)
    assert warning.kind == "no_core_speed"
    assert "the speed of core 1 is not known in 1 round" in warning.text
    assert core_speed_warnings(ended.assign(core=None)) == ()
