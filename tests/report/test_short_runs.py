"""A run that is too short for verdicts says so once, and what would do."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from rich.console import Console

from bench.domain.findings.comparisons import ResultWarning
from bench.domain.findings.costs import CallModeCost
from bench.domain.findings.run import Findings
from bench.report.answer.compose import compose_answer
from bench.report.tables.call_modes import break_even_text
from bench.report.tables.run import findings_tables
from bench.report.terminal import render_terminal
from bench.report.text.rounds import rounds_text
from tests.report.findings_factory import findings

FEW = ResultWarning(kind="too_few_rounds", text="too few rounds: 11 are needed")


def short(**changes: Any) -> Findings:
    found = findings(**{"rounds": 2, "rounds_needed": 11, "planned_rounds": 2, **changes})
    return found.model_copy(
        update={
            "comparisons": tuple(
                each.model_copy(update={"more_rounds": None, "warnings": (FEW,)})
                for each in found.comparisons
            )
        }
    )


def printed(found: Findings) -> str:
    console = Console(file=StringIO(), width=300, no_color=True)
    console.print(render_terminal(findings_tables(found)))
    assert isinstance(console.file, StringIO)
    return console.file.getvalue()


def test_short_run_is_told_in_one_line() -> None:
    text = printed(short())
    assert "not bounded" not in text
    assert FEW.text not in text
    lines = [line for line in text.splitlines() if "the run was short" in line]
    assert lines == [
        "warning: the run was short: 2 rounds give ratios and no verdict, which takes 11: "
        "--rounds 11 (about 2.2 min)"
    ]


def test_one_round_gives_ratios() -> None:
    assert "the run was short: 1 round gives ratios and no verdict" in printed(short(rounds=1))


def test_nobody_is_sure_where_there_are_no_intervals() -> None:
    with_intervals = compose_answer(findings(), ())
    assert any(sentence.startswith("Sure to 95 %") for sentence in with_intervals)
    found = short()
    open_ = {"verdict": "unresolved", "ratio_low": None, "ratio_high": None}
    comparisons = tuple(each.model_copy(update=open_) for each in found.comparisons)
    answer = compose_answer(found.model_copy(update={"comparisons": comparisons}), ())
    assert not [sentence for sentence in answer if sentence.startswith("Sure")]
    assert any(sentence.startswith("After 2 rounds; ") for sentence in answer)


def test_answer_of_a_short_run_says_what_would_do() -> None:
    answer = compose_answer(short(), ())
    assert answer[-1] == "Next: measure longer, for verdicts: --rounds 11 (about 2.2 min)."
    cut = compose_answer(short(planned_rounds=40), ())
    assert cut[-1] == "Next: measure longer, for verdicts: --budget 3m."


def test_run_that_is_long_enough_keeps_its_warnings() -> None:
    text = printed(short(rounds_needed=2))
    assert "the run was short" not in text
    assert FEW.text in text


def test_sole_arm_needs_no_rounds_for_verdicts() -> None:
    found = short(arms=("inline", "placebo"), rounds_needed=0, family_size=0)
    text = printed(found)
    assert "complete, 2 of at most 2 rounds\n" in text
    assert "margin ±" not in text
    assert "0 comparisons" not in text
    assert "the run was short" not in text
    assert FEW.text not in text


def test_nothing_is_short_where_nothing_was_compared() -> None:
    assert "the run was short" not in printed(findings(rounds=0, rounds_needed=11))


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"rounds": 16}, "complete, 16 of at most 16 rounds"),
        ({"rounds": 1, "planned_rounds": 1}, "complete, 1 of at most 1 round"),
        (
            {"rounds": 4, "planned_rounds": 40},
            "complete, 4 of at most 40 rounds: the budget ended it",
        ),
        ({"rounds": 4, "status": "interrupted"}, "interrupted, 4 of at most 16 rounds"),
    ],
)
def test_head_says_what_ended_the_run(changes: dict[str, Any], text: str) -> None:
    found = findings(**changes)
    assert rounds_text(found) == text
    assert text in printed(found)


def test_run_ends_early_where_every_comparison_is_resolved() -> None:
    found = findings(rounds=16, planned_rounds=40)
    known = tuple(each.model_copy(update={"verdict": "equivalent"}) for each in found.comparisons)
    resolved = found.model_copy(update={"comparisons": known})
    assert rounds_text(resolved).endswith("rounds: every comparison is resolved")


def test_run_ends_early_where_the_baseline_fails() -> None:
    found = findings(failed=("inline", "placebo"), planned_rounds=40)
    lost = {"rounds": 0, "ratio": None, "verdict": "failed"}
    comparisons = tuple(each.model_copy(update=lost) for each in found.comparisons)
    ended = found.model_copy(update={"comparisons": comparisons})
    assert rounds_text(ended).endswith("rounds: no baseline is left to compare with")


def test_budget_ends_a_run_whose_baseline_failed_once() -> None:
    failures = findings(failed=("inline",)).failures
    found = findings(planned_rounds=40).model_copy(update={"failures": failures})
    assert rounds_text(found).endswith("rounds: the budget ended it")


@pytest.mark.parametrize(
    ("bounds", "text"),
    [
        ((21.0, 0.0, None), "not known yet"),
        ((None, 0.0, None), "not known yet"),
        ((21.0, None, None), "not known yet"),
        ((21.0, 5.0, None), "after 21 calls [5, ?]"),
        ((21.0, 0.0, 40.0), "after 21 calls [0, 40]"),
        ((None, 9.0, None), "perhaps never"),
    ],
)
def test_break_even_of_which_nothing_is_known_says_so(
    bounds: tuple[float | None, float | None, float | None], text: str
) -> None:
    calls, low, high = bounds
    cost = CallModeCost(
        call_mode="function",
        rounds=2,
        first_seconds=0.2,
        call_seconds=0.001,
        calls=calls,
        calls_low=low,
        calls_high=high,
    )
    assert break_even_text(cost) == text
