"""The check of co-scheduled against solo invocations, with a framework that takes no time."""

from __future__ import annotations

import sys

import pytest

from bench.analysis.calibration.fork_fidelity import RatioOverRounds
from bench.doctor.schedules import (
    Agreements,
    EnvironmentAgreement,
    ScheduleAgreement,
    SchedulesFailed,
    check_schedules,
)
from bench.domain.scenario import Arm, Scenario


def scenario(*builders: str) -> Scenario:
    return Scenario(
        question="Do they agree?",
        arms={name: Arm(f"tests.fakes.builders:{name}") for name in builders},
        baseline=builders[0],
        architectures=("tests.fakes.builders:stack",),
        layers=(2, 4, 8),
    )


def checked(*builders: str) -> tuple[Agreements, list[int]]:
    told: list[int] = []
    found = check_schedules(
        scenario(*builders),
        2,
        sys.executable,
        "tests.fakes.framework",
        lambda number, _: told.append(number),
    )
    return found, told


def test_first_two_arms_are_measured_both_ways_at_both_ends_of_the_depths() -> None:
    found, told = checked("computes_for_long", "computes_for_longer", "raises")
    assert told == [0, 1]
    assert [(each.arm, each.layers) for each in found.schedules] == [
        ("computes_for_longer", 2),
        ("computes_for_longer", 8),
    ]
    for each in found.schedules:
        # It computes twice as long. Solo times are wall times, which others on the core lengthen.
        assert each.co_scheduled.ratio == pytest.approx(2, rel=0.2)
        assert each.solo.ratio > 1


def test_first_arm_is_compared_with_itself_in_a_second_interpreter() -> None:
    found, _ = checked("computes_for_long", "computes_for_longer")
    assert {each.arm for each in found.environments} == {"computes_for_long"}
    assert {each.layers for each in found.environments} == {2, 8}
    constructs = [each.ratio.ratio for each in found.environments if each.phase == "construct"]
    assert constructs == pytest.approx([1, 1], rel=0.2)


@pytest.mark.parametrize(
    ("ratio", "low", "high", "holds"),
    [
        (1.0, 0.99, 1.01, True),
        (1.04, 1.03, 1.05, True),
        (1.06, 1.01, 1.1, False),
        (0.9, 0.8, 0.99, False),
        (1.06, 0.99, 1.1, True),
        (1.06, None, None, True),
    ],
)
def test_interpreters_agree_unless_they_are_shown_to_differ_by_much(
    ratio: float, low: float | None, high: float | None, holds: bool
) -> None:
    found = EnvironmentAgreement("inline", "trace", 16, RatioOverRounds(ratio, low, high))
    assert found.holds == holds
    assert Agreements([], [found]).hold == holds


def test_failure_ends_the_check_with_its_reason() -> None:
    with pytest.raises(SchedulesFailed, match="no such luck"):
        checked("computes_for_long", "raises")


@pytest.mark.parametrize(("solo", "holds"), [(2.0, True), (2.09, True), (2.2, False), (1.8, False)])
def test_agreement_is_a_matter_of_the_estimates(solo: float, holds: bool) -> None:
    found = ScheduleAgreement(
        arm="new",
        baseline="old",
        phase="construct",
        layers=4,
        co_scheduled=RatioOverRounds(2.0, None, None),
        solo=RatioOverRounds(solo, None, None),
    )
    assert found.holds == holds
