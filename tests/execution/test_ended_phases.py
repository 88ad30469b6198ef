"""Phases that ended before a failure count, however the process ends; in the fake framework."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.domain.scenario import Arm
from bench.execution.listener import Listener
from bench.execution.rounds.run import execute_run
from tests.execution.test_accidents import plan_of
from tests.execution.test_facts import FAKES, GOOD, lived_plan
from tests.fakes.plan import fake_folder

MIB = 1 << 20
BEFORE_CALLS = {"construct", "compile", "trace"}


@pytest.mark.parametrize(
    ("builder", "kind"),
    [
        ("exits", "crashed"),
        ("is_killed", "crashed"),
        ("reads_null", "crashed"),
        ("hangs_in_c", "timed_out"),
        ("is_stopped", "timed_out"),
        ("allocates", "out_of_memory"),
        ("kills_its_zygote", "crashed"),
    ],
)
def test_phases_before_the_end_of_a_process_are_measured(
    tmp_path: Path, builder: str, kind: str
) -> None:
    arms = {"good": "tests.fakes.builders:by_depth", "ends": f"tests.fakes.endings:{builder}"}
    plan = plan_of(arms, rounds=2, timeout_s=1 if kind == "timed_out" else 20)
    plan = plan.model_copy(update={"memory_bytes": 300 * MIB})
    findings = execute_run(fake_folder(tmp_path / "run", plan), Listener())
    assert {(each.arm, each.phase, each.kind) for each in findings.failures} == {
        ("ends", "first_call", kind)
    }
    measured = {
        each.phase for each in findings.cells if each.arm == "ends" and each.metric == "seconds"
    }
    assert measured >= BEFORE_CALLS
    assert not measured & {"first_call", "inference"}
    compared = {each.phase for each in findings.timings if each.arm == "ends" and each.rounds}
    assert compared >= BEFORE_CALLS


def test_phases_of_a_lifecycle_that_exits_are_measured(tmp_path: Path) -> None:
    arms = {"good": Arm(GOOD), "other": Arm(GOOD)}
    plan = lived_plan(arms, f"{FAKES}:exits_after_a_phase", 1, layers=(2,))
    findings = execute_run(fake_folder(tmp_path / "run", plan), Listener())
    assert {(each.kind, each.phase) for each in findings.failures} == {("crashed", "second")}
    assert {each.phase for each in findings.cells if each.metric == "seconds"} >= {"first"}


def test_log_of_a_phase_that_failed_is_kept_and_named(tmp_path: Path) -> None:
    arms = {"whole": Arm(GOOD, lifecycle_arguments={"fails": "none"}), "refused": Arm(GOOD)}
    plan = lived_plan(arms, f"{FAKES}:attempts", 1, layers=(2,))
    folder = fake_folder(tmp_path / "run", plan)
    findings = execute_run(folder, Listener())
    (failed, _) = findings.failures
    assert (failed.arm, failed.phase) == ("refused", "first")
    assert failed.log is not None
    log = (folder.path / failed.log).read_text()
    assert "ValueError: no such luck" in log
    assert "Traceback" in log
    assert len(list((folder.path / "logs").iterdir())) == 1
