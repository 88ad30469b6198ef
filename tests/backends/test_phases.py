"""Phases mean what they say: what sleeps in one is found there, and in no other."""

from __future__ import annotations

from typing import Any

import pytest

from bench.domain.phases import CALL_MODES, JAX, TORCH, natural_call_mode
from bench.execution.processes.interpreter import Interpreter
from bench.worker.wire.requests import TimingRequest
from tests.backends.sleep import SLEEP_S
from tests.fakes.requests import calls_of, invoked, status_of, succeeded, whole
from tests.fakes.small_models import LIMITS, mlp

SLOW = "tests.backends.slow"
PATCHED: dict[str, dict[str, Any]] = {
    "runtime": {},
    "build": {"builder": "scenarios.builders:incremental_deferred", "deferred": True},
    "compile": {"patch": f"{SLOW}:compile_model"},
    "inputs": {},
    "trace": {},
    "xla_compile": {},
}
"""Phases in which something of Keras, of JAX or of the suite can be made to sleep."""

BUILT = ("construct", "first_call", "inference")
"""Phases in which a builder or its layer can."""


def asleep_s(span: Any) -> float:
    """For how long a process neither computed nor waited for a core that others had."""
    return float(span.wall_ns - span.cpu_ns - (span.run_delay_ns or 0)) / 1e9


@pytest.mark.parametrize("phase", [*PATCHED, *BUILT])
def test_sleep_is_found_in_its_phase_and_in_no_other(
    zygote: Interpreter, backend: str, phase: str
) -> None:
    call_mode = natural_call_mode(backend)
    if phase not in CALL_MODES[backend][call_mode].phases:
        pytest.skip(f"{backend} has no phase {phase}")
    if phase in BUILT:
        changes = {"builder": f"{SLOW}:{phase}"}
    else:
        changes = {"patch": f"{SLOW}:{phase}", **PATCHED[phase]}
    request = TimingRequest(mlp(call_mode=call_mode, iterations=3, **changes))
    spans = whole(succeeded(zygote, request, LIMITS, core=0).spans)
    slept = [
        span.phase
        for span in spans
        if span.wall_ns is not None and span.phase != "invocation" and asleep_s(span) > SLEEP_S / 2
    ]
    assert slept == [phase]


@pytest.mark.parametrize("call_mode", dict.fromkeys((*CALL_MODES[JAX], *CALL_MODES[TORCH])))
def test_every_call_mode_has_its_phases_in_order(
    zygote: Interpreter, backend: str, call_mode: str
) -> None:
    if call_mode not in CALL_MODES[backend]:
        pytest.skip(f"{backend} has no call mode {call_mode}")
    declared = CALL_MODES[backend][call_mode]
    outcome = invoked(
        zygote, TimingRequest(mlp(call_mode=call_mode, iterations=3)), LIMITS, core=0
    ).outcome
    if call_mode == "compiled" and status_of(outcome) == "unavailable":
        pytest.skip(outcome.reason)
    assert status_of(outcome) == "ok", outcome
    phases = [span.phase for span in whole(outcome.spans) if span.phase != "invocation"]
    assert phases == list(declared.phases)
    assert [span.phase for span in calls_of(outcome.spans)] == [declared.repeats] * 3


def test_call_mode_of_another_backend_is_unavailable(zygote: Interpreter) -> None:
    outcome = invoked(zygote, TimingRequest(mlp(call_mode="xla")), LIMITS).outcome
    assert status_of(outcome) == "unavailable"
    assert "no call mode 'xla'" in outcome.reason


def test_missing_gpu_is_unavailable_in_the_framework_s_words(zygote: Interpreter) -> None:
    outcome = invoked(zygote, TimingRequest(mlp(device="gpu:7", call_mode="eager")), LIMITS).outcome
    assert status_of(outcome) == "unavailable"
    assert outcome.reason


@pytest.mark.parametrize(("asked", "used"), [(None, 1), (2, 2)])
def test_pinned_pytorch_has_as_many_threads_as_cores_unless_more_are_asked_for(
    zygote: Interpreter, backend: str, asked: int | None, used: int
) -> None:
    if backend != TORCH:
        pytest.skip(f"{backend} counts its cores where it starts")
    cell = mlp(call_mode="eager", builder="tests.backends.threads:told", threads=asked)
    told = invoked(zygote, TimingRequest(cell), LIMITS, core=0)
    assert status_of(told.outcome) == "ok", told.outcome
    assert f"threads: {used}" in told.log
