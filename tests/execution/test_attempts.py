"""Runs of lifecycles in which one phase fails and the others go on; in the fake framework."""

from __future__ import annotations

from pathlib import Path

from bench.analysis.summaries.tries import failures_of
from bench.domain.scenario import Arm
from bench.execution.listener import Listener
from bench.execution.passes.explain import explained
from bench.execution.rounds.run import execute_run
from bench.store.run_folder import RunFolder
from tests.execution.test_facts import FAKES, GOOD, lived_plan
from tests.fakes.plan import fake_folder

ATTEMPTS = f"{FAKES}:attempts"
ARMS = {
    "whole": Arm(GOOD, lifecycle_arguments={"fails": "none"}),
    "refused": Arm(GOOD, lifecycle_arguments={"fails": "first"}),
}
ROUNDS = 5
"""More than a cell has tries that fails as a whole."""


def test_phase_that_fails_is_tried_in_every_round_and_costs_no_other(tmp_path: Path) -> None:
    plan = lived_plan(ARMS, ATTEMPTS, ROUNDS, layers=(2,))
    findings = execute_run(fake_folder(tmp_path / "run", plan), Listener())
    assert {(each.arm, each.phase, each.kind, each.count) for each in findings.failures} == {
        ("refused", "first", "builder_error", ROUNDS),
        ("refused", "second", "unavailable", ROUNDS),
    }
    rounds = {each.phase: each.rounds for each in findings.timings if each.arm == "refused"}
    assert (rounds["calls"], rounds["first"], rounds["second"]) == (ROUNDS, 0, 0)
    whole = {each.phase for each in findings.cells if each.arm == "whole"}
    assert whole >= {"first", "second", "calls", "answer"}
    # A sum that lacks a part is none.
    assert "answer" not in {each.phase for each in findings.cells if each.arm == "refused"}


def test_failed_phase_of_a_resumed_run_is_no_failed_invocation(tmp_path: Path) -> None:
    plan = lived_plan(ARMS, ATTEMPTS, ROUNDS, layers=(2,))
    folder = fake_folder(tmp_path / "run", plan)
    execute_run(folder, Listener())
    failures = failures_of(RunFolder(folder.path).samples())
    assert not failures.counts
    ends = lived_plan({"good": Arm(GOOD)}, f"{FAKES}:raises_in_a_phase", 1, layers=(2,))
    ended = fake_folder(tmp_path / "ended", ends)
    execute_run(ended, Listener())
    assert failures_of(RunFolder(ended.path).samples()).counts


def test_explanation_tells_each_failed_phase_once(tmp_path: Path) -> None:
    (found,) = explained(lived_plan(ARMS, ATTEMPTS, layers=(2,)), {}, {}, lambda *_: None)
    assert [(each.arm, each.what, each.kind) for each in found.failures] == [
        ("refused", "first", "builder_error"),
        ("refused", "second", "unavailable"),
    ]
    counted = {each.arm: each.phase for each in found.growth if each.phase == "calls"}
    assert set(counted) == {"whole", "refused"}
