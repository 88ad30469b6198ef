"""A zygote of real TensorFlow, and how to ask it for invocations."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

import pytest

from bench.domain.findings.evidence import Failure
from bench.domain.findings.timing import TimingOutcome
from bench.execution.processes.interpreter import Interpreter
from bench.execution.processes.launch import LaunchSpec
from bench.worker.wire.requests import TimingRequest
from tests.fakes.requests import invoked
from tests.fakes.small_models import LIMITS, mlp


@pytest.fixture(scope="module")
def zygote() -> Iterator[Interpreter]:
    with Interpreter(LaunchSpec(sys.executable, "tensorflow", "fork", seed=1)) as interpreter:
        interpreter.wait_until_ready()
        yield interpreter


def ask(
    interpreter: Interpreter, *, core: int | None = None, **changes: Any
) -> TimingOutcome | Failure:
    """What comes of the timing of ``mlp``."""
    outcome: TimingOutcome | Failure
    outcome = invoked(interpreter, TimingRequest(mlp(**changes)), LIMITS, core).outcome
    return outcome


def invoke(interpreter: Interpreter, *, core: int | None = None, **changes: Any) -> TimingOutcome:
    """The same, which must succeed."""
    outcome = ask(interpreter, core=core, **changes)
    assert not isinstance(outcome, Failure), outcome.reason
    return outcome


def fail(interpreter: Interpreter, **changes: Any) -> Failure:
    """The same, which must fail."""
    outcome = ask(interpreter, **changes)
    assert isinstance(outcome, Failure)
    return outcome
