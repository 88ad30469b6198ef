"""Scenarios' own lifecycles, lived through the zygote's real protocol in the fake framework."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import tests
from bench.domain.findings.timing import Span
from bench.execution.processes.interpreter import Interpreter
from bench.execution.processes.launch import LaunchSpec
from bench.worker.wire.requests import (
    CellRequest,
    FactsRequest,
    GrowthRequest,
    LifecycleRequest,
    PassRequest,
    ProfileRequest,
    StructureRequest,
    TimingRequest,
    WorkRequest,
)
from tests.fakes.interpreters import MEASURED_PYTHON
from tests.fakes.requests import Invoked, calls_of, cell, invoked, status_of, succeeded, whole

SOURCE = Path(tests.__file__).with_name("fakes") / "lifecycles.py"
"""Measured interpreters alone import it."""

PHASES = ("first", "second", "calls")
LIVED = ["runtime", "prepare", "prepare_2", *PHASES]
MIB = 1 << 20

REQUESTS: dict[str, Callable[[CellRequest], PassRequest[object]]] = {
    "timing": TimingRequest,
    "structure": StructureRequest,
    "work": lambda cell: WorkRequest(cell, lines_of=None),
    "growth": GrowthRequest,
    "facts": FactsRequest,
}


def request(function: str, what: str = "timing", **changes: Any) -> PassRequest[object]:
    """What is asked of an invocation that runs ``function`` of ``tests.fakes.lifecycles``.

    ``arguments`` are those of the lifecycle, ``phases`` those that it declares.
    """
    return REQUESTS[what](own_cell(function, **changes))


def own_cell(function: str, **changes: Any) -> CellRequest:
    lifecycle = LifecycleRequest(
        function=f"tests.fakes.lifecycles:{function}",
        arguments=changes.pop("arguments", {}),
        phases=tuple(changes.pop("phases", PHASES)),
        iterating=("inference", "step"),
    )
    return cell(**{"layers": 4, "lifecycle": lifecycle, **changes})


def started(isolation: str) -> Interpreter:
    return Interpreter(LaunchSpec(MEASURED_PYTHON, "tests.fakes.framework", isolation, seed=1))


@pytest.fixture(scope="module")
def zygote() -> Iterator[Interpreter]:
    with started("fork") as interpreter:
        interpreter.wait_until_ready()
        yield interpreter


def ask(zygote: Interpreter, function: str, what: str = "timing", **changes: Any) -> Any:
    """What comes of an invocation."""
    return logged(zygote, function, what, **changes).outcome


def logged(zygote: Interpreter, function: str, what: str = "timing", **changes: Any) -> Invoked:
    """The same, with what it printed."""
    return invoked(zygote, request(function, what, **changes))


def invoke(zygote: Interpreter, function: str, what: str = "timing", **changes: Any) -> Any:
    """What comes of an invocation, which must succeed."""
    return succeeded(zygote, request(function, what, **changes))


def names_of(spans: tuple[Span, ...]) -> list[str]:
    """The phases of ``spans`` in their order, without single calls."""
    return [span.phase for span in whole(spans)]


def line_of(code: str, definition: str) -> int:
    """The first line with ``code`` after that of ``definition`` in the fake lifecycles."""
    lines = SOURCE.read_text().splitlines()
    begin = next(i for i, line in enumerate(lines) if line.startswith(f"def {definition}("))
    return next(i for i, line in enumerate(lines) if i > begin and code in line) + 1


@pytest.mark.parametrize("isolation", ["fork", "start", "none"])
def test_phases_come_in_the_order_they_are_lived_in(isolation: str) -> None:
    with started(isolation) as interpreter:
        interpreter.wait_until_ready()
        spans = invoke(interpreter, "good").spans
    assert names_of(spans) == [*LIVED, "invocation"]
    assert {span.status for span in spans} == {"ok"}


def test_phases_lie_inside_the_invocation_one_after_the_other(zygote: Interpreter) -> None:
    *phases, invocation = whole(invoke(zygote, "good").spans)
    end = total = 0
    for span in phases:
        assert span.start_ns is not None
        assert span.wall_ns is not None
        assert span.start_ns >= end
        end = span.start_ns + span.wall_ns
        total += span.wall_ns
    assert invocation.wall_ns is not None
    # Between phases the core is aligned for the next one, which is not the lifecycle's time.
    assert total <= invocation.wall_ns


def test_series_has_a_row_for_each_call_with_the_memory_it_kept(zygote: Interpreter) -> None:
    arguments = {"calls": 5, "retained_bytes": 8 * MIB}
    spans = invoke(zygote, "good", arguments=arguments).spans
    calls = calls_of(spans)
    assert [(call.phase, call.iteration) for call in calls] == [
        ("calls", iteration) for iteration in range(5)
    ]
    assert all((call.memory_change_bytes or 0) > 7 * MIB for call in calls)
    (series,) = (span for span in spans if span.phase == "calls" and span.iteration is None)
    assert series.memory_change_bytes > 35 * MIB


def test_calls_that_keep_nothing_have_a_memory_meter_all_the_same(zygote: Interpreter) -> None:
    calls = calls_of(invoke(zygote, "good").spans)
    assert len(calls) == 3
    assert all(
        call.memory_change_bytes is not None and abs(call.memory_change_bytes) < MIB
        for call in calls
    )


def test_iterations_are_as_many_as_planned_and_have_times_alone(zygote: Interpreter) -> None:
    phases = ("construct", "inference")
    spans = invoke(zygote, "iterates", phases=phases, iterations=4).spans
    assert names_of(spans) == ["runtime", "construct", "inference", "invocation"]
    calls = calls_of(spans)
    assert [call.iteration for call in calls] == [0, 1, 2, 3]
    assert all(call.memory_change_bytes is None for call in calls)


def test_notes_pass_tells_what_the_lifecycle_notes(zygote: Interpreter) -> None:
    assert invoke(zygote, "good", "facts", batch=16).facts == {
        "layers": 5,
        "batch": 16,
        "built": True,
        "half": 0.5,
        "scalar": 7,
        "value": "some text",
    }


def test_notes_are_taken_where_nothing_is_timed_and_nowhere_else(zygote: Interpreter) -> None:
    assert "noted" in logged(zygote, "good", "facts").log
    for what in ("timing", "work", "growth", "structure"):
        assert "noted" not in logged(zygote, "good", what).log, what


@pytest.mark.parametrize(
    ("function", "what", "words"),
    [
        (
            "goes_through_an_undeclared_phase",
            "timing",
            "goes through 'third', which is none of the phases that the scenario declares: "
            "first, second, calls",
        ),
        ("goes_through_a_phase_twice", "timing", "goes through 'first' a second time"),
        ("goes_through_a_phase_twice", "structure", "goes through 'first' a second time"),
        ("notes_a_list", "facts", "note 'layers' is a list: it must be text, a number"),
        ("notes_twice", "facts", "notes 'layers' a second time"),
        ("iterates_what_comes_once", "timing", "iterates 'first': only inference, step can be"),
        ("not_there", "timing", "has no 'not_there'"),
    ],
)
def test_bad_lifecycle_is_a_recorded_failure(
    zygote: Interpreter, function: str, what: str, words: str
) -> None:
    outcome = ask(zygote, function, what)
    assert status_of(outcome) == "builder_error"
    assert words in outcome.reason
    assert status_of(ask(zygote, "good")) == "ok"


def test_iterated_phase_cannot_be_gone_through_once(zygote: Interpreter) -> None:
    outcome = ask(zygote, "goes_through_one_step", phases=["step"])
    assert status_of(outcome) == "builder_error"
    assert outcome.reason == "the phase 'step' is one call of many: iterate it"


def test_notes_see_what_was_iterated(zygote: Interpreter) -> None:
    asked = {"phases": ("construct", "inference"), "iterations": 4}
    assert invoke(zygote, "iterates", "facts", **asked).facts == {"calls": 4}


def test_note_of_any_name_is_told(zygote: Interpreter) -> None:
    name = "\u8a18" * 40
    assert invoke(zygote, "notes_slowly", "facts", arguments={"name": name}).facts == {name: 1}


def test_note_of_a_wrong_type_spoils_no_timing(zygote: Interpreter) -> None:
    assert status_of(ask(zygote, "notes_a_list")) == "ok"


@pytest.mark.parametrize(
    ("function", "phase"),
    [("raises_in_a_phase", "second"), ("raises_in_a_preparation", "prepare")],
)
def test_what_is_raised_names_the_phase_and_the_line_of_the_lifecycle(
    zygote: Interpreter, function: str, phase: str
) -> None:
    outcome = ask(zygote, function)
    line = line_of('raise ValueError("no such luck")', function)
    assert (status_of(outcome), outcome.phase) == ("builder_error", phase)
    assert outcome.reason == (
        f"{phase} raised ValueError: no such luck (lifecycles.py, line {line})"
    )


def test_sudden_end_names_the_phase(zygote: Interpreter) -> None:
    outcome = ask(zygote, "exits_in_a_phase")
    assert (status_of(outcome), outcome.phase) == ("crashed", "second")
    assert "exit status 7 in second" in outcome.reason


def test_builder_that_returns_no_model_is_told_from_the_lifecycle(zygote: Interpreter) -> None:
    outcome = ask(zygote, "good", builder="tests.fakes.builders:returns_no_model")
    assert status_of(outcome) == "not_a_model"
    assert outcome.reason == "the builder returned a dict, not a model"


def test_builder_that_needs_a_newer_version_is_unavailable(zygote: Interpreter) -> None:
    outcome = ask(zygote, "good", builder="tests.fakes.builders:needs_newer_version")
    assert status_of(outcome) == "unavailable"
    assert "this version has no such method" in outcome.reason


@pytest.mark.parametrize("isolation", ["fork", "start", "none"])
@pytest.mark.parametrize("last", ["returns", "raises"])
def test_folder_is_empty_at_first_and_gone_afterwards(isolation: str, last: str) -> None:
    with started(isolation) as interpreter:
        interpreter.wait_until_ready()
        folders = set()
        for _ in range(2):
            outcome, log, *_ = logged(
                interpreter, "writes_into_its_folder", arguments={"last": last}
            )
            assert status_of(outcome) == ("ok" if last == "returns" else "builder_error")
            folder, _, held = log.splitlines()[0].partition(" held ")
            assert held == "0, holds 1"
            assert Path(folder).parents[1].exists()
            assert not Path(folder).parent.exists()
            folders.add(folder)
    assert len(folders) == 2


def test_folder_of_a_crashed_invocation_goes_with_the_interpreter() -> None:
    with started("fork") as interpreter:
        interpreter.wait_until_ready()
        outcome, log, *_ = logged(
            interpreter, "writes_into_its_folder", arguments={"last": "exits"}
        )
        assert status_of(outcome) == "crashed"
        folder = Path(log.partition(" held ")[0])
    assert folder.name == "lifecycle"
    assert not folder.exists()


def test_changed_layers_reach_the_builder(zygote: Interpreter) -> None:
    def layers(**arguments: Any) -> str:
        facts = invoke(zygote, "lists_its_layers", "facts", arguments=arguments).facts
        return str(facts["layers"])

    assert layers() == "0 1 2 3"
    assert layers(added=["more", "and more"]) == "0 1 2 3 more and more"
    assert layers(depth=2) == "0 1"
    assert layers(depth=2, added=["more"]) == "0 1 more"


def test_layers_cannot_be_changed_without_an_architecture(zygote: Interpreter) -> None:
    without: dict[str, Any] = {"architecture": None, "builder": "tests.fakes.builders:by_depth"}
    outcome = ask(zygote, "lists_its_layers", arguments={"added": ["more"]}, **without)
    assert status_of(outcome) == "unavailable"
    assert "takes none: give one (--architecture)" in outcome.reason
    assert status_of(ask(zygote, "lists_its_layers", **without)) == "ok"


@pytest.mark.parametrize("what", ["work", "growth"])
def test_counting_passes_go_through_every_phase(zygote: Interpreter, what: str) -> None:
    outcome = invoke(zygote, "good", what)
    assert list(outcome.phases) == LIVED


def test_work_is_counted_of_the_model_that_the_lifecycle_ends_with(zygote: Interpreter) -> None:
    assert invoke(zygote, "good", "work").model == {"layers": 6}


def test_growth_counts_each_call_of_a_series(zygote: Interpreter) -> None:
    def calls(number: int) -> int:
        outcome = invoke(zygote, "good", "growth", arguments={"calls": number})
        counted: int = outcome.phases["calls"].calls
        return counted

    few, more, most = (calls(number) for number in (2, 4, 6))
    assert most - more == more - few > 0


def test_structure_is_that_of_the_model_the_lifecycle_ends_with(zygote: Interpreter) -> None:
    levels = invoke(zygote, "good", "structure").levels
    assert levels["configuration"] == ("0", "1", "2", "3", "first", "second")


def test_profile_has_every_phase(zygote: Interpreter, tmp_path: Path) -> None:
    outcome = succeeded(zygote, ProfileRequest(own_cell("good"), str(tmp_path), calls=None))
    assert list(outcome.phases_ns) == LIVED


def test_only_passes_that_look_at_the_model_need_one(zygote: Interpreter) -> None:
    assert status_of(ask(zygote, "returns_nothing")) == "ok"
    assert status_of(ask(zygote, "returns_nothing", "growth")) == "ok"
    reason = "the lifecycle returned None, not a model"
    outcome = ask(zygote, "returns_nothing", "structure")
    assert (status_of(outcome), outcome.reason) == ("not_a_model", reason)
    work = invoke(zygote, "returns_nothing", "work")
    assert "first" in work.phases
    assert (work.model, work.missing) == ({}, {"counters of the model": reason})
    facts = invoke(zygote, "returns_nothing", "facts")
    assert list(facts.outputs.missing.values()) == [reason]
