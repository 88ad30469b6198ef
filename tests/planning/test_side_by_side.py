"""What runs at once: as much as there are cores and memory for."""

from __future__ import annotations

from typing import Any

import pytest

from bench.domain.errors import InvalidScenario
from tests.planning.composed import GIB, composed


def test_memory_is_shared_by_those_under_way_unless_it_is_given() -> None:
    assert composed("build_style", schedule="solo").memory_bytes == 4 * GIB
    assert composed("build_style", schedule="solo", jobs=1).memory_bytes == 8 * GIB
    assert composed("build_style").memory_bytes == 8 * GIB // 8
    assert composed("build_style", memory_bytes=GIB).memory_bytes == GIB


@pytest.mark.parametrize(
    ("wishes", "arms"),
    [
        ({}, 4),
        ({"memory_bytes": GIB}, 4),
        ({"memory_bytes": 2 * GIB}, 2),
        ({"memory_bytes": 2 * GIB, "jobs": 1}, 4),
        ({"memory_bytes": 3 * GIB}, None),
        ({"schedule": "solo"}, None),
        ({"pin": False}, None),
        ({"isolation": "start"}, None),
    ],
)
def test_as_many_arms_share_a_core_as_there_is_memory_for_where_they_can(
    wishes: dict[str, Any], arms: int | None
) -> None:
    design = composed("build_style", **wishes).co_scheduling
    assert (design and design.arms) == arms


def test_side_by_side_invocations_are_pinned_and_bounded_by_the_cores() -> None:
    plan = composed("build_style", jobs=8)
    assert plan.jobs == 2
    assert plan.pin


def test_without_isolation_nothing_runs_side_by_side() -> None:
    plan = composed("build_style", isolation="none", pin=True)
    assert (plan.jobs, plan.pin) == (1, False)


def test_without_pinning_nothing_runs_side_by_side() -> None:
    plan = composed("build_style", pin=False)
    assert (plan.jobs, plan.pin) == (1, False)


def test_work_of_a_gpu_has_the_gpu_to_itself() -> None:
    plan = composed("build_style", devices=("gpu",))
    assert plan.jobs == 1
    assert plan.co_scheduling is None
    assert composed("build_style").jobs == 2


def test_jobs_that_would_share_a_gpu_are_refused() -> None:
    with pytest.raises(InvalidScenario, match="one invocation runs at a time"):
        composed("build_style", devices=("cpu", "gpu"), jobs=2)
    assert composed("build_style", devices=("gpu",), jobs=1).jobs == 1


def test_cpu_that_is_compared_with_a_gpu_has_all_its_cores() -> None:
    plan = composed("build_style", devices=("cpu", "gpu:1"))
    assert (plan.jobs, plan.pin, plan.co_scheduling) == (1, False, None)
    assert composed("build_style", devices=("gpu:1",)).pin
