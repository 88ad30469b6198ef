"""What profiles say, and what is said of profiles that are not as they should be."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from bench.analysis.summaries.profiles import (
    CapturedProfile,
    all_profiles_finding,
    overhead_findings,
    profile_findings,
    profile_warnings,
)
from bench.domain.findings.costs import CellFinding
from bench.domain.findings.evidence import Failure
from bench.domain.findings.profiling import Protocol
from bench.domain.panel import Cell
from bench.store.outcomes import profile_outcome
from tests.analysis.sample_tables import panel

TIMELINE: dict[str, Any] = {
    "planes": [["/host:CPU", 50], ["Task Environment", 0]],
    "phases_ns": {"construct": 200_000_000, "trace": 100_000_000},
    "steps_ns": [1_000_000, 3_000_000],
    "graph_building_ns": 95_000_000,
    "operations": [
        {"kind": "MatMul", "place": "host", "count": 4, "own_ns": 800_000},
        {"kind": "Relu", "place": "host", "count": 2, "own_ns": 1_000_000},
    ],
    "busy_ns": {"host": 1_600_000, "device": 0},
}
OUTCOME: dict[str, Any] = {
    "status": "ok",
    "bytes": 1_000_000,
    "phases_ns": {"construct": 200_000_000, "trace": 100_000_000},
    "steps": "inference",
    "steps_ns": [1_000_000, 3_000_000],
    "timeline": TIMELINE,
    "profiler_ns": 500_000_000,
    "marked": 0,
    "left_out": 0,
    "problems": [],
}


def capture(
    arm: str = "inline",
    protocol: Protocol = "profiled",
    device: str = "cpu",
    timeline: Mapping[str, Any] | None = None,
    **changes: Any,
) -> CapturedProfile:
    found = {**OUTCOME, "timeline": {**TIMELINE, **(timeline or {})}, **changes}
    place = Cell(panel(16, device=device), arm)
    session = f"16-{arm}-{device}"
    return CapturedProfile(place, device, protocol, session, 2, profile_outcome(found))


def cell(phase: str, seconds: float, arm: str = "inline") -> CellFinding:
    return CellFinding(
        **Cell(panel(16), arm).fields(),
        placebo=False,
        metric="seconds",
        unit="s",
        phase=phase,
        rounds=3,
        value=seconds,
        value_low=seconds,
        value_high=seconds,
        median_low=None,
        median_high=None,
    )


def told(*captures: CapturedProfile) -> list[str]:
    warnings = profile_warnings(captures)
    assert {each.kind for each in warnings} <= {"profile"}
    return [each.text for each in warnings]


def test_steady_call_is_the_mean_of_the_steps() -> None:
    (found,) = profile_findings([capture()], [])
    assert (found.steps, found.step_seconds) == (2, 2e-3)
    assert (found.host_seconds, found.device_seconds) == (8e-4, 0)
    assert [(each.kind, each.seconds, each.count) for each in found.operations] == [
        ("Relu", 5e-4, 1),
        ("MatMul", 4e-4, 2),
    ]
    assert (found.bytes, found.profiler_seconds) == (1_000_000, 0.5)


def test_phases_stand_beside_the_clean_timing_of_their_cell() -> None:
    cells = [cell("construct", 0.1), cell("construct", 9.0, arm="other"), cell("inference", 1e-3)]
    (found,) = profile_findings([capture()], cells)
    assert [(each.phase, each.seconds, each.clean_seconds) for each in found.phases] == [
        ("construct", 0.2, 0.1),
        ("trace", 0.1, None),
        ("inference", 2e-3, 1e-3),
    ]


def test_overhead_is_the_mean_ratio_over_cells_of_a_protocol() -> None:
    cells = [cell("construct", 0.1), cell("construct", 0.4, arm="other")]
    captures = [capture(), capture("other"), capture(protocol="annotated")]
    found = overhead_findings(profile_findings(captures, cells))
    assert [(each.protocol, each.phase, each.cells) for each in found] == [
        ("profiled", "construct", 2),
        ("annotated", "construct", 1),
    ]
    assert found[0].ratio == pytest.approx(1)
    assert (found[0].ratio_lowest, found[0].ratio_highest) == (0.5, 2)


def test_profile_without_steps_has_no_steady_call() -> None:
    empty = {"steps_ns": [], "operations": [], "busy_ns": {"host": 0, "device": 0}}
    (found,) = profile_findings([capture(timeline=empty)], [])
    assert (found.steps, found.step_seconds, found.host_seconds) == (0, None, None)


def test_profile_as_it_should_be_is_not_warned_of() -> None:
    on_gpu = {"planes": [["/host:CPU", 50], ["/device:GPU:0", 9]]}
    assert told(capture(), capture(device="gpu", timeline=on_gpu)) == []


def test_gpu_profile_without_a_gpu_names_the_privilege() -> None:
    (text,) = told(capture(device="gpu"))
    assert "no plane of the GPU: CUPTI needs the privilege" in text
    assert "16-inline-gpu" in text


@pytest.mark.parametrize(
    ("timeline", "changes", "text"),
    [
        ({"planes": [["/host:CPU", 0]]}, {}, "no plane /host:CPU"),
        ({"phases_ns": {"trace": 100_000_000}}, {}, "lacks construct"),
        ({"steps_ns": [1_000_000]}, {}, "has 1 of 2 steps"),
        (
            {"graph_building_ns": 80_000_000},
            {},
            "graph building and the measured trace differ by more than 10 %",
        ),
        ({}, {"bytes": 20_000_001}, "larger than 20 MB"),
        ({}, {"marked": 1000, "left_out": 7}, "only the first 1,000 Python calls are marked"),
        ({}, {"problems": ["events were dropped"]}, "the profiler says: events were dropped"),
    ],
)
def test_what_is_amiss_is_told(
    timeline: dict[str, Any], changes: dict[str, Any], text: str
) -> None:
    (warning,) = told(capture(timeline=timeline, **changes))
    assert text in warning


def test_framework_without_graph_building_is_not_warned_of() -> None:
    assert told(capture(timeline={"graph_building_ns": None})) == []


def test_failure_of_many_sessions_is_told_once() -> None:
    failed = Failure("unavailable", "another profiler is running")
    captures = [
        CapturedProfile(Cell(panel(16), arm), "cpu", "profiled", f"16-{arm}", 2, failed)
        for arm in ("inline", "other")
    ]
    assert profile_findings(captures, []) == ()
    (text,) = told(*captures, capture())
    assert "another profiler is running (2 of 3 profiles, the first 16-inline)" in text


def test_only_the_operations_that_take_most_are_kept() -> None:
    operations = [
        {"kind": f"Kind{number}", "place": "host", "count": 2, "own_ns": number * 1000}
        for number in range(20)
    ]
    (found,) = profile_findings([capture(timeline={"operations": operations})], [])
    assert [each.kind for each in found.operations] == [f"Kind{n}" for n in range(19, 7, -1)]


def test_overhead_is_of_phases_with_a_clean_timing_alone() -> None:
    profiles = profile_findings([capture()], [cell("construct", 0.1), cell("inference", 1e-3)])
    assert {each.phase for each in overhead_findings(profiles)} == {"construct", "inference"}
    assert overhead_findings(profile_findings([capture()], [])) == ()


def test_overhead_of_unequal_cells_is_their_geometric_mean() -> None:
    arms = {"inline": 0.1, "other": 0.025, "third": 0.2}
    cells = [cell("construct", seconds, arm) for arm, seconds in arms.items()]
    (found,) = overhead_findings(profile_findings([capture(arm) for arm in arms], cells))
    assert (found.cells, found.ratio_lowest, found.ratio_highest) == (3, 1, 8)
    assert found.ratio == pytest.approx(16 ** (1 / 3))


@pytest.mark.parametrize(
    ("timeline", "changes"),
    [
        ({"graph_building_ns": 90_000_000}, {}),
        ({"graph_building_ns": 109_000_000}, {}),
        ({"graph_building_ns": 0}, {"phases_ns": {"construct": 200_000_000}}),
        ({}, {"bytes": 20_000_000}),
        ({}, {"marked": 1000, "left_out": 0}),
        ({"phases_ns": {**TIMELINE["phases_ns"], "compile": 1}}, {}),
    ],
)
def test_what_is_within_bounds_is_not_warned_of(
    timeline: dict[str, Any], changes: dict[str, Any]
) -> None:
    assert told(capture(timeline=timeline, **changes)) == []


@pytest.mark.parametrize("building_ns", [0, 80_000_000, 130_000_000])
def test_graph_building_that_disagrees_with_the_trace_is_told(building_ns: int) -> None:
    (text,) = told(capture(timeline={"graph_building_ns": building_ns}))
    assert "graph building" in text


def test_gpu_without_events_counts_as_missing() -> None:
    planes = {"planes": [["/host:CPU", 50], ["/device:GPU:0", 0]]}
    (text,) = told(capture(device="gpu", timeline=planes))
    assert "no plane of the GPU" in text


def test_everything_amiss_with_one_profile_is_told() -> None:
    texts = told(capture(timeline={"steps_ns": []}, problems=["one", "two"]))
    assert [text.partition(" (")[0] for text in texts] == [
        "the profile has 0 of 2 steps",
        "the profiler says: one",
        "the profiler says: two",
    ]


def test_failures_of_different_reasons_are_told_apart() -> None:
    reasons = ("no memory", "signal 11")
    texts = told(*(capture(reason, status="crashed", reason=reason) for reason in reasons))
    assert texts == [
        f"no profile was captured: crashed: {reason} (16-{reason}-cpu)" for reason in reasons
    ]


def test_profiles_of_a_run_are_counted_together() -> None:
    captures = [capture(), capture("placebo", bytes=500_000, profiler_ns=700_000_000)]
    found = all_profiles_finding(profile_findings(captures, []))
    assert found is not None
    assert (found.profiles, found.bytes, found.most_profiler_seconds) == (2, 1_500_000, 0.7)
    assert all_profiles_finding(()) is None
