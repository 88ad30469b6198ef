"""A builder that is not what builders are fails with what it would have to be."""

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

CALLED = "; the suite calls builders with a depth, with layers or with nothing"


@pytest.fixture(scope="module")
def built() -> Iterator[Built]:
    launch = LaunchSpec(MEASURED_PYTHON, "tests.fakes.framework", "fork", seed=1)
    with Interpreter(launch) as interpreter:
        interpreter.wait_until_ready()

        def ask(name: str, **changes: Any) -> Any:
            builder = name if ":" in name else f"tests.fakes.misunderstood:{name}"
            request = cell(builder, architecture=None, **changes)
            return invoked(interpreter, TimingRequest(request)).outcome

        yield ask


@pytest.mark.parametrize(
    ("name", "changes", "words"),
    [
        ("by_name_alone", {}, "takes 0 positional arguments but 1 was given (built by misunderst"),
        ("of_two", {}, "missing 1 required positional argument: 'units'"),
        ("of_two", {"layers": None}, "missing 2 required positional arguments: 'depth' and 'units"),
        ("of_nothing", {}, "takes 0 positional arguments but 1 was given"),
        ("chain", {"layers": None}, "missing 1 required positional argument: 'depth'"),
    ],
)
def test_builder_that_takes_something_else_says_how_it_is_called(
    built: Built, name: str, changes: dict[str, Any], words: str
) -> None:
    failure = built(name, **changes)
    assert isinstance(failure, Failure)
    assert failure.kind == "builder_error"
    assert words in failure.reason
    assert failure.reason.endswith(CALLED)


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("makes_a_wrong_call", {}),
        ("wants_a_variable", {}),
        ("of_two", {"arguments": {"unit": 3}}),
    ],
)
def test_other_mistakes_have_no_such_hint(built: Built, name: str, changes: dict[str, Any]) -> None:
    failure = built(name, **changes)
    assert isinstance(failure, Failure)
    assert failure.kind == "builder_error"
    assert CALLED not in failure.reason


@pytest.mark.parametrize(
    ("name", "words"),
    [
        (
            "yields_layers",
            "a generator, not a model; a function that yields layers is an architecture: name it "
            "with --architecture",
        ),
        (
            "returns_two",
            "a tuple, not a model; a model is among what it holds: name a function that returns it "
            "alone",
        ),
        ("returns_a_class", "the class Model, not a model"),
    ],
)
def test_builder_that_returns_something_else_says_what(built: Built, name: str, words: str) -> None:
    failure = built(name)
    assert status_of(failure) == "not_a_model"
    assert failure.reason.startswith(f"the builder returned {words}")


@pytest.mark.parametrize("name", ["asks_its_user", "tests.fakes.imports.asks:build"])
def test_code_that_asks_its_user_is_told_that_nobody_answers(built: Built, name: str) -> None:
    failure = built(name)
    assert status_of(failure) == "builder_error"
    assert "EOFError: EOF when reading a line (" in failure.reason
    assert failure.reason.endswith("; measured code has no standard input to read from")


def test_builder_that_takes_more_than_it_must_is_measured(built: Built) -> None:
    assert status_of(built("chain")) == "ok"
