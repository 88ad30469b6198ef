"""The check of forked against started processes, with a framework that takes no time to import."""

from __future__ import annotations

import sys
from typing import Any

import pytest

from bench.doctor.fork_fidelity import PAIRED, FidelityFailed, measure
from tests.fakes.requests import cell


def measured(builder: str) -> tuple[Any, list[int]]:
    told: list[int] = []
    rounds = measure(
        sys.executable,
        "tests.fakes.framework",
        cell(builder),
        2,
        seed=1,
        round_ends=lambda number, _: told.append(number),
    )
    return rounds, told


def test_round_pairs_forked_and_started_processes_and_prices_a_round() -> None:
    rounds, told = measured("good")
    assert told == [0, 1]
    for one in rounds:
        assert len(one.forked_construct) == len(one.started_construct) == PAIRED
        assert len(one.overhead_ns) == len(one.minor_faults) == PAIRED
        for timing in (*one.forked_construct, *one.started_construct):
            assert timing.wall_ns > 0
            assert timing.cpu_ns > 0
        assert one.side_by_side_ns > 0
        assert one.one_at_a_time_ns > 0
        assert one.started_ns > 0


def test_failure_ends_the_check_with_its_reason() -> None:
    with pytest.raises(FidelityFailed, match="no such luck"):
        measured("raises")
