"""The profile pass on real TensorFlow: what is captured, and what is not when it is disturbed."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from bench.execution.processes.interpreter import Interpreter, Launch

STEPS = 6


def stops_the_profiler(layers: Iterable[Any]) -> Any:
    import keras
    import tensorflow as tf

    tf.profiler.experimental.stop(save=False)
    return keras.Sequential(list(layers))


def starts_the_profiler(layers: Iterable[Any]) -> Any:
    import tensorflow as tf

    tf.profiler.experimental.start("/nowhere")


@pytest.fixture(scope="module")
def zygote() -> Iterator[Interpreter]:
    with Interpreter(Launch(sys.executable, "tensorflow", "fork", seed=1)) as interpreter:
        interpreter.wait_until_ready()
        yield interpreter


def profiled(interpreter: Interpreter, folder: Path, **changes: Any) -> dict[str, Any]:
    interpreter.send(
        {
            "pass": "profile",
            "backend": "tensorflow",
            "device": "cpu",
            "call_mode": "function",
            "builder": "scenarios.builders:incremental",
            "architecture": "scenarios.architectures:mlp",
            "arguments": {},
            "architecture_arguments": {},
            "deferred": False,
            "lifecycle": None,
            "inputs": [],
            "layers": 6,
            "iterations": STEPS,
            "batch": 8,
            "seed": 1,
            "threads": None,
            "core": None,
            "timeout_s": 120.0,
            "memory_bytes": 8 << 30,
            "folder": str(folder),
            "calls": None,
            **changes,
        }
    )
    return dict(interpreter.receive(timeout_s=200)[0])


@pytest.fixture(scope="module")
def outcome(zygote: Interpreter, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    found = profiled(zygote, tmp_path_factory.mktemp("profile"))
    assert found["status"] == "ok", found.get("reason")
    return found


def test_profile_has_a_plane_of_the_host_and_no_problem(outcome: dict[str, Any]) -> None:
    assert dict(outcome["timeline"]["planes"])["/host:CPU"] > 100
    assert outcome["problems"] == []
    (path,) = outcome["files"]
    assert outcome["bytes"] == Path(path).stat().st_size < 20e6


def test_phases_of_the_profile_last_as_long_as_clocks_say(outcome: dict[str, Any]) -> None:
    told = outcome["timeline"]["phases_ns"]
    assert set(told) == set(outcome["phases_ns"])
    for phase, by_clock_ns in outcome["phases_ns"].items():
        assert told[phase] == pytest.approx(by_clock_ns, rel=0.05, abs=2e6), phase


def test_building_the_graph_is_what_trace_does(outcome: dict[str, Any]) -> None:
    building_ns = outcome["timeline"]["graph_building_ns"]
    assert building_ns == pytest.approx(outcome["phases_ns"]["trace"], rel=0.1)


def test_every_call_is_a_step_with_its_operations(outcome: dict[str, Any]) -> None:
    timeline = outcome["timeline"]
    assert len(timeline["steps_ns"]) == len(outcome["steps_ns"]) == STEPS
    # What the operation of a layer is called, and whether it is fused, depends on the processor.
    assert STEPS * 6 in [each["count"] for each in timeline["operations"]]
    assert 0 < timeline["busy_ns"]["host"] < sum(timeline["steps_ns"])
    assert timeline["busy_ns"]["device"] == 0


def test_marked_calls_are_in_the_second_profile(zygote: Interpreter, tmp_path: Path) -> None:
    calls = {"modules": ["keras", "scenarios.builders"], "depth": 4, "most": 1000}
    found = profiled(zygote, tmp_path, calls=calls)
    assert found["status"] == "ok", found.get("reason")
    assert 0 < found["marked"] <= 1000
    events = dict(found["timeline"]["planes"])["/host:CPU"]
    assert events > found["marked"]
    assert set(found["timeline"]["phases_ns"]) == set(found["phases_ns"])


def test_profiler_that_measured_code_stops_is_unavailable(
    zygote: Interpreter, tmp_path: Path
) -> None:
    found = profiled(zygote, tmp_path, builder=f"{__name__}:stops_the_profiler")
    assert found["status"] == "unavailable"
    assert "stopped by the measured code" in found["reason"]


def test_profiler_of_measured_code_is_in_the_way(zygote: Interpreter, tmp_path: Path) -> None:
    found = profiled(zygote, tmp_path, builder=f"{__name__}:starts_the_profiler")
    assert found["status"] == "builder_error"
    assert "Another profiler is running" in found["reason"]


def test_folder_that_cannot_be_written_is_unavailable(zygote: Interpreter, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    found = profiled(zygote, tmp_path / "file" / "below")
    assert found["status"] == "unavailable"
    assert "cannot be written" in found["reason"]
