"""A hypermodel of Keras Tuner fails with the way to measure it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from bench.domain.findings.evidence import Failure
from bench.execution.processes.interpreter import Interpreter
from bench.execution.processes.launch import LaunchSpec
from bench.worker.wire.requests import TimingRequest
from tests.fakes.interpreters import MEASURED_PYTHON
from tests.fakes.requests import cell, invoked, status_of

Built = Callable[..., Any]


@pytest.fixture(scope="module")
def built() -> Iterator[Built]:
    launch = LaunchSpec(MEASURED_PYTHON, "tests.fakes.framework", "fork", seed=1)
    with Interpreter(launch) as interpreter:
        interpreter.wait_until_ready()

        def ask(name: str, **changes: Any) -> Any:
            builder = f"tests.fakes.hypermodels:{name}"
            request = cell(builder, architecture=None, **changes)
            return invoked(interpreter, TimingRequest(request)).outcome

        yield ask


@pytest.mark.parametrize(
    ("name", "layers", "kind", "said", "called"),
    [
        ("build", 4, "builder_error", "'int' object has no attribute 'Int'", "build"),
        ("build", None, "builder_error", "argument: 'hp'", "build"),
        ("annotated", 4, "builder_error", "'int' object has no attribute 'Int'", "annotated"),
        ("hyper.build", None, "builder_error", "argument: 'hp'", "Hyper().build"),
        ("Hyper", 4, "builder_error", "takes no arguments", "Hyper().build"),
        ("Hyper", None, "not_a_model", "returned a Hyper of tests, not a model", "Hyper().build"),
    ],
)
def test_reason_says_what_is_called_and_how_to_wrap_it(
    built: Built, name: str, layers: int | None, kind: str, said: str, called: str
) -> None:
    failure = built(name, layers=layers)
    assert isinstance(failure, Failure)
    assert failure.kind == kind
    assert said in failure.reason
    assert "builders with a depth, with layers or with nothing" in failure.reason
    assert failure.reason.endswith(f"return {called}(keras_tuner.HyperParameters())")


def test_what_the_hint_advises_is_measured(built: Built) -> None:
    assert status_of(built("tuned", layers=None)) == "ok"


@pytest.mark.parametrize("name", ["usual", "puzzling"])
def test_others_have_no_such_hint(built: Built, name: str) -> None:
    failure = built(name, layers=None)
    assert isinstance(failure, Failure)
    assert "hyperparameters" not in failure.reason
