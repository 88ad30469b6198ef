"""Patches of the framework: in force for one invocation, taken back, and told when they are not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from bench.execution.processes.interpreter import Interpreter
from bench.execution.processes.launch import LaunchSpec
from bench.worker.wire.requests import (
    CellRequest,
    FactsRequest,
    GrowthRequest,
    LifecycleRequest,
    PassRequest,
    StructureRequest,
    TimingRequest,
    WorkRequest,
)
from tests.fakes.interpreters import MEASURED_PYTHON
from tests.fakes.requests import Invoked, cell, invoked, status_of

ISOLATIONS = ("fork", "start", "none")

REQUESTS: dict[str, Callable[[CellRequest], PassRequest[object]]] = {
    "timing": TimingRequest,
    "structure": StructureRequest,
    "work": lambda cell: WorkRequest(cell, lines_of=None),
    "growth": GrowthRequest,
    "facts": FactsRequest,
}


def ask(
    interpreter: Interpreter,
    patch: str | None,
    builder: str = "shows_its_patch",
    what: str = "structure",
    **changes: Any,
) -> Any:
    """What comes of an invocation with a patch of ``tests.fakes.lifecycles``, or with none."""
    return logged(interpreter, patch, builder, what, **changes).outcome


def logged(
    interpreter: Interpreter,
    patch: str | None,
    builder: str = "shows_its_patch",
    what: str = "structure",
    **changes: Any,
) -> Invoked:
    """The same, with what it printed."""
    named = patch and f"tests.fakes.lifecycles:{patch}"
    asked = cell(f"tests.fakes.lifecycles:{builder}", layers=4, patch=named, **changes)
    return invoked(interpreter, REQUESTS[what](asked))


def built(interpreter: Interpreter, patch: str | None) -> str:
    """What the builder found in the place that is patched."""
    outcome = ask(interpreter, patch)
    assert status_of(outcome) == "ok", outcome
    (line,) = outcome.levels["configuration"]
    return str(line)


def started(isolation: str) -> Interpreter:
    return Interpreter(LaunchSpec(MEASURED_PYTHON, "tests.fakes.framework", isolation, seed=1))


@pytest.fixture
def interpreter(request: pytest.FixtureRequest) -> Iterator[Interpreter]:
    """An interpreter of the isolation that is asked for."""
    with started(request.param) as running:
        running.wait_until_ready()
        yield running


every_isolation = pytest.mark.parametrize("interpreter", ISOLATIONS, indirect=True)
forked = pytest.mark.parametrize("interpreter", ["fork"], indirect=True)
in_one_process = pytest.mark.parametrize("interpreter", ["none"], indirect=True)


@every_isolation
def test_patch_is_in_force_during_its_invocation_and_gone_after(interpreter: Interpreter) -> None:
    found = [built(interpreter, patch) for patch in (None, "good_patch", None, "good_patch", None)]
    assert found == ["plain", "patched", "plain", "patched", "plain"]


@forked
def test_patch_is_entered_before_anything_is_built_and_left_at_the_end(
    interpreter: Interpreter,
) -> None:
    assert logged(interpreter, "good_patch").log.splitlines() == [
        "entered",
        "built patched",
        "left",
    ]


@forked
@pytest.mark.parametrize("what", ["timing", "work", "growth", "structure"])
def test_every_pass_is_patched(interpreter: Interpreter, what: str) -> None:
    outcome, log, *_ = logged(interpreter, "good_patch", what=what)
    assert status_of(outcome) == "ok"
    assert log.splitlines() == ["entered", "built patched", "left"]


@forked
def test_lifecycle_of_its_own_is_patched_too(interpreter: Interpreter) -> None:
    lifecycle = LifecycleRequest(
        function="tests.fakes.lifecycles:lists_its_layers",
        arguments={},
        phases=("first",),
        iterating=(),
    )
    outcome = ask(interpreter, "good_patch", what="facts", lifecycle=lifecycle)
    assert outcome.facts == {"layers": "patched"}


@pytest.mark.parametrize(
    ("patch", "status", "reason"),
    [
        (
            "raises_on_enter",
            "builder_error",
            "the patch could not be applied: AttributeError: no such method to patch",
        ),
        (
            "needs_newer_version",
            "unavailable",
            "the patch could not be applied: this version cannot be patched",
        ),
        (
            "raises_on_exit",
            "builder_error",
            "the patch could not be taken back: KeyError: 'original'",
        ),
    ],
)
@every_isolation
def test_patch_that_fails_is_a_recorded_failure(
    interpreter: Interpreter, patch: str, status: str, reason: str
) -> None:
    outcome = ask(interpreter, patch)
    assert (status_of(outcome), outcome.reason) == (status, reason)
    assert built(interpreter, None) == "plain"


@forked
@pytest.mark.parametrize("patch", ["raises_on_enter", "needs_newer_version"])
def test_nothing_is_built_where_the_patch_is_not_in_force(
    interpreter: Interpreter, patch: str
) -> None:
    log = logged(interpreter, patch).log
    assert not any(line.startswith("built") for line in log.splitlines())


@forked
def test_what_is_no_context_manager_could_not_be_applied(interpreter: Interpreter) -> None:
    outcome = ask(interpreter, "is_no_context_manager")
    assert status_of(outcome) == "builder_error"
    assert outcome.reason.startswith("the patch ")


@forked
def test_patch_that_is_not_there_is_a_recorded_failure(interpreter: Interpreter) -> None:
    outcome = ask(interpreter, "not_there")
    assert status_of(outcome) == "builder_error"
    assert "has no 'not_there'" in outcome.reason


@in_one_process
def test_patch_is_taken_back_when_the_builder_raises(interpreter: Interpreter) -> None:
    outcome = ask(interpreter, "good_patch", "raises_under_its_patch")
    assert status_of(outcome) == "builder_error"
    assert "ValueError: patched builder" in outcome.reason
    assert built(interpreter, None) == "plain"


@forked
def test_what_a_patch_leaves_behind_reaches_no_other_invocation(interpreter: Interpreter) -> None:
    assert status_of(ask(interpreter, "leaves_a_function_changed")) == "builder_error"
    assert built(interpreter, None) == "plain"
    assert built(interpreter, "good_patch") == "patched"


@in_one_process
def test_function_that_a_patch_leaves_changed_is_named(interpreter: Interpreter) -> None:
    assert built(interpreter, None) == "plain"
    outcome = ask(interpreter, "leaves_a_function_changed")
    assert status_of(outcome) == "builder_error"
    assert "the patch left keras.fake_part.made changed" in outcome.reason


@in_one_process
def test_methods_and_additions_that_a_patch_leaves_are_counted(interpreter: Interpreter) -> None:
    outcome = ask(interpreter, "leaves_a_method_and_more_changed")
    assert status_of(outcome) == "builder_error"
    assert "the patch left keras.fake_part.Layer.call and 2 more changed" in outcome.reason


@in_one_process
def test_what_was_left_behind_once_is_not_told_of_a_patch_that_takes_itself_back(
    interpreter: Interpreter,
) -> None:
    leaking = ask(interpreter, "leaves_a_method_and_more_changed")
    assert status_of(leaking) == "builder_error"
    assert built(interpreter, "good_patch_of_whatever_is_there") == "patched"
