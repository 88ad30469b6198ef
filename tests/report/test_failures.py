"""What failed is told once for each reason, with all the cells that it hit."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from rich.console import Console

from bench.domain.findings.costs import FailureFinding
from bench.report.answer.failures import failures
from bench.report.tables.comparisons import headline_table_in_words
from bench.report.tables.run import findings_tables
from bench.report.terminal import render_terminal
from bench.report.text.failures import failed_cells, outlook
from bench.report.text.rounds import why_over
from bench.report.views import sweeps
from tests.report.findings_factory import findings


def failure(arm: str = "mine", **changes: Any) -> FailureFinding:
    usual: dict[str, Any] = {
        "scenario": "build_style",
        "architecture": "mlp",
        "layers": 4,
        "batch": None,
        "call_mode": "function",
        "device": "cpu",
        "backend": "tensorflow",
        "environment": "default",
        "arm": arm,
        "phase": "construct",
        "kind": "builder_error",
        "reason": "the builder raised ValueError: no (mine.py, line 3)",
        "count": 3,
    }
    return FailureFinding(**{**usual, **changes})


def test_equal_failures_are_added_up_over_cells_and_rounds() -> None:
    cells = [
        failure(arm, layers=layers, call_mode=mode, log="logs/x.log" if layers == 8 else None)
        for arm in ("mine", "placebo")
        for layers in (4, 8)
        for mode in ("function", "predict")
    ]
    (found,) = failed_cells(cells)
    assert (found.times, found.cells, found.log) == (24, 8, "logs/x.log")
    assert found.who() == "mine at 4 and 8 layers (function, predict)"
    assert found.kinds == ["builder_error in construct"]


def test_placebo_that_fails_alone_is_named() -> None:
    (found,) = failed_cells([failure("placebo")])
    assert found.who() == "placebo at 4 layers (function)"


def test_reasons_stay_apart_in_their_order() -> None:
    cells = [failure(reason="one"), failure("other", reason="two"), failure("other", reason="one")]
    assert [each.reason for each in failed_cells(cells)] == ["one", "two"]


def test_one_accident_of_models_built_in_several_places_is_one() -> None:
    def at(line: int) -> str:
        return f"trace raised TypeError: no (built by mine.py, line {line})"

    (found,) = failed_cells([failure(reason=at(3)), failure("other", reason=at(9))])
    assert (found.reason, found.who()) == (
        "trace raised TypeError: no",
        "mine and other at 4 layers (function)",
    )
    (found,) = failed_cells([failure(reason=at(3)), failure(layers=8, reason=at(3))])
    assert found.reason == at(3)


def test_batches_are_named_and_a_lifecycle_s_own_name_is_not_a_call_mode() -> None:
    (found,) = failed_cells([failure(batch=1), failure(batch=32)])
    assert found.who() == "mine at 4 layers (function; batches of 1, 32)"
    (found,) = failed_cells([failure(call_mode="build_style", layers=None)])
    assert found.who() == "construct of mine"
    (found,) = failed_cells([failure(layers=1)])
    assert found.who() == "mine at 1 layer (function)"


def test_colours_of_a_reason_are_left_out() -> None:
    (found,) = failed_cells([failure(reason="\x1b[31mred\x1b[0m\nline")])
    assert found.reason == "red line"


def test_answer_and_tables_tell_each_reason_once() -> None:
    cells = tuple(failure(layers=layers, log="logs/a.log") for layers in (4, 16, 64))
    found = findings(failures=cells)
    told = [sentence for sentence in failures(found) if sentence.startswith("Failed")]
    assert told == [
        "Failed: mine at 4, 16 and 64 layers (function): the builder raised ValueError: no "
        "(mine.py, line 3); not tried again, since all rounds are made."
    ]
    output = StringIO()
    Console(file=output, width=400).print(render_terminal(findings_tables(found)))
    shown = (line.rstrip() for line in output.getvalue().splitlines())
    lines = [line for line in shown if line.startswith("failed: ")]
    assert lines == [
        "failed: mlp: mine at 4, 16 and 64 layers (function): builder_error in construct, "
        "9 times in 3 cells, not tried again, since all rounds are made: the builder raised "
        "ValueError: no (mine.py, line 3) (log: logs/a.log)"
    ]


@pytest.mark.parametrize(
    ("kind", "word"), [("builder_error", "Failed"), ("unavailable", "Unavailable")]
)
def test_architectures_are_named_where_there_are_several(kind: str, word: str) -> None:
    def begin(architectures: tuple[str, ...], *failed: FailureFinding) -> str:
        (sentence,) = failures(findings(architectures=architectures, failures=failed))
        return sentence.partition(" at 4 layers")[0]

    of_mlp, of_cnn = (failure(architecture=each, kind=kind) for each in ("mlp", "cnn"))
    assert begin(("mlp", "cnn"), of_cnn) == f"{word}: cnn: mine"
    assert begin(("mlp", "cnn"), of_mlp, of_cnn) == f"{word}: mlp, cnn: mine"
    assert begin(("mlp",), of_cnn) == f"{word}: cnn: mine", "nothing else of it was measured"
    assert begin(("mlp",), of_mlp) == f"{word}: mine"


@pytest.mark.parametrize(
    ("kind", "changes", "words"),
    [
        ("builder_error", {"given_up": True}, "no; given up after 3 tries in a row."),
        ("timed_out", {"given_up": True}, "no; given up after 2 tries in a row."),
        ("builder_error", {}, "no; tried again on --resume."),
        ("unavailable", {"given_up": True}, "no."),
    ],
)
def test_first_screen_says_whether_what_failed_is_tried_again(
    kind: str, changes: dict[str, Any], words: str
) -> None:
    failed = failure(kind=kind, reason="no.", **changes)
    (sentence,) = failures(findings(failures=[failed], planned_rounds=40, status="interrupted"))
    word = "Unavailable" if kind == "unavailable" else "Failed"
    assert sentence == f"{word}: mine at 4 layers (function): {words}"


def told(*cells: FailureFinding, **changes: Any) -> str:
    found = findings(failures=cells, **{"planned_rounds": 40, **changes})
    (each,) = failed_cells(found.failures)
    return outlook(each, found)


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("builder_error", "given up after 3 tries in a row"),
        ("timed_out", "given up after 2 tries in a row"),
        ("unavailable", "given up after 1 try"),
    ],
)
def test_cell_that_is_given_up_says_after_how_many_tries(kind: str, words: str) -> None:
    assert told(failure(kind=kind, given_up=True)) == words
    assert told(failure(kind=kind, given_up=True), status="interrupted") == words


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"status": "interrupted"}, "tried again on --resume"),
        ({"rounds": 40}, "not tried again, since all rounds are made"),
    ],
)
def test_cell_that_is_not_given_up_says_whether_it_is_tried_again(
    changes: dict[str, Any], words: str
) -> None:
    assert told(failure(), **changes) == words


def test_run_that_its_budget_ended_goes_on_and_one_that_is_resolved_does_not() -> None:
    ended = findings(planned_rounds=40)
    is_open = [each.model_copy(update={"verdict": "unresolved"}) for each in ended.comparisons]
    known = [each.model_copy(update={"verdict": "equivalent"}) for each in ended.comparisons]
    assert told(failure(), comparisons=is_open) == "tried again on --resume"
    words = "not tried again, since every comparison is resolved"
    assert told(failure(), comparisons=known) == words


def test_run_without_a_baseline_that_is_still_tried_does_not_go_on() -> None:
    compared = findings().comparisons
    is_open = [each.model_copy(update={"verdict": "unresolved"}) for each in compared]
    places = [dict(each.panel) for each in compared if each.phase == "construct"]
    lost = [failure("inline", **place, given_up=True) for place in places]
    over = findings(planned_rounds=40, comparisons=is_open, failures=(*lost, failure()))
    assert why_over(over) == "no baseline is left to compare with"


def test_cells_of_one_reason_may_end_differently() -> None:
    words = "given up after 3 tries in a row in 1 of 2 cells, else tried again on --resume"
    cells = failure(given_up=True), failure(layers=64)
    assert told(*cells, status="interrupted") == words


def test_table_tells_what_is_given_up_from_what_failed() -> None:
    lost = {"rounds": 0, "ratio": None, "verdict": "failed"}
    usual = findings(arms=("inline", "mine"), depths=(4, 16))
    none = [each.model_copy(update=lost) for each in usual.comparisons]
    cells = [each for each in usual.cells if each.arm == "inline"]
    found = findings(
        arms=("inline", "mine"),
        depths=(4, 16),
        comparisons=none,
        cells=cells,
        failures=(failure(given_up=True), failure(layers=16)),
    )
    (sweep,) = sweeps(found)
    rows = [each for each in headline_table_in_words(sweep).rows if each.cells[0].text == "mine"]
    assert {tuple(each.text for each in row.cells[2:4]) for row in rows} == {("given up", "failed")}
