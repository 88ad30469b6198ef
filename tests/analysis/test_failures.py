"""Failures are counted, never dropped."""

from __future__ import annotations

import pandas as pd

from bench.analysis.summaries.failures import failure_findings, framework_failures
from tests.analysis.sample_tables import failed, frame, panel, panels
from tests.analysis.simulated_runs import BUILD_STYLE, Failure, simulate


def test_failures_are_counted_by_cell_phase_kind_and_reason() -> None:
    rows = [
        *failed(panel(), "mine", "builder_error", "ValueError: no", order=0),
        *failed(panel(), "mine", "builder_error", "ValueError: no", order=1, round=1),
        *failed(panel(), "mine", "builder_error", "ValueError: other", order=2),
        *failed(panel(), "mine", "crashed", "signal 11", phase="trace", order=3),
        *failed(panel(None), "mine", "builder_error", "ValueError: no", order=4),
    ]
    found = failure_findings(frame(rows))
    assert [(f.layers, f.phase, f.kind, f.reason, f.count) for f in found] == [
        (16, "construct", "builder_error", "ValueError: no", 2),
        (16, "construct", "builder_error", "ValueError: other", 1),
        (16, "trace", "crashed", "signal 11", 1),
        (None, "construct", "builder_error", "ValueError: no", 1),
    ]


def test_failures_stand_in_the_order_of_the_panels_whichever_came_first() -> None:
    rows = [
        *failed(panel(64), "mine", "builder_error", "ValueError: no", order=0),
        *failed(panel(4), "mine", "builder_error", "ValueError: no", order=1),
    ]
    found = failure_findings(frame(rows), panels(4, 16, 64))
    assert [each.layers for each in found] == [4, 64]
    assert all(each.log for each in found)


def test_cell_that_failed_as_often_as_it_is_tried_is_given_up() -> None:
    crash = Failure("incremental", "builder_error", "no", layers=[16])
    late = Failure("incremental", "builder_error", "no", layers=[4], rounds=[1, 2])
    once = Failure("inline", "unavailable", "no such device", layers=[64], rounds=[2])
    failures = [crash, late, once]
    samples = simulate(BUILD_STYLE, panels(4, 16, 64), rounds=3, replicates=1, failures=failures)
    given_up = {(f.arm, f.layers): f.given_up for f in failure_findings(samples)}
    assert given_up == {
        ("incremental", 16): True,
        ("incremental", 4): False,
        ("inline", 64): True,
    }


def test_cell_that_was_measured_since_is_not_given_up() -> None:
    crash = Failure("incremental", "builder_error", "no", layers=[16], rounds=[0, 1, 2])
    samples = simulate(BUILD_STYLE, panels(4, 16), rounds=4, failures=[crash])
    assert [f.given_up for f in failure_findings(samples)] == [False]


def test_failure_without_a_reason_is_still_a_failure() -> None:
    row = failed(panel(), "mine", "crashed", "")[0] | {"reason": None}
    assert [f.reason for f in failure_findings(frame([row]))] == [""]


def test_run_without_failures_has_none() -> None:
    assert failure_findings(simulate(BUILD_STYLE, panels(4), rounds=1)) == ()
    assert failure_findings(pd.DataFrame()) == ()


def test_failure_that_belongs_to_no_arm_is_a_warning() -> None:
    imported = {"order": -1, "interpreter": 0, "phase": "import", "status": "unavailable"}
    rows = [{**imported, "round": round, "reason": "no module named keras"} for round in (0, 1)]
    samples = frame([*rows, *failed(panel(), "mine", "crashed", "signal 9")])
    (doubt,) = framework_failures(samples)
    assert doubt.kind == "framework"
    assert doubt.text == "import: unavailable: no module named keras (2 of them)"
    assert len(failure_findings(samples)) == 1


def test_every_invocation_of_a_failing_cell_is_counted() -> None:
    crash = Failure("incremental", "out_of_memory", "4 GiB", layers=[16], rounds=[0, 2])
    samples = simulate(BUILD_STYLE, panels(4, 16), rounds=4, replicates=3, failures=[crash])
    assert [(f.arm, f.layers, f.count) for f in failure_findings(samples)] == [
        ("incremental", 16, 6)
    ]
