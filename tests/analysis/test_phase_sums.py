"""Phases must add up to the invocation they are part of."""

from __future__ import annotations

from bench.analysis.diagnostics.phase_sums import phase_sum_warnings
from bench.analysis.samples.invocations import to_invocations
from tests.analysis.sample_tables import failed, frame, invocation, panel
from tests.analysis.simulated_runs import BUILD_STYLE, simulate

PHASES = {"construct": 0.6, "build": None, "trace": 0.4}


def warnings_of(*spans: float) -> tuple[str, ...]:
    """The warnings on invocations of one second each, given what they say of their own span."""
    rows = [
        row
        for order, span in enumerate(spans)
        for row in invocation(panel(), "inline", PHASES, order=order, span_seconds=span)
    ]
    return tuple(doubt.text for doubt in phase_sum_warnings(to_invocations(frame(rows))))


def test_phases_that_add_up_raise_no_warning() -> None:
    assert warnings_of(1.0, 1.009, 0.995) == ()
    assert phase_sum_warnings(to_invocations(simulate(BUILD_STYLE, [panel()], rounds=2))) == ()


def test_lost_and_doubly_counted_time_is_reported_with_its_worst_case() -> None:
    (warning,) = warnings_of(1.0, 1.25, 0.95)
    assert warning == (
        "the phases of 2 of 3 invocations do not add up to the invocation's own span within 1%; "
        "worst -20.0% (build_style · mlp · inline, round 0)"
    )


def test_import_of_a_started_process_is_no_part_of_its_invocation() -> None:
    rows = invocation(panel(), "inline", PHASES)
    samples = frame([*rows, {**rows[0], "phase": "import", "wall_ns": 7_400_000_000}])
    assert phase_sum_warnings(to_invocations(samples)) == ()
    assert "import" not in to_invocations(samples).phases


def test_failed_invocations_are_not_checked() -> None:
    rows = failed(panel(), "inline", "timed_out", "took more than 120 s")
    assert phase_sum_warnings(to_invocations(frame(rows))) == ()


def test_invocation_without_its_own_span_is_not_checked() -> None:
    rows = invocation(panel(), "inline", PHASES)[:-1]
    assert phase_sum_warnings(to_invocations(frame(rows))) == ()
