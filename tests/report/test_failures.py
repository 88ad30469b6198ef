"""What failed is told once for each reason, with all the cells that it hit."""

from __future__ import annotations

from io import StringIO
from typing import Any

from rich.console import Console

from bench.domain.findings.costs import FailureFinding
from bench.report.answer.failures import failures
from bench.report.tables.run import findings_tables
from bench.report.terminal import render_terminal
from bench.report.text.failures import failed_cells
from tests.report.findings_factory import findings


def failure(arm: str = "mine", **changes: Any) -> FailureFinding:
    usual: dict[str, Any] = {
        "scenario": "s",
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


def test_batches_are_named_and_a_lifecycle_s_own_name_is_not_a_call_mode() -> None:
    (found,) = failed_cells([failure(batch=1), failure(batch=32)])
    assert found.who() == "mine at 4 layers (function; batches of 1, 32)"
    (found,) = failed_cells([failure(call_mode="s", layers=None)])
    assert found.who() == "construct of mine"


def test_colours_of_a_reason_are_left_out() -> None:
    (found,) = failed_cells([failure(reason="\x1b[31mred\x1b[0m\nline")])
    assert found.reason == "red line"


def test_answer_and_tables_tell_each_reason_once() -> None:
    cells = tuple(failure(layers=layers, log="logs/a.log") for layers in (4, 16, 64))
    found = findings(failures=cells)
    told = [sentence for sentence in failures(found) if sentence.startswith("Failed")]
    assert told == [
        "Failed: mine at 4, 16 and 64 layers (function): the builder raised ValueError: no "
        "(mine.py, line 3)."
    ]
    output = StringIO()
    Console(file=output, width=400).print(render_terminal(findings_tables(found)))
    shown = (line.rstrip() for line in output.getvalue().splitlines())
    lines = [line for line in shown if line.startswith("failed: ")]
    assert lines == [
        "failed: mlp: mine at 4, 16 and 64 layers (function): builder_error in construct, "
        "9 times in 3 cells: the builder raised ValueError: no (mine.py, line 3) (log: logs/a.log)"
    ]
