"""The worker on real TensorFlow: every arm of every architecture."""

from __future__ import annotations

import os
import sys
from typing import Any

import pytest

from bench.domain.findings.timing import Span, TimingOutcome
from bench.domain.phases import call_modes_of
from bench.execution.processes.interpreter import Interpreter
from bench.execution.processes.launch import LaunchSpec
from bench.planning import registry
from bench.worker.frameworks.base import Data
from bench.worker.frameworks.signature import InputSpec, Signature
from bench.worker.wire.requests import EnvironmentRequest, TimingRequest
from tests.fakes.hooks import HOOKS
from tests.fakes.requests import invoked, succeeded, whole
from tests.fakes.small_models import LIMITS, mlp
from tests.worker.tensorflow_zygote import invoke, zygote

__all__ = ["zygote"]

STYLE = registry.scenarios()["build_style"]
ARCHITECTURES = [name for name in registry.architectures() if name != "tutorial"]


def phase_of(outcome: TimingOutcome, name: str) -> Span:
    return next(span for span in whole(outcome.spans) if span.phase == name)


def wall_ns(span: Span) -> int:
    assert span.wall_ns is not None
    return span.wall_ns


@pytest.mark.parametrize("architecture", ARCHITECTURES)
@pytest.mark.parametrize("name", STYLE.arms)
def test_every_arm_lives_through_every_architecture(
    zygote: Interpreter, architecture: str, name: str
) -> None:
    arm = STYLE.arms[name]
    outcome = invoke(
        zygote,
        builder=arm.builder,
        architecture=f"scenarios.architectures:{architecture}",
        architecture_arguments=dict(arm.architecture_arguments),
    )
    build = phase_of(outcome, "build")
    assert build.status == ("ok" if arm.deferred else "nothing_to_do")
    for phase in ("construct", "compile", "trace", "first_call", "inference"):
        assert wall_ns(phase_of(outcome, phase)) > 0
    calls = [span for span in outcome.spans if span.iteration is not None]
    assert len(calls) == 4


def test_tutorial_network_is_built_both_ways(zygote: Interpreter) -> None:
    for builder in ("inline", "incremental"):
        invoke(
            zygote,
            builder=f"scenarios.builders:{builder}",
            architecture="scenarios.architectures:tutorial",
            architecture_arguments={"legacy_shape": True},
            layers=None,
        )


def test_inherited_memory_is_the_child_s_own_before_the_first_timer(zygote: Interpreter) -> None:
    faults = phase_of(invoke(zygote, layers=16), "construct").minor_faults
    assert faults is not None
    assert faults < 1000, "a plain fork has about 8,600"


def test_started_process_lives_the_same_lifecycle() -> None:
    with Interpreter(LaunchSpec(sys.executable, "tensorflow", "start", seed=1)) as interpreter:
        interpreter.wait_until_ready()
        outcome, _, import_ns, _ = invoked(interpreter, TimingRequest(mlp()), LIMITS)
    assert import_ns is not None
    assert import_ns > 0
    assert wall_ns(phase_of(outcome, "construct")) > 0


def test_pinned_invocation_stays_on_its_core(zygote: Interpreter) -> None:
    for core in os.sched_getaffinity(0):
        invoke(zygote, core=core)


def test_survey_tells_versions_and_what_does_not_resolve(zygote: Interpreter) -> None:
    references = ("scenarios.builders:inline", "scenarios.builders:outline")
    outcome = succeeded(zygote, EnvironmentRequest(references), LIMITS)
    assert set(outcome.versions) == {"python", "tensorflow", "keras"}
    assert outcome.bad == {
        "scenarios.builders:outline": "module 'scenarios.builders' has no 'outline'"
    }


def test_gpu_is_the_only_one_in_use_and_grows_its_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    import tensorflow as tf

    from bench.worker.frameworks.tensorflow.adapter import TensorFlow
    from bench.worker.instruments import nvml

    class Gpu:
        def meters(self) -> dict[str, Any]:
            return {"device_clock_mhz": 1980}

        def energy_mj(self) -> None:
            return None

    calls: list[tuple[Any, ...]] = []
    experimental = tf.config.experimental
    monkeypatch.setattr(tf.config, "list_physical_devices", lambda kind: ["gpu-0", "gpu-1"])
    monkeypatch.setattr(tf.config, "set_visible_devices", lambda *a: calls.append(("use", *a)))
    monkeypatch.setattr(experimental, "set_memory_growth", lambda *a: calls.append(("grow", *a)))
    monkeypatch.setattr(experimental, "get_memory_info", lambda name: {"current": 7, "peak": 9})
    monkeypatch.setattr(nvml, "find_gpu", lambda which: None)
    for name in ("CUDA_VISIBLE_DEVICES", "CUDA_DEVICE_ORDER", "CUDA_CACHE_PATH"):
        monkeypatch.setenv(name, "what it was before")
    framework = TensorFlow()
    framework.prepare("gpu", threads=None)
    assert calls == [("use", ["gpu-0"], "GPU"), ("grow", "gpu-0", True)]
    memory = {"device_memory_bytes": 7, "device_peak_bytes": 9}
    assert framework.device_meters() == memory
    monkeypatch.setattr(nvml, "find_gpu", lambda which: Gpu())
    framework.prepare("gpu", threads=None)
    assert framework.device_meters() == {**memory, "device_clock_mhz": 1980}


def test_every_timed_span_on_a_gpu_ends_with_a_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    import tensorflow as tf

    from bench.worker.frameworks.tensorflow.adapter import TensorFlow
    from bench.worker.instruments.recorder import Recorder

    events: list[str] = []
    framework = TensorFlow()
    monkeypatch.setattr(framework, "_on_gpu", True)
    monkeypatch.setattr(tf.test.experimental, "sync_devices", lambda: events.append("wait"))
    recorder = Recorder(HOOKS, framework.wait, dict)
    recorder.phase("construct", lambda: events.append("construct"))
    assert events == ["construct", "wait"]
    signature, data = Signature(InputSpec((None, 1), "float32")), Data(None, None)
    framework.calling(
        "eager", lambda inputs, training: events.append("call"), signature, 1, data
    ).again()
    assert events == ["construct", "wait", "call", "wait"]


@pytest.mark.parametrize("call_mode", call_modes_of())
def test_every_call_mode_has_its_phases_in_order(zygote: Interpreter, call_mode: str) -> None:
    outcome = invoke(zygote, call_mode=call_mode, iterations=3)
    spans = [span for span in outcome.spans if span.iteration is None]
    phases = [span.phase for span in spans if span.phase != "invocation"]
    assert phases == list(call_modes_of()[call_mode].phases)
    calls = [span for span in outcome.spans if span.iteration is not None]
    assert [span.phase for span in calls] == [call_modes_of()[call_mode].repeats] * 3
    assert all(wall_ns(span) > 0 for span in calls)


def test_deferred_arm_can_be_trained(zygote: Interpreter) -> None:
    deferred = "scenarios.builders:incremental_deferred"
    outcome = invoke(zygote, call_mode="train", builder=deferred)
    assert phase_of(outcome, "first_step").status == "ok"


def test_first_call_of_xla_compiles(zygote: Interpreter) -> None:
    outcome = invoke(zygote, call_mode="xla", layers=8, iterations=5)
    calls = [wall_ns(span) for span in outcome.spans if span.iteration is not None]
    assert wall_ns(phase_of(outcome, "xla_compile")) > 5 * min(calls)


def test_unknown_call_mode_is_unavailable(zygote: Interpreter) -> None:
    with pytest.raises(AssertionError, match="has no call mode 'telepathy'"):
        invoke(zygote, call_mode="telepathy")
