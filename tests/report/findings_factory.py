"""Synthetic findings of a quick run, with the costs that a 2-core machine shows for Keras 3."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

from bench.analysis.summaries.warm_up import steady_phase_findings
from bench.domain.findings.comparisons import (
    ComparisonFinding,
    Forecast,
    Growth,
    ScalingFinding,
    Verdict,
)
from bench.domain.findings.costs import CellFinding, FailureFinding
from bench.domain.findings.quality import NoiseFinding, SteadyFinding
from bench.domain.findings.run import Findings
from bench.domain.phases import call_modes_of
from bench.report.answer.compose import compose_answer

ARMS = (
    "inline",
    "placebo",
    "incremental",
    "incremental_legacy_shape",
    "incremental_deferred",
    "incremental_no_rebuild",
    "functional",
)
DEFERRED = ("incremental_deferred", "incremental_no_rebuild")
DEPTHS = (4, 16, 64)
HEADLINE = ("construct", "ready")
COMPARED = (*HEADLINE, "compile", "trace", "first_call", "time_to_first_inference", "inference")
PARTS = ("construct", "build", "compile", "trace", "first_call")

CONSTRUCT_MS: dict[str, tuple[float, float, float]] = {
    "incremental": (10, 2.9, 0.136),
    "incremental_legacy_shape": (10.5, 2.95, 0.138),
    "incremental_deferred": (1.0, 0.45, 0.0),
    "functional": (10, 3.12, 0.0),
}
KEPT_MIB: dict[str, tuple[float, float, float]] = {
    "incremental": (0.6, 0.045, 0.00075),
    "incremental_legacy_shape": (0.6, 0.045, 0.00076),
}
OTHER_MS = {
    "compile": (5.2, 0.02, 0.0),
    "trace": (11, 0.9, 0.0),
    "first_call": (24, 0.35, 0.0),
    "inference": (0.11, 0.0042, 0.0),
}


def findings(
    arms: Sequence[str] = ARMS,
    depths: Sequence[int | None] = DEPTHS,
    architectures: Sequence[str | None] = ("mlp",),
    rounds: int = 16,
    failed: Sequence[str] = (),
    **changes: Any,
) -> Findings:
    """A run of ``rounds`` rounds; ``failed`` arms crash everywhere; ``changes`` replace fields."""
    cells: list[CellFinding] = []
    comparisons: list[ComparisonFinding] = []
    scaling: list[ScalingFinding] = []
    failures: list[FailureFinding] = []
    measured = [arm for arm in arms if arm not in failed] if rounds else []
    for architecture in architectures:
        for layers in depths:
            panel = _panel(architecture, layers)
            cells += [cell for arm in measured for cell in _cells(panel, arm, layers, rounds)]
            comparisons += [
                _comparison(panel, arm, arms[0], phase, layers, rounds)
                for arm in measured
                if arm != arms[0]
                for phase in COMPARED
            ]
            failures += [
                FailureFinding(
                    **panel,
                    arm=arm,
                    phase="construct",
                    kind="crashed",
                    reason="killed by signal 11",
                    count=6,
                )
                for arm in failed
            ]
        if len(depths) > 2:
            scaling += [
                fit for arm in measured for fit in _scaling(architecture, arm, depths, rounds)
            ]
    steady = tuple(_steady(arm) for arm in ("inline", "placebo"))
    fields: dict[str, Any] = {
        "run": "20261122T101500Z-build_style-7f3a",
        "status": "complete",
        "rounds": rounds,
        "planned_rounds": 16,
        "controls_passed": True,
        "round_seconds": 12.0,
        "margin": 0.05,
        "confidence": 0.95,
        "family_size": 105,
        "error_budget": 0.05,
        "environment": {
            "tensorflow": "2.21.0",
            "keras": "3.15.1",
            "python": "3.11.7",
            "cpu_count": 2,
        },
        "questions": {
            "build_style": "Does it matter whether a Sequential is built inline or layer by layer?"
        },
        "lifecycles": {name: each.plan() for name, each in call_modes_of().items()},
        "comparisons": tuple(comparisons),
        "scaling": tuple(scaling),
        "noise": NoiseFinding(
            placebo_comparisons=21,
            placebo_false_alarms=0,
            controls=21,
            control_false_alarms=0,
            false_alarm_probability=1.0,
            floor_ratio=1.043,
            floor_ratio_as_measured=1.31,
        ),
        "order": None,
        "variance": None,
        "steady": steady,
        "steady_phases": steady_phase_findings(steady),
        "break_even": (),
        "cells": tuple(cells),
        "failures": tuple(failures),
    }
    found = Findings(**{**fields, **changes})
    if "answer" in changes:
        return found
    return found.model_copy(update={"answer": compose_answer(found, ())})


def headline_of(arm: str) -> str:
    """The phase that the scenario is about where ``arm`` is concerned."""
    return "ready" if arm in DEFERRED else "construct"


def cost_ms(arm: str, phase: str, layers: int | None) -> float:
    """The true cost of a phase, before noise."""
    if phase == "ready":
        return cost_ms(arm, "construct", layers) + cost_ms(arm, "build", layers)
    if phase == "time_to_first_inference":
        return sum(cost_ms(arm, part, layers) for part in PARTS)
    return _polynomial(_coefficients(arm, phase), layers)


def _coefficients(arm: str, phase: str) -> tuple[float, float, float]:
    if phase == "construct":
        return CONSTRUCT_MS.get(arm, (10, 2.88, 0.0))
    if phase == "build":
        return (9, 2.4, 0.0) if arm == "incremental_deferred" else (0, 0, 0)
    return OTHER_MS[phase]


def _polynomial(coefficients: tuple[float, float, float], layers: int | None) -> float:
    depth = 16 if layers is None else layers
    constant, slope, curve = coefficients
    return constant + slope * depth + curve * depth**2


def _noise(*key: object) -> random.Random:
    return random.Random("-".join(map(str, key)))


def _panel(architecture: str | None, layers: int | None) -> dict[str, Any]:
    return {"layers": layers, **_setting(architecture)}


def _setting(architecture: str | None) -> dict[str, Any]:
    return {
        "scenario": "build_style",
        "architecture": architecture,
        "call_mode": "function",
        "device": "cpu",
        "backend": "tensorflow",
        "environment": "default",
    }


def _cells(panel: dict[str, Any], arm: str, layers: int | None, rounds: int) -> list[CellFinding]:
    phases = [*COMPARED, "runtime"]
    if arm == "incremental_deferred":
        phases.append("build")
    made = []
    for phase in phases:
        noise = _noise(arm, phase, layers)
        common: dict[str, Any] = {
            **panel,
            "arm": arm,
            "placebo": arm == "placebo",
            "phase": phase,
            "rounds": rounds,
        }
        true = 3.0 if phase == "runtime" else cost_ms(arm, phase, layers)
        seconds = true / 1000 * (1 + noise.gauss(0, 0.012))
        kept = _polynomial(KEPT_MIB.get(arm, (0.6, 0.045, 0.0)), layers) * 2**20
        made.append(
            CellFinding(
                **common,
                metric="seconds",
                unit="s",
                value=seconds,
                value_low=seconds * (1 - abs(noise.gauss(0.04, 0.01))),
                value_high=seconds * (1 + abs(noise.gauss(0.08, 0.03))),
                median_low=seconds * 0.97,
                median_high=seconds * 1.04,
            )
        )
        retained = kept * (1 + noise.gauss(0, 0.02))
        if phase == "ready":
            made.append(
                CellFinding(
                    **common,
                    metric="retained_bytes",
                    unit="bytes",
                    value=retained,
                    value_low=retained,
                    value_high=retained,
                    median_low=None,
                    median_high=None,
                )
            )
    return made


def _comparison(
    panel: dict[str, Any],
    arm: str,
    baseline: str,
    phase: str,
    layers: int | None,
    rounds: int,
) -> ComparisonFinding:
    """A comparison judged as analysis would: bounded after 11 rounds, 16 outside the headline."""
    noise = _noise(arm, phase, layers, "ratio")
    true = cost_ms(arm, phase, layers) / cost_ms(baseline, phase, layers)
    ratio = true * (1 + noise.gauss(0, 0.008))
    needed = 11 if phase in HEADLINE else 16
    low = high = None
    if rounds >= needed:
        low = ratio * (1 - abs(noise.gauss(0.03, 0.008)))
        high = ratio * (1 + abs(noise.gauss(0.03, 0.008)))
    verdict: Verdict = "unresolved"
    within = low is not None and high is not None and low > 1 / 1.05 and high < 1.05
    if within:
        verdict = "equivalent"
    elif low is not None and low > 1:
        verdict = "slower"
    elif high is not None and high < 1:
        verdict = "faster"
    return ComparisonFinding(
        **panel,
        metric="seconds",
        phase=phase,
        arm=arm,
        baseline=baseline,
        baseline_environment="default",
        placebo=arm == "placebo",
        headline=phase == headline_of(arm),
        control=arm == "placebo",
        ratio=ratio,
        ratio_low=low,
        ratio_high=high,
        unadjusted_low=None if low is None else (low * ratio) ** 0.5,
        unadjusted_high=None if high is None else (high * ratio) ** 0.5,
        confidence=0.95,
        error_share=0.0016 if phase in HEADLINE else 0.00003,
        rounds=rounds,
        verdict=verdict,
        within_margin=within,
        margin=0.05,
        more_rounds=max(needed - rounds, 3) if verdict == "unresolved" else None,
        more_seconds=12.0 * max(needed - rounds, 3) if verdict == "unresolved" else None,
        baseline_value=cost_ms(baseline, phase, layers) / 1000,
        arm_value=cost_ms(arm, phase, layers) / 1000,
    )


def _scaling(
    architecture: str | None, arm: str, depths: Sequence[int | None], rounds: int
) -> list[ScalingFinding]:
    deepest = max(depth or 0 for depth in depths)
    made = []
    for phase in COMPARED:
        size = 1e-3
        composite = {"ready": PARTS[:2], "time_to_first_inference": PARTS}
        parts = [_coefficients(arm, part) for part in composite.get(phase, (phase,))]
        constant, slope, curve = (size * sum(column) for column in zip(*parts, strict=True))
        cost = constant + slope * deepest + curve * deepest**2
        curvature = curve * deepest**2 / cost
        growth: Growth = "quadratic" if curvature > 0.1 else "linear"
        if phase in ("compile", "first_call"):
            growth = "unresolved"
        noise = _noise(arm, phase, "seconds", "fit")
        curve += noise.gauss(0, 0.004) * cost / deepest**2
        doubt = 0.04 * cost / deepest**2
        made.append(
            ScalingFinding(
                **_setting(architecture),
                arm=arm,
                placebo=arm == "placebo",
                phase=phase,
                metric="seconds",
                unit="s",
                layers=tuple(depth or 0 for depth in depths),
                rounds=rounds,
                constant=constant,
                constant_low=constant * 0.9,
                constant_high=constant * 1.1,
                per_layer=slope,
                per_layer_low=slope * 0.95,
                per_layer_high=slope * 1.05,
                per_layer_squared=curve,
                per_layer_squared_low=curve - doubt if rounds >= 11 else None,
                per_layer_squared_high=curve + doubt if rounds >= 11 else None,
                curvature=curvature,
                curvature_low=curvature - 0.03,
                curvature_high=curvature + 0.03,
                growth=growth,
                difference=None,
                forecast=None
                if growth == "unresolved"
                else _forecast(2 * (depths[-1] or 0), constant, slope, curve),
                forecast_check=None,
            )
        )
    return made


def _steady(arm: str) -> SteadyFinding:
    return SteadyFinding(
        **_setting("mlp"),
        layers=16,
        arm=arm,
        placebo=arm == "placebo",
        phase="inference",
        flat=30,
        warm_up=16,
        slowdown=3,
        none=1,
        calls_before=3,
        seconds_before=0.0026,
    )


def _forecast(layers: int, constant: float, slope: float, curve: float) -> Forecast:
    seconds = constant + slope * layers + curve * layers**2
    return Forecast(layers=layers, value=seconds, value_low=seconds * 0.9, value_high=seconds * 1.1)
