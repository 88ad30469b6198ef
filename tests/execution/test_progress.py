"""What is said while a run measures."""

from __future__ import annotations

import pytest

from bench.execution.listener import RoundReport
from bench.execution.progress import ProgressLines
from tests.fakes.plan import fake_plan
from tests.report.findings_factory import findings
from tests.report.partial_findings import Lost, partly_failed


def lines(rounds: int, done: int, budget_s: float, needed: int = 0) -> list[str]:
    """What is said after ``done`` of ``rounds`` rounds of 4 s, where a verdict takes ``needed``."""
    said: list[str] = []
    seconds = 4.0
    plan = fake_plan(rounds=rounds, budget_s=budget_s)
    known = findings(planned_rounds=rounds, rounds_needed=needed, round_seconds=seconds)
    progress = ProgressLines(plan, said.append)
    progress.run_begins(plan, 0)
    for number in range(done):
        progress.round_ends(RoundReport(number, seconds, known))
    return said


@pytest.mark.parametrize(
    ("rounds", "done", "budget_s", "end"),
    [
        (3, 1, 600.0, "at most 8.0 s left"),
        (3, 3, 600.0, "all rounds are made"),
        (3, 1, 1e-9, "the budget is spent"),
        (3, 1, 4.5, "at most 4.5 s left"),
        (3, 1, 3.5, "the budget is spent"),
    ],
)
def test_each_round_says_what_is_left(rounds: int, done: int, budget_s: float, end: str) -> None:
    assert lines(rounds, done, budget_s)[-1].rpartition(" · ")[2] == end


def test_budget_that_is_too_short_for_a_verdict_is_told_early() -> None:
    said = lines(rounds=40, done=3, budget_s=61.0, needed=19)
    assert "too short" not in said[1], "the first round is longer than the others"
    for line in said[2:]:
        assert line.endswith("61 s left, too short for a verdict: --budget 2m")
    assert "too short" not in lines(rounds=40, done=3, budget_s=61.0, needed=18)[-1]
    assert "too short" not in lines(rounds=10, done=3, budget_s=20.0, needed=19)[-1], (
        "so few rounds were asked for"
    )


def test_comparisons_that_failed_are_not_resolved() -> None:
    said: list[str] = []
    plan = fake_plan()
    progress = ProgressLines(plan, said.append)
    progress.run_begins(plan, 0)
    failed: Lost = {(arm, at): "construct" for arm in ("inline", "placebo") for at in (4, 16, 64)}
    progress.round_ends(RoundReport(0, 4.0, partly_failed(failed)))
    assert "0 of 42 comparisons resolved" in said[-1]
