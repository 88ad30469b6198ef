"""What every way to call a model costs, and when a slower start breaks even."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from bench.domain.findings.costs import CallModeCost, CallModesFinding
from tests.analysis.sample_tables import frame, invocation, panel
from tests.analysis.simulated_runs import concluded, family

ROUNDS = 8
Costs = tuple[Mapping[str, float], float]
"""Seconds of the phases that come once, and of a later call."""

EAGER: Costs = ({"first_call": 0.1}, 0.05)
FUNCTION: Costs = ({"trace": 0.3, "first_call": 0.2}, 0.01)
PREDICT: Costs = ({"first_call": 0.5}, 0.06)
TRAIN: Costs = ({"first_step": 0.5}, 0.06)
FIT: Costs = ({"first_epoch": 0.9}, 0.2)
REPEATS = {"train": "step", "fit": "epoch"}


def findings_of(
    rounds: int = ROUNDS, layers: tuple[int, ...] = (16,), **call_modes: Costs
) -> tuple[CallModesFinding, ...]:
    rows = []
    panels = [panel(depth, call_mode=call_mode) for depth in layers for call_mode in call_modes]
    for number in range(rounds):
        for order, factors in enumerate(panels):
            once, call = call_modes[factors.call_mode]
            for place, arm in enumerate(("inline", "placebo")):
                rows += invocation(
                    factors,
                    arm,
                    {"construct": 1.0, "build": None, "compile": 0.1, **once},
                    round=number,
                    order=2 * order + place,
                    calls={REPEATS.get(factors.call_mode, "inference"): [call] * 6},
                )
    return concluded(frame(rows), family(["inline", "placebo"], panels)).call_modes


def costs(finding: CallModesFinding) -> dict[str, CallModeCost]:
    return {each.call_mode: each for each in finding.call_modes}


def test_first_call_is_all_that_comes_between_compile_and_the_answer() -> None:
    (finding,) = findings_of(eager=EAGER, function=FUNCTION)
    found = costs(finding)
    assert (finding.arm, finding.layers) == ("inline", 16)
    assert found["function"].first_seconds == pytest.approx(0.5)
    assert found["function"].call_seconds == pytest.approx(0.01)
    assert found["eager"].first_seconds == pytest.approx(0.1)


def test_slower_start_is_paid_back_by_faster_calls() -> None:
    (finding,) = findings_of(function=FUNCTION, eager=EAGER)
    assert finding.cheapest_start == "eager"
    assert [each.call_mode for each in finding.call_modes] == ["eager", "function"]
    function = costs(finding)["function"]
    # 0.4 s more at first, 0.04 s less with each call.
    assert function.calls == pytest.approx(10)
    assert function.calls_low == function.calls_high == pytest.approx(10)
    assert function.after(11) == pytest.approx(costs(finding)["eager"].after(11))


def test_slower_start_with_slower_calls_is_never_paid_back() -> None:
    (finding,) = findings_of(eager=EAGER, predict=PREDICT)
    predict = costs(finding)["predict"]
    assert (predict.calls, predict.calls_low, predict.calls_high) == (None, None, None)
    assert predict.never
    assert CallModesFinding.model_validate_json(finding.model_dump_json()) == finding


def test_few_rounds_leave_open_when_it_is_paid_back() -> None:
    (finding,) = findings_of(rounds=3, eager=EAGER, function=FUNCTION)
    function = costs(finding)["function"]
    assert function.calls == pytest.approx(10)
    assert (function.calls_low, function.calls_high, function.never) == (0.0, None, False)


def test_one_call_mode_alone_is_compared_with_nothing() -> None:
    assert findings_of(function=FUNCTION) == ()


def test_training_is_told_beside_the_ways_to_get_an_answer() -> None:
    (finding,) = findings_of(train=TRAIN, eager=EAGER, function=FUNCTION)
    assert [(each.call_mode, each.answers) for each in finding.call_modes] == [
        ("eager", True),
        ("function", True),
        ("train", False),
    ]
    train = costs(finding)["train"]
    assert (train.first_seconds, train.call_seconds) == pytest.approx((0.5, 0.06))
    assert (train.calls, train.never) == (None, False)
    (alone,) = findings_of(train=TRAIN, fit=FIT)
    assert alone.cheapest_start is None


def test_depths_are_in_order_however_they_were_measured() -> None:
    found = findings_of(layers=(64, 4, 16), eager=EAGER, function=FUNCTION)
    assert [each.layers for each in found] == [4, 16, 64]
