"""Sums over the events of a profile, on timelines made by hand."""

from __future__ import annotations

import pytest

from bench.domain.findings.evidence import OperationTime, Timeline
from bench.worker.profiling.planes import Event, Plane, operation_of
from bench.worker.profiling.trace_summary import summary


def op(kind: str, begin_ns: float, length_ns: float) -> Event:
    return Event(f"layer:{kind}", begin_ns, length_ns, kind)


def sums(*lines: list[Event], device: list[Event] | None = None) -> Timeline:
    planes = [Plane("/host:CPU", list(lines))]
    if device is not None:
        planes.append(Plane("/device:GPU:0", [device]))
    return summary(planes, ["construct", "trace"], "inference", "building")


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("sequential_1/dense_1/Relu:_FusedMatMul", "_FusedMatMul"),
        ("Relu:Relu", "Relu"),
        ("a/b-1.2/Cast/ReadVariableOp:ReadVariableOp", "ReadVariableOp"),
        ("ThreadpoolListener::Record", None),
        ("EagerLocalExecute: Mul", None),
        ("inference", None),
    ],
)
def test_operation_is_told_by_the_name_of_its_event(name: str, kind: str | None) -> None:
    assert operation_of(name) == kind


def test_phase_is_an_outermost_event() -> None:
    line = [
        Event("construct", 0, 100),
        Event("construct", 10, 20),
        Event("other", 200, 50),
        Event("trace", 210, 10),
    ]
    assert sums(line).phases_ns == {"construct": 100}


def test_every_outermost_call_is_a_step() -> None:
    line = [Event("inference", 10, 5), Event("inference", 0, 7), Event("inference", 11, 2)]
    assert sums(line).steps_ns == (7, 5)


def test_graph_building_counts_once_and_within_trace_alone() -> None:
    line = [
        Event("trace", 0, 100),
        Event("building", 10, 80),
        Event("building", 20, 30),
        Event("building", 300, 40),
    ]
    assert sums(line).graph_building_ns == 80


def test_framework_without_such_an_event_has_no_graph_building() -> None:
    planes = [Plane("/host:CPU", [[Event("trace", 0, 100)]])]
    assert summary(planes, ["trace"], "inference", None).graph_building_ns is None


def test_operations_are_those_of_the_steps_with_their_own_time() -> None:
    thread = [Event("inference", 0, 100), Event("inference", 200, 100)]
    others = [
        op("While", 10, 50),
        op("MatMul", 20, 30),
        op("MatMul", 120, 30),
        op("MatMul", 210, 30),
        Event("not an operation", 60, 10),
    ]
    assert sums(thread, others).operations == (
        OperationTime("MatMul", "host", count=2, own_ns=60),
        OperationTime("While", "host", count=1, own_ns=20),
    )


def test_time_of_parallel_threads_is_busy_once() -> None:
    thread = [Event("inference", 0, 100)]
    found = sums(thread, [op("A", 0, 50)], [op("B", 30, 40)], [op("C", 80, 10)])
    assert found.busy_ns == {"host": 80, "device": 0}


def test_devices_are_apart_from_the_host() -> None:
    thread = [Event("inference", 0, 100)]
    found = sums(thread, [op("MatMul", 0, 10)], device=[op("MatMul", 5, 60)])
    assert found.busy_ns == {"host": 10, "device": 60}
    assert [each.place for each in found.operations] == ["device", "host"]
    assert found.planes == (("/host:CPU", 2), ("/device:GPU:0", 1))


def test_empty_profile_has_nothing() -> None:
    found = summary([], ["construct"], "inference", "building")
    assert (found.planes, found.steps_ns, found.operations) == ((), (), ())
    assert found.phases_ns == {}
    assert found.graph_building_ns == 0


def test_own_time_is_less_what_is_nested_directly() -> None:
    others = [op("Outer", 0, 90), op("Middle", 10, 60), op("Inner", 20, 10), op("Inner", 40, 20)]
    found = sums([Event("inference", 0, 100)], others)
    assert {each.kind: (each.count, each.own_ns) for each in found.operations} == {
        "Outer": (1, 30),
        "Middle": (1, 30),
        "Inner": (2, 30),
    }
    assert found.busy_ns["host"] == 90


def test_operations_of_all_threads_are_counted_together() -> None:
    found = sums([Event("inference", 0, 100)], [op("A", 0, 50)], [op("A", 30, 40)])
    assert found.operations == (OperationTime("A", "host", count=2, own_ns=90),)


def test_operations_before_and_after_the_steps_are_not_theirs() -> None:
    found = sums([Event("inference", 100, 100)], [op("A", 0, 10), op("B", 200, 10)])
    assert found.operations == ()
    assert found.busy_ns == {"host": 0, "device": 0}


def test_time_of_parallel_devices_is_busy_once() -> None:
    planes = [
        Plane("/host:CPU", [[Event("inference", 0, 100)]]),
        Plane("/device:GPU:0", [[op("A", 0, 50)], [op("B", 20, 40)]]),
        Plane("/device:GPU:1", [[op("C", 50, 30)]]),
    ]
    assert summary(planes, [], "inference", None).busy_ns == {"host": 0, "device": 80}


def test_graph_building_of_parallel_threads_counts_once() -> None:
    thread = [Event("trace", 0, 100), Event("building", 10, 40)]
    assert sums(thread, [Event("building", 30, 40)]).graph_building_ns == 60


def test_trace_that_builds_no_graph_is_not_one_that_cannot_tell() -> None:
    assert sums([Event("trace", 0, 100), Event("other", 10, 80)]).graph_building_ns == 0
