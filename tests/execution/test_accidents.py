"""What befalls a run from outside, or one arm of it, costs that round or that arm and no more."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import psutil
import pytest

from bench.domain.design.plan import Plan
from bench.domain.findings.evidence import Failure
from bench.domain.panel import Cell
from bench.domain.scenario import Arm, Scenario
from bench.domain.tries import Failed, Failures, is_put_off
from bench.execution.listener import Listener, RoundReport
from bench.execution.processes.dispatcher import Dispatcher
from bench.execution.processes.ending import InterpreterFailed
from bench.execution.processes.environment import environment, survey
from bench.execution.processes.interpreter import Interpreter
from bench.execution.processes.jobs import Job
from bench.execution.processes.launch import LaunchSpec
from bench.execution.processes.requests import launch_spec
from bench.execution.rounds.run import execute_run
from bench.planning.build import compose
from bench.planning.order import PlannedInvocation
from bench.planning.run_options import RunOptions
from bench.store.run_folder import RunFolder
from bench.worker.wire.requests import TimingRequest
from tests.fakes.plan import fake_folder, fake_plan, fake_preset
from tests.fakes.requests import LIMITS, cell, status_of

IMPORTS = "tests.fakes.imports"


def plan_of(arms: dict[str, str], rounds: int = 2, timeout_s: float = 10) -> Plan:
    """A plan of ``arms``, functions that take a depth; the first is the baseline."""
    scenario = Scenario(
        question="Which of them survive?",
        arms={name: Arm(builder) for name, builder in arms.items()},
        baseline=next(iter(arms)),
        layers=(2, 4),
    )
    options = RunOptions(
        free_memory_bytes=1 << 29, seed=1, backends=("tests.fakes.framework",), timeout_s=timeout_s
    )
    return compose({"accidents": scenario}, fake_preset(rounds), options, sys.executable)


class Following(Listener):
    """Does something whenever a round begins, and remembers what was given up."""

    def __init__(self, at_round: Callable[[int], None] = lambda number: None) -> None:
        self._at_round = at_round
        self.given_up: list[tuple[set[str], bool]] = []

    def round_ends(self, report: RoundReport) -> None:
        self._at_round(report.number)

    def cells_given_up(self, cells: Sequence[Cell], ends: bool) -> None:
        self.given_up.append(({cell.arm for cell in cells}, ends))


@pytest.mark.parametrize(
    ("module", "kind", "words"),
    [
        ("raises", "builder_error", "module 'tests.fakes.imports.raises' does not import: Zero"),
        ("leaves", "builder_error", "SystemExit: not today"),
        ("lacks", "builder_error", "ModuleNotFoundError: No module named 'no_such_thing'"),
        ("exits", "crashed", "ended itself with exit status 5 in import: last words"),
        ("kills", "crashed", "its interpreter was killed by SIGKILL"),
    ],
)
def test_arm_that_does_not_import_leaves_the_others_measured(
    tmp_path: Path, module: str, kind: str, words: str
) -> None:
    plan = plan_of(
        {"good": "tests.fakes.builders:by_depth", "bad": f"{IMPORTS}.{module}:build"}, rounds=4
    )
    listener = Following()
    findings = execute_run(fake_folder(tmp_path / "run", plan), listener)
    assert {(each.arm, each.kind) for each in findings.failures} == {("bad", kind)}
    assert all(words in each.reason for each in findings.failures)
    assert {each.arm for each in findings.cells} == {"good", "placebo"}
    assert findings.rounds == 4


def test_arm_that_does_not_import_is_tried_three_times_in_all_however_many_its_cells(
    tmp_path: Path,
) -> None:
    plan = plan_of({"good": "tests.fakes.builders:by_depth", "bad": f"{IMPORTS}.raises:build"}, 5)
    listener = Following()
    findings = execute_run(fake_folder(tmp_path / "run", plan), listener)
    assert sum(each.count for each in findings.failures) == 3
    assert all(each.given_up for each in findings.failures)
    assert listener.given_up == [({"bad"}, False)]


def test_arm_that_hangs_at_import_costs_two_rounds_a_timeout_each(tmp_path: Path) -> None:
    arms = {"good": "tests.fakes.builders:by_depth", "bad": f"{IMPORTS}.hangs:build"}
    plan = plan_of(arms, rounds=4, timeout_s=0.5)
    findings = execute_run(fake_folder(tmp_path / "run", plan), Listener())
    assert {each.kind for each in findings.failures} == {"timed_out"}
    assert sum(each.count for each in findings.failures) == 2
    assert all("in import" in each.reason for each in findings.failures)


def test_names_are_looked_up_whatever_the_import_of_others_does() -> None:
    arms = {
        **{name: f"{IMPORTS}.{name}:build" for name in ("raises", "exits", "hangs", "lacks")},
        "lost": "tests.fakes.builders:lost",
        "nowhere": "no_such_module:build",
        "deep": "tests.fakes.no_such_module.deeper:build",
    }
    plan = plan_of(arms, timeout_s=1)
    with Interpreter(launch_spec(plan, 0)) as interpreter:
        found = survey(interpreter, plan)
    assert found.versions["fake"] == "1.0"
    assert found.bad == {
        "tests.fakes.builders:lost": "module 'tests.fakes.builders' has no 'lost'",
        "no_such_module:build": "there is no module 'no_such_module' to import",
        "tests.fakes.no_such_module.deeper:build": (
            "there is no module 'tests.fakes.no_such_module' to import"
        ),
    }


def test_variables_that_a_module_sets_too_late_are_known() -> None:
    builder = f"{IMPORTS}.sets_variables:build"
    plan = plan_of({"good": "tests.fakes.builders:by_depth", "late": builder})
    with Interpreter(launch_spec(plan, 0)) as interpreter:
        found = survey(interpreter, plan)
    module = builder.partition(":")[0]
    assert found.changed == {module: {"KERAS_BACKEND": "jax", "XLA_FLAGS": "--of_mine"}}
    assert environment(found, plan)[f"{module}: KERAS_BACKEND"] == "jax"


def test_survey_whose_interpreter_is_killed_by_a_module_says_what_it_knows() -> None:
    plan = plan_of({"good": "tests.fakes.builders:by_depth", "bad": f"{IMPORTS}.kills:build"})
    with Interpreter(launch_spec(plan, 0)) as interpreter:
        found = survey(interpreter, plan)
        assert interpreter.has_ended
    assert found.versions["fake"] == "1.0"


@pytest.mark.parametrize("jobs", [1, 2])
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_interpreter_killed_between_rounds_is_replaced(
    tmp_path: Path, jobs: int, number: signal.Signals
) -> None:
    def kill_all(_: int) -> None:
        for child in psutil.Process().children():
            child.send_signal(number)

    plan = fake_plan(rounds=4, layers=(2,), jobs=jobs)
    findings = execute_run(fake_folder(tmp_path / "run", plan), Following(kill_all))
    assert findings.rounds == 4
    assert {each.rounds for each in findings.timings} == {4}


def test_interpreter_killed_under_way_costs_a_round_and_is_named(tmp_path: Path) -> None:
    class Killing(Listener):
        killed = False

        def round_begins(self, number: int, invocations: int) -> None:
            if number == 1 and not self.killed:
                self.killed = True
                for child in psutil.Process().children():
                    child.kill()

    plan = fake_plan(rounds=4, layers=(2,))
    findings = execute_run(fake_folder(tmp_path / "run", plan), Killing())
    assert findings.rounds == 4
    assert {each.reason for each in findings.failures} <= {
        "its interpreter was killed by SIGKILL, while this ran in it alone"
    }
    assert {each.rounds for each in findings.timings} <= {3, 4}


class Source:
    """Gives interpreters that are killed while they import, for the first ``accidents`` times."""

    def __init__(self, accidents: int) -> None:
        self.accidents = accidents
        self.started = 0

    def __call__(self, environment: str, generation: int) -> Interpreter:
        spec = LaunchSpec(sys.executable, "tests.fakes.framework", "fork", seed=generation)
        interpreter = Interpreter(spec)
        self.started += 1
        if self.started <= self.accidents:
            psutil.Process(interpreter.process_id).kill()
        return interpreter


def test_interpreter_killed_while_it_imports_is_replaced() -> None:
    source = Source(accidents=2)
    job: Job[str, object] = Job("good", TimingRequest(cell("good")))
    with Dispatcher(LIMITS, source, [None]) as dispatcher:
        assert [status_of(each.outcome) for each in dispatcher.run([job])] == ["ok"]
    assert source.started == 3


def test_interpreters_that_are_all_killed_end_it_with_how_they_ended() -> None:
    source = Source(accidents=9)
    with (
        Dispatcher(LIMITS, source, [None]) as dispatcher,
        pytest.raises(InterpreterFailed, match=r"^the measured interpreter was killed by SIGKILL$"),
    ):
        dispatcher.start()
    assert source.started == 3


def test_interpreter_that_does_not_import_is_started_once() -> None:
    started = []

    def source(environment: str, generation: int) -> Interpreter:
        started.append(generation)
        return Interpreter(LaunchSpec(sys.executable, "no.such.framework", "fork", seed=1))

    with (
        Dispatcher(LIMITS, source, [None]) as dispatcher,
        pytest.raises(InterpreterFailed, match="exit status 1: ModuleNotFoundError"),
    ):
        dispatcher.start()
    assert started == [0]


def test_stopped_baseline_is_timed_out_and_tried_in_the_next_round(tmp_path: Path) -> None:
    class Stopping(Listener):
        def round_begins(self, number: int, invocations: int) -> None:
            if number == 0:
                (tmp_path / "stop").touch()

    plan = plan_of(
        {"halts": "tests.fakes.halting:halts_once", "good": "tests.fakes.builders:by_depth"},
        rounds=4,
        timeout_s=1,
    )
    os.environ["FAKE_HALT"] = str(tmp_path / "stop")
    try:
        findings = execute_run(fake_folder(tmp_path / "run", plan), Stopping())
    finally:
        del os.environ["FAKE_HALT"]
    ((failed, kind, count),) = [(each.arm, each.kind, each.count) for each in findings.failures]
    assert (failed in ("halts", "placebo"), kind, count) == (True, "timed_out", 1)
    assert findings.rounds == 4
    assert {each.rounds for each in findings.timings} == {3, 4}


def test_end_of_a_run_without_a_baseline_is_told(tmp_path: Path) -> None:
    plan = fake_plan("needs_newer_version", "good", rounds=9, layers=(2,))
    listener = Following()
    findings = execute_run(fake_folder(tmp_path / "run", plan), listener)
    assert findings.rounds == 1
    assert listener.given_up == [({"needs_newer_version", "placebo"}, True)]


def test_cell_that_is_measured_now_and_then_is_never_given_up() -> None:
    (found, *_) = fake_plan().cells()
    failures = Failures()
    for _ in range(9):
        failures = failures.adding([Failed(found, "crashed")] * 2).adding([], {found})
    assert not failures.is_excluded(found)
    assert failures.adding([Failed(found, "crashed")] * 3).is_excluded(found)


def test_failed_import_counts_for_the_whole_arm_and_no_other() -> None:
    cells = fake_plan().cells()
    one = cells[0]
    failures = Failures().adding([Failed(one, "builder_error", "import")] * 3)
    assert {each.arm for each in cells if failures.is_excluded(each)} == {one.arm}
    assert all(failures.is_excluded(each) for each in cells if each.arm == one.arm)


def test_time_out_puts_a_cell_off_until_the_next_round() -> None:
    one, other, *_ = fake_plan().cells()
    assert is_put_off(one, [Failed(one, "timed_out")])
    assert not is_put_off(other, [Failed(one, "timed_out")])
    assert not is_put_off(one, [Failed(one, "crashed")])


def test_resumed_run_remembers_its_failures_as_it_would_have(tmp_path: Path) -> None:
    class Interrupting(Listener):
        def round_ends(self, report: RoundReport) -> None:
            raise KeyboardInterrupt

    class Noting(Listener):
        def __init__(self) -> None:
            self.failed: list[str] = []

        def invocation_ends(self, invocation: PlannedInvocation, failure: Failure | None) -> None:
            self.failed += [invocation.cell.arm] if failure else []

    arms = {"good": "tests.fakes.builders:by_depth", "bad": f"{IMPORTS}.raises:build"}
    folder = fake_folder(tmp_path / "run", plan_of(arms, rounds=4))
    with pytest.raises(KeyboardInterrupt):
        execute_run(folder, Interrupting())
    noting = Noting()
    execute_run(RunFolder(folder.path), noting)
    assert noting.failed == ["bad"]


class Told(Listener):
    """Remembers what was set aside: the number of the round, and where it is now."""

    def __init__(self) -> None:
        self.set_aside: list[tuple[int, Path]] = []

    def round_set_aside(self, number: int, path: Path) -> None:
        self.set_aside.append((number, path))


def test_what_others_put_in_the_place_of_rounds_is_set_aside_and_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOSTILE_RUN", str(tmp_path / "run"))
    builder = "tests.fakes.hostile.files:writes_rounds_of_its_own"
    folder, told = fake_folder(tmp_path / "run", fake_plan("good", builder, layers=(2,))), Told()
    findings = execute_run(folder, told)
    assert (findings.rounds, folder.rounds()) == (3, [0, 1, 2])
    assert folder.record.status == "complete"
    assert set(RunFolder(folder.path).samples()["round"]) == {0, 1, 2}
    places = dict(told.set_aside)
    assert (sorted(places), len(told.set_aside)) == ([1, 2, 7], 3)
    assert places[1].read_text() == "no round"
    assert places[2].is_dir()
    assert places[7].read_bytes() == (folder.path / "rounds" / "round-0000.parquet").read_bytes()
    assert {path.parent for path in places.values()} == {folder.path / "set_aside"}
