"""The profile pass on real TensorFlow: what is captured, and what is not when it is disturbed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bench.domain.findings.evidence import Failure, ProfileOutcome
from bench.execution.processes.interpreter import Interpreter
from bench.worker.wire.requests import ProfileRequest, TracedCalls
from tests.fakes.requests import invoked
from tests.fakes.small_models import LIMITS, mlp
from tests.worker.tensorflow_zygote import zygote

__all__ = ["zygote"]

STEPS = 6
BUILDERS = "tests.fakes.profiler_users"


def profiled(
    interpreter: Interpreter, folder: Path, calls: TracedCalls | None = None, **changes: Any
) -> ProfileOutcome | Failure:
    usual: dict[str, Any] = {
        "builder": "scenarios.builders:incremental",
        "layers": 6,
        "iterations": STEPS,
    }
    request = ProfileRequest(mlp(**{**usual, **changes}), str(folder), calls)
    outcome: ProfileOutcome | Failure = invoked(interpreter, request, LIMITS).outcome
    return outcome


def failed(interpreter: Interpreter, folder: Path, **changes: Any) -> Failure:
    outcome = profiled(interpreter, folder, **changes)
    assert isinstance(outcome, Failure)
    return outcome


@pytest.fixture(scope="module")
def outcome(zygote: Interpreter, tmp_path_factory: pytest.TempPathFactory) -> ProfileOutcome:
    found = profiled(zygote, tmp_path_factory.mktemp("profile"))
    assert isinstance(found, ProfileOutcome), found
    return found


def test_profile_has_a_plane_of_the_host_and_no_problem(outcome: ProfileOutcome) -> None:
    assert dict(outcome.timeline.planes)["/host:CPU"] > 100
    assert outcome.problems == ()
    (path,) = outcome.files
    assert outcome.bytes == Path(path).stat().st_size < 20e6


def test_phases_of_the_profile_last_as_long_as_clocks_say(outcome: ProfileOutcome) -> None:
    told = outcome.timeline.phases_ns
    assert set(told) == set(outcome.phases_ns)
    for phase, by_clock_ns in outcome.phases_ns.items():
        assert told[phase] == pytest.approx(by_clock_ns, rel=0.05, abs=2e6), phase


def test_building_the_graph_is_what_trace_does(outcome: ProfileOutcome) -> None:
    building_ns = outcome.timeline.graph_building_ns
    assert building_ns == pytest.approx(outcome.phases_ns["trace"], rel=0.1)


def test_every_call_is_a_step_with_its_operations(outcome: ProfileOutcome) -> None:
    timeline = outcome.timeline
    assert len(timeline.steps_ns) == len(outcome.steps_ns) == STEPS
    # What the operation of a layer is called, and whether it is fused, depends on the processor.
    assert STEPS * 6 in [each.count for each in timeline.operations]
    assert 0 < timeline.busy_ns["host"] < sum(timeline.steps_ns)
    assert timeline.busy_ns["device"] == 0


def test_marked_calls_are_in_the_second_profile(zygote: Interpreter, tmp_path: Path) -> None:
    calls = TracedCalls(("keras", "scenarios.builders"), depth=4, most=1000)
    found = profiled(zygote, tmp_path, calls=calls)
    assert isinstance(found, ProfileOutcome), found
    assert 0 < found.marked <= 1000
    events = dict(found.timeline.planes)["/host:CPU"]
    assert events > found.marked
    assert set(found.timeline.phases_ns) == set(found.phases_ns)


def test_profiler_that_measured_code_stops_is_unavailable(
    zygote: Interpreter, tmp_path: Path
) -> None:
    found = failed(zygote, tmp_path, builder=f"{BUILDERS}:stops_the_profiler")
    assert found.kind == "unavailable"
    assert "stopped by the measured code" in found.reason


def test_profiler_of_measured_code_is_in_the_way(zygote: Interpreter, tmp_path: Path) -> None:
    found = failed(zygote, tmp_path, builder=f"{BUILDERS}:starts_the_profiler")
    assert found.kind == "builder_error"
    assert "Another profiler is running" in found.reason


def test_folder_that_cannot_be_written_is_unavailable(zygote: Interpreter, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    found = failed(zygote, tmp_path / "file" / "below")
    assert found.kind == "unavailable"
    assert "cannot be written" in found.reason
