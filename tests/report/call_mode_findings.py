"""Costs of call modes, made up: one starts fast, one is fast later, one trains."""

from __future__ import annotations

from bench.domain.findings.costs import CallModeCost

EAGER = CallModeCost(call_mode="eager", rounds=9, first_seconds=0.04, call_seconds=0.02)
FUNCTION = CallModeCost(
    call_mode="function",
    rounds=9,
    first_seconds=0.2,
    call_seconds=0.0004,
    calls=9.0,
    calls_low=5.0,
    calls_high=12.0,
)
TRAIN = CallModeCost(
    call_mode="train", answers=False, rounds=9, first_seconds=4.0, call_seconds=0.003
)
