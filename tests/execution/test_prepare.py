"""A plan is settled before its folder is made: what the kernel cannot do is not in it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from bench.domain.design.plan import CoScheduling, Plan
from bench.execution.prepare import STARTS_INSTEAD, freeze
from bench.execution.processes.environment import Survey
from bench.store.run_folder import RunFolder
from tests.fakes.plan import fake_plan


def frozen(plan: Plan, runs: Path, *, populate: bool) -> tuple[RunFolder, list[str]]:
    """The folder of a run of ``plan`` that can be made, and what was said."""
    said: list[str] = []
    survey = Survey(versions={}, populate=populate, bad={})
    prepared = freeze(plan, {plan.first_environment: survey}, {}, runs, said.append)
    return RunFolder(prepared.folder.path), said


def test_where_forks_cannot_be_prepared_processes_are_started_and_share_no_core(
    tmp_path: Path,
) -> None:
    plan = fake_plan("good", co_scheduling=CoScheduling())
    folder, said = frozen(plan, tmp_path, populate=False)
    assert (folder.record.plan.isolation, folder.record.plan.co_scheduling) == ("start", None)
    assert said == [STARTS_INSTEAD]


def test_where_forks_can_be_prepared_the_plan_stays_as_it_is(tmp_path: Path) -> None:
    plan = fake_plan("good", co_scheduling=CoScheduling())
    folder, said = frozen(plan, tmp_path, populate=True)
    assert folder.record.plan == plan
    assert not said


@pytest.mark.parametrize("name", ["TF_OF_MINE", "KERAS_BACKEND"])
def test_variable_that_is_no_utf8_is_stored_with_its_bytes_escaped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(name, os.fsdecode(b"caf\xe9"))
    folder, _ = frozen(fake_plan("good"), tmp_path, populate=True)
    assert folder.record.environment[name] == "caf\\udce9"
