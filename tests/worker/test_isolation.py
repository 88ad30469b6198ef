"""What one arm sets for its whole process does not reach another, or is refused in words."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

import pytest

from bench.domain.design.plan import Plan
from bench.domain.scenario import Arm, Scenario
from bench.execution.listener import Listener
from bench.execution.processes.environment import survey
from bench.execution.processes.interpreter import Interpreter
from bench.execution.processes.requests import launch_spec
from bench.execution.rounds.run import execute_run
from bench.planning.build import compose
from bench.planning.run_options import RunOptions
from bench.worker.instruments.process_settings import changes
from tests.fakes.plan import fake_folder, fake_preset

SETS_AT_IMPORT = "tests.fakes.sets_policy_at_import:build"
FRESH = "tests.fakes.wants_a_fresh_process:build"
SETS_IN_BUILDER = "tests.fakes.wants_a_fresh_process:sets_policy"
GOOD = "tests.fakes.builders:good"

Isolation = Literal["fork", "start", "none"]


def plan_of(isolation: Isolation, rounds: int = 1, **arms: str) -> Plan:
    """A plan of ``arms``, name → builder, the first of them the baseline."""
    scenario = Scenario(
        question="Does one arm reach another?",
        arms={name: Arm(builder) for name, builder in arms.items()},
        baseline=next(iter(arms)),
        architectures=("tests.fakes.builders:stack",),
        layers=(2,),
    )
    wishes = RunOptions(
        free_memory_bytes=1 << 29,
        seed=1,
        backends=("tests.fakes.framework",),
        timeout_s=20,
        isolation=isolation,
    )
    return compose({"isolation": scenario}, fake_preset(rounds), wishes, sys.executable)


def surveyed(plan: Plan) -> Mapping[str, str]:
    with Interpreter(launch_spec(plan, 0)) as interpreter:
        return survey(interpreter, plan).bad


@pytest.mark.parametrize("isolation", ["fork", "start"])
def test_modules_resolve_together_as_they_do_alone(isolation: Isolation) -> None:
    assert surveyed(plan_of(isolation, sets=SETS_AT_IMPORT, fresh=FRESH)) == {}


@pytest.mark.parametrize("isolation", ["fork", "start"])
def test_what_a_module_sets_at_import_reaches_no_other_arm(
    isolation: Isolation, tmp_path: Path
) -> None:
    plan = plan_of(isolation, sets=SETS_AT_IMPORT, builds=SETS_IN_BUILDER, fresh=FRESH)
    findings = execute_run(fake_folder(tmp_path / "run", plan), Listener())
    assert not findings.failures
    assert {cell.arm for cell in findings.cells} == {"sets", "builds", "fresh", "placebo"}


def test_without_isolation_a_module_that_sets_something_is_refused() -> None:
    bad = surveyed(plan_of("none", good=GOOD, sets=SETS_AT_IMPORT))
    assert set(bad) == {SETS_AT_IMPORT}
    assert "sets the fake policy from float32 to float16 for the whole" in bad[SETS_AT_IMPORT]
    assert "--isolation fork" in bad[SETS_AT_IMPORT]


def test_without_isolation_a_builder_that_sets_something_fails_alone(tmp_path: Path) -> None:
    plan = plan_of("none", rounds=3, fresh=FRESH, sets=SETS_IN_BUILDER, good=GOOD)
    findings = execute_run(fake_folder(tmp_path / "run", plan), Listener())
    (failure,) = findings.failures
    assert (failure.arm, failure.kind, failure.count) == ("sets", "unavailable", 1)
    assert "the fake policy from float32 to float64" in failure.reason
    assert "--isolation fork" in failure.reason
    assert {cell.arm: cell.rounds for cell in findings.cells if cell.phase == "construct"} == {
        "fresh": 3,
        "good": 3,
        "placebo": 3,
    }


def test_without_isolation_arms_that_set_nothing_are_measured(tmp_path: Path) -> None:
    plan = plan_of("none", good=GOOD, fresh=FRESH)
    findings = execute_run(fake_folder(tmp_path / "run", plan), Listener())
    assert not findings.failures


def test_changes_name_what_was_added_changed_and_removed() -> None:
    before = {"policy": "float32", "format": "first", "gone": "1"}
    after = {"policy": "float64", "format": "first", "new": "2"}
    assert changes(before, after) == (
        "policy from float32 to float64, gone from 1 to unset, new from unset to 2"
    )
    assert changes(before, before) == ""
