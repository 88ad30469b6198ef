"""What the answer says of call modes and of memory: each sentence names what it is about."""

from __future__ import annotations

from typing import Any

import pytest

from bench.domain.findings.costs import CallModesFinding, MemoryGrowthFinding
from bench.report.answer.costs import call_mode_costs, memory_growth
from tests.report.call_mode_findings import EAGER, FUNCTION, TRAIN
from tests.report.findings_factory import findings
from tests.report.lifecycle_findings import KIB, MIB, series
from tests.report.test_joint import panel

MODES = (EAGER, FUNCTION, TRAIN)


def called(layers: int | None = 64, **changes: Any) -> CallModesFinding:
    """The call modes of the baseline in one panel."""
    return CallModesFinding(
        **{**dict(panel(layers)), "call_mode": "", **changes},
        environment="default",
        arm="inline",
        cheapest_start="eager",
        call_modes=MODES,
    )


def told(*found: CallModesFinding) -> list[str]:
    return list(call_mode_costs(findings(arms=("inline", "placebo"), call_modes=found)))


def alone(place: str) -> list[str]:
    """What is said of the only setting, which the first sentence names."""
    return [
        f"{place}, until the first output: eager 40.0 ms, function 200 ms.",
        "Each call after it: function 400 µs, eager 20.0 ms.",
        "In total, function after 9 calls [5, 12] costs no more than eager.",
        "Training: train 4.00 s, then 3.00 ms each time.",
    ]


def among_others(place: str) -> list[str]:
    """The same of one of several, which every sentence names."""
    first, *more = alone(place)
    return [first, *(f"{place}: {each[0].lower()}{each[1:]}" for each in more)]


def test_one_setting_is_named_once() -> None:
    assert told(called()) == alone("inline of mlp at 64 layers")
    assert told(called(batch=8)) == alone("inline of mlp at 64 layers")


def test_every_sentence_names_the_batch_where_there_are_several() -> None:
    assert told(called(batch=1), called(batch=256)) == [
        *among_others("inline of mlp at 64 layers, batches of 1"),
        *among_others("inline of mlp at 64 layers, batches of 256"),
    ]


def test_every_sentence_names_the_architecture_where_there_are_several() -> None:
    assert told(called(), called(architecture="cnn")) == [
        *among_others("inline of mlp at 64 layers"),
        *among_others("inline of cnn at 64 layers"),
    ]


def test_each_batch_is_told_of_at_its_own_deepest() -> None:
    several = (called(16, batch=1), called(64, batch=1), called(16, batch=256))
    assert told(*several) == [
        *among_others("inline of mlp at 64 layers, batches of 1"),
        *among_others("inline of mlp at 16 layers, batches of 256"),
    ]


def kept(*found: MemoryGrowthFinding) -> list[str]:
    return list(memory_growth(findings(memory_growth=found)))


@pytest.mark.parametrize("shallow_first", [True, False])
def test_memory_is_told_of_the_deepest_panel_alone(shallow_first: bool) -> None:
    flat_at_last = [series("inline", MIB, 4), series("inline", 0, 16)]
    grows_at_last = [series("inline", 0, 4), series("inline", MIB, 16)]
    for each in (flat_at_last, grows_at_last):
        each.sort(key=lambda it: it.layers or 0, reverse=not shallow_first)
    assert kept(*flat_at_last) == ["Memory stays flat with inline."]
    assert kept(*grows_at_last) == ["Memory grows with each model: inline 1.00 MiB."]


def test_memory_of_each_arm_is_told_of_its_own_deepest() -> None:
    found = (
        series("inline", MIB, 4),
        series("inline", 64 * KIB, 16),
        series("functional", 0, 4),
        series("placebo", MIB, 16),
    )
    assert kept(*found) == [
        "Memory grows with each model: inline 64.0 KiB.",
        "Memory stays flat with functional.",
    ]


@pytest.mark.parametrize("growing_first", [True, False])
def test_memory_that_grows_in_one_of_several_phases_is_told(growing_first: bool) -> None:
    phases = [series("inline", MIB, phase="search"), series("inline", 0, phase="reload")]
    found = kept(*(phases if growing_first else reversed(phases)))
    assert "Memory grows with each model: inline 1.00 MiB." in found
    assert "Memory stays flat with inline." not in found
