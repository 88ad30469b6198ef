"""Attempts of a lifecycle: each phase fails for itself, and what needs it is left out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bench.execution.processes.interpreter import Interpreter
from bench.worker.messages import message_of
from bench.worker.places import refused_by
from bench.worker.reasons import phase_failure
from bench.worker.wire.requests import ProfileRequest
from tests.fakes.requests import status_of, succeeded
from tests.worker.test_own_lifecycles import ask, invoke, line_of, logged, own_cell, started


@pytest.fixture(scope="module")
def zygote() -> Iterator[Interpreter]:
    with started("fork") as interpreter:
        interpreter.wait_until_ready()
        yield interpreter


def test_attempt_that_fails_costs_its_own_phase_and_what_needs_it(zygote: Interpreter) -> None:
    outcome, log, *_ = logged(zygote, "attempts")
    spans = {span.phase: span for span in outcome.spans}
    line = line_of("raise _ERRORS", "attempts")
    assert (spans["first"].status, spans["first"].reason) == (
        "builder_error",
        f"first raised ValueError: no such luck (lifecycles.py, line {line})",
    )
    assert (spans["second"].status, spans["second"].reason) == (
        "unavailable",
        "needs first, which failed",
    )
    assert spans["first"].wall_ns is spans["second"].wall_ns is None
    assert (spans["calls"].status, spans["invocation"].status) == ("ok", "ok")
    assert "went through second" not in log
    assert "went through calls" in log
    assert "Traceback" in log


def test_attempt_that_needs_what_worked_is_made(zygote: Interpreter) -> None:
    spans = {
        span.phase: span.status for span in invoke(zygote, "attempts", arguments=_none()).spans
    }
    assert {spans[name] for name in ("first", "second", "calls")} == {"ok"}


def test_only_the_last_attempt_fails(zygote: Interpreter) -> None:
    spans = invoke(zygote, "attempts", arguments={"fails": "calls"}).spans
    assert [span.phase for span in spans if span.status != "ok"] == ["calls"]


def test_phase_that_is_left_out_has_failed_and_the_others_are_measured(
    zygote: Interpreter,
) -> None:
    spans = {span.phase: span for span in invoke(zygote, "leaves_two_out").spans}
    assert (spans["first"].status, spans["invocation"].status) == ("ok", "ok")
    for phase in ("second", "calls"):
        assert spans[phase].status == "builder_error"
        assert spans[phase].reason == (
            f"the lifecycle has not gone through {phase!r}, which the scenario declares"
        )


def test_phases_that_are_left_out_after_a_failure_say_which(zygote: Interpreter) -> None:
    spans = {span.phase: span for span in invoke(zygote, "gives_up").spans}
    for phase in ("second", "calls"):
        assert spans[phase].status == "unavailable"
        assert spans[phase].reason == (
            f"the lifecycle has not gone through {phase!r}, after first failed"
        )


def test_attempt_at_what_is_not_implemented_is_unavailable(zygote: Interpreter) -> None:
    spans = {span.phase: span for span in invoke(zygote, "gives_up").spans}
    assert spans["first"].status == "unavailable"
    assert "models of this version cannot be pickled" in str(spans["first"].reason)


@pytest.mark.parametrize("what", ["growth", "work"])
def test_counting_passes_tell_what_failed_and_count_the_rest(
    zygote: Interpreter, what: str
) -> None:
    outcome = invoke(zygote, "attempts", what)
    assert list(outcome.phases) == ["runtime", "prepare", "calls"]
    assert [each.phase for each in outcome.failures] == ["first", "second"]


def test_counts_of_what_follows_a_failure_are_those_without_it(zygote: Interpreter) -> None:
    counted = [
        invoke(zygote, "attempts", "growth", arguments={"fails": fails}).phases["calls"].calls
        for fails in ("first", "none")
    ]
    assert counted[0] == counted[1] > 0


def test_lifecycle_knows_what_has_failed(zygote: Interpreter) -> None:
    assert invoke(zygote, "attempts", "facts").facts == {"failed": "first second"}
    assert invoke(zygote, "attempts", "facts", arguments=_none()).facts == {"failed": ""}


def test_profile_tells_what_failed(zygote: Interpreter, tmp_path: Path) -> None:
    outcome = succeeded(zygote, ProfileRequest(own_cell("attempts"), str(tmp_path), calls=None))
    assert list(outcome.phases_ns) == ["runtime", "prepare", "calls"]
    assert any(each.startswith("first: first raised ValueError") for each in outcome.problems)


def test_structure_is_looked_at_after_a_failure(zygote: Interpreter) -> None:
    assert invoke(zygote, "attempts", "structure").levels["configuration"]


@pytest.mark.parametrize(
    ("raises", "kind"), [("MemoryError", "out_of_memory"), ("LookupError", "builder_error")]
)
def test_kind_of_a_failed_attempt_is_that_of_an_invocation(
    zygote: Interpreter, raises: str, kind: str
) -> None:
    spans = invoke(zygote, "attempts", arguments={"raises": raises}).spans
    assert next(span for span in spans if span.phase == "first").status == kind


def test_builder_that_returns_no_model_ends_the_lifecycle_all_the_same(
    zygote: Interpreter,
) -> None:
    outcome = ask(zygote, "attempts_to_build", builder="tests.fakes.builders:returns_no_model")
    assert (status_of(outcome), outcome.phase) == ("not_a_model", "first")


def test_undeclared_attempt_is_the_lifecycle_s_own_mistake(zygote: Interpreter) -> None:
    outcome = ask(zygote, "attempts", phases=("first", "calls"))
    assert status_of(outcome) == "builder_error"
    assert "goes through 'second', which is none of the phases" in outcome.reason


def _none() -> dict[str, Any]:
    return {"fails": "none"}


def raised(action: Any) -> Exception:
    try:
        action()
    except Exception as error:
        return error
    raise AssertionError("nothing was raised")


def test_what_an_installed_package_raises_is_refused_by_it() -> None:
    import numpy as np

    error = raised(lambda: np.zeros((2, 2)).reshape(3))
    assert refused_by(error) is None, "the function is compiled: the last line is this test's"
    failure = phase_failure(raised(lambda: np.array_split([1, 2], 0)), "load")
    assert (failure.kind, failure.phase) == ("unavailable", "load")
    assert failure.reason == "refused by numpy: number sections must be larger than 0."


def test_what_own_code_raises_is_its_own() -> None:
    def fails() -> None:
        raise KeyError("layer_7")

    error = raised(fails)
    assert refused_by(error) is None
    reason = phase_failure(error, "save").reason
    assert reason.startswith("save raised KeyError: 'layer_7' (test_attempts.py, line ")


def test_refusal_that_wraps_another_is_told_by_what_is_within() -> None:
    message = "it failed.\n\nconfig={}.\n\nException encountered: the reason"
    assert message_of(ValueError(message)) == "the reason"
