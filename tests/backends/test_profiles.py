"""The profile pass on either backend."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.domain.phases import natural_call_mode
from bench.execution.processes.interpreter import Interpreter
from bench.worker.wire.requests import ProfileRequest, TracedCalls
from tests.fakes.requests import succeeded
from tests.fakes.small_models import LIMITS, mlp

STEPS = 6


@pytest.mark.parametrize("calls", [None, TracedCalls(("keras",), depth=4, most=1000)])
def test_profile_holds_phases_steps_and_operations(
    zygote: Interpreter, backend: str, tmp_path: Path, calls: TracedCalls | None
) -> None:
    cell = mlp(call_mode=natural_call_mode(backend), iterations=STEPS)
    found = succeeded(zygote, ProfileRequest(cell, str(tmp_path), calls), LIMITS)
    assert found.problems == ()
    assert any(each.endswith(".xplane.pb") and Path(each).stat().st_size for each in found.files)
    assert set(found.timeline.phases_ns) == set(found.phases_ns)
    for phase, by_clock_ns in found.phases_ns.items():
        told = found.timeline.phases_ns[phase]
        assert told == pytest.approx(by_clock_ns, rel=0.1, abs=5e6), phase
    assert len(found.timeline.steps_ns) == STEPS
    assert sum(each.count for each in found.timeline.operations) >= 3 * STEPS
    assert bool(found.marked) == (calls is not None)
