"""An interpreter that does not come to an end with its import costs a bounded time, and no more."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from bench.api.session import Session, begin, resume, started
from bench.domain.design.plan import Plan
from bench.domain.status import ENVIRONMENT
from bench.execution.listener import Listener
from bench.execution.processes import requests
from bench.execution.processes.dispatcher import Dispatcher
from bench.execution.processes.ending import ImportTookTooLong, InterpreterFailed
from bench.execution.processes.interpreter import Interpreter
from bench.execution.processes.jobs import Job
from bench.execution.processes.launch import LaunchSpec
from bench.execution.processes.requests import import_limit_s, launch_spec
from bench.execution.rounds.run import execute_run
from bench.store.run_folder import RunFolder
from bench.worker.wire.requests import TimingRequest
from tests.fakes.plan import fake_folder, fake_plan
from tests.fakes.requests import LIMITS, cell, status_of

LIMIT_S = 2.0
"""Long enough for the import of the fake framework."""


@pytest.fixture(autouse=True)
def limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(requests, "LONGER", 0.0)
    monkeypatch.setattr(requests, "SHORTEST_IMPORT_LIMIT_S", LIMIT_S)


@pytest.fixture
def hangs(tmp_path: Path) -> str:
    """A Python that imports for a minute, unless there is a file beside it; it makes that file."""
    program = tmp_path / "hanging python"
    program.write_text(
        "#!/bin/sh\n"
        f'echo started >> "{tmp_path}/starts"\n'
        f'if [ -e "{tmp_path}/enough" ]; then exec {sys.executable} "$@"; fi\n'
        f'if [ -e "{tmp_path}/once" ]; then touch "{tmp_path}/enough"; fi\n'
        "exec sleep 60\n"
    )
    program.chmod(0o755)
    return str(program)


@pytest.fixture
def plan(hangs: str) -> Plan:
    environments = {"first": sys.executable, "second": hangs}
    return fake_plan("good", "unbuilt", rounds=2, layers=(2,), environments=environments)


def test_limit_follows_that_of_an_invocation(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    assert import_limit_s(120.0) == 300.0
    assert import_limit_s(20.0) == 50.0
    assert import_limit_s(1.0) == 30.0
    assert launch_spec(fake_plan(timeout_s=40.0), 0).import_limit_s == 100.0


def test_interpreter_that_does_not_import_is_named_with_what_to_try(
    tmp_path: Path, hangs: str
) -> None:
    words = f"importing the framework took more than 2 s: does '{hangs}' -c 'import keras' end?"
    with pytest.raises(ImportTookTooLong, match=re.escape(words)):
        begin(fake_plan(environments={"default": hangs}), tmp_path / "runs", Session())


def test_interpreter_that_hangs_once_is_replaced(tmp_path: Path, hangs: str) -> None:
    (tmp_path / "once").touch()
    job: Job[str, object] = Job("good", TimingRequest(cell("good")))

    def source(environment: str, generation: int) -> Interpreter:
        return Interpreter(
            LaunchSpec(hangs, "tests.fakes.framework", "fork", seed=1, import_limit_s=LIMIT_S)
        )

    with Dispatcher(LIMITS, source, [None]) as dispatcher:
        assert [status_of(each.outcome) for each in dispatcher.run([job])] == ["ok"]
        assert [each.generation for each in dispatcher.imports] == [1]


def test_environment_that_does_not_import_has_failed_and_the_others_are_measured(
    tmp_path: Path, plan: Plan
) -> None:
    said: list[str] = []
    folder, findings = begin(plan, tmp_path / "runs", Session(say=said.append))
    (line,) = [line for line in said if line.startswith("environment 'second': importing")]
    assert line.endswith("it is tried again when it is measured")
    assert (findings.status, findings.rounds) == ("complete", 2)
    assert {(each.environment, each.kind, each.count) for each in findings.failures} == {
        ("second", ENVIRONMENT, 1)
    }
    (reason,) = {each.reason for each in findings.failures}
    assert reason.startswith("importing the framework took more than 2 s")
    assert {each.environment for each in findings.cells} == {"first"}
    assert list(findings.environments) == ["first", "second"]
    (told,) = [text for text in findings.answer if text.startswith("Environments: ")]
    assert told.endswith("; what second has is not known.")
    assert RunFolder(folder.path).record.status == "complete"


def test_first_environment_that_does_not_import_leaves_the_others_among_themselves(
    tmp_path: Path, plan: Plan, hangs: str
) -> None:
    plan = plan.model_copy(update={"environments": {"first": hangs, "second": sys.executable}})
    _, findings = begin(plan, tmp_path / "runs", Session())
    assert {each.environment for each in findings.failures} == {"first"}
    assert findings.environment["fake"] == "1.0"
    within = [each for each in findings.timings if each.baseline_environment == "second"]
    assert {each.rounds for each in within if each.phase == "construct"} == {2}


def test_run_goes_on_with_an_environment_that_imports_by_now(tmp_path: Path, plan: Plan) -> None:
    class Interrupting(Listener):
        def round_begins(self, number: int, invocations: int) -> None:
            raise KeyboardInterrupt

    def execute(folder: RunFolder, *_: object) -> object:
        return execute_run(folder, Interrupting())

    with pytest.raises(KeyboardInterrupt):
        begin(plan, tmp_path / "runs", Session(execute=execute))  # type: ignore[arg-type]
    (path,) = (tmp_path / "runs").iterdir()
    (tmp_path / "enough").touch()
    findings = resume(RunFolder(path), Session())
    assert not findings.failures
    assert {each.environment for each in findings.cells} == {"first", "second"}


def test_environments_none_of_which_imports_are_all_named(plan: Plan, hangs: str) -> None:
    plan = plan.model_copy(update={"environments": {"first": hangs, "second": hangs}})
    with pytest.raises(InterpreterFailed) as failure, started(plan):
        pass
    assert [name for name in ("'first'", "'second'") if name in str(failure.value)] == [
        "'first'",
        "'second'",
    ]


def test_environment_is_started_twice_and_not_in_every_round(tmp_path: Path, plan: Plan) -> None:
    findings = execute_run(fake_folder(tmp_path / "run", plan), Listener(), enough=lambda _: False)
    assert findings.rounds == 2
    assert (tmp_path / "starts").read_text().split() == ["started"] * 2
    assert {(each.environment, each.kind) for each in findings.failures} == {
        ("second", ENVIRONMENT)
    }
