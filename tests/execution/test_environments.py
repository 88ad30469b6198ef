"""Runs in several environments, of the fake framework: what is measured, stored and told."""

from __future__ import annotations

import sys
from collections import defaultdict
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from bench.api.session import Session, begin, started
from bench.domain.design.plan import CoScheduling, Plan
from bench.domain.findings.run import Findings
from bench.domain.panel import Cell
from bench.domain.status import CRASHED, ENVIRONMENT, UNAVAILABLE
from bench.domain.tries import Failures
from bench.execution.listener import Listener
from bench.execution.processes.core_speed import CoreSpeedMonitors
from bench.execution.processes.ending import InterpreterFailed
from bench.execution.rounds.round import RoundResult, measure_round
from bench.execution.rounds.run import execute_run
from bench.report.tables.run import findings_tables
from bench.report.terminal import render_terminal
from bench.store.run_folder import RunFolder
from tests.fakes.plan import fake_folder, fake_plan, pinned

SHARED = CoScheduling(arms=3, block_ms=2.0, solo_every=2)


def plan_of(*builders: str, other: str = sys.executable, **changes: Any) -> Plan:
    environments = {"first": sys.executable, "second": other}
    return fake_plan(*builders, environments=environments, **{"layers": (2,), **changes})


def measured(plan: Plan, number: int = 1) -> RoundResult:
    with CoreSpeedMonitors([]) as monitors:
        return measure_round(plan, number, Failures(), monitors)


@pytest.fixture
def breaks_later(tmp_path: Path) -> Path:
    """A Python that starts as often as is written in the file beside it, and then no more."""
    (tmp_path / "left").write_text("1")
    program = tmp_path / "python"
    program.write_text(
        "#!/bin/sh\n"
        f"left=$(cat {tmp_path}/left)\n"
        'if [ "$left" -le 0 ]; then echo "it is broken now" >&2; exit 3; fi\n'
        f"echo $((left - 1)) > {tmp_path}/left\n"
        f'exec {sys.executable} "$@"\n'
    )
    program.chmod(0o755)
    return program


def test_round_measures_every_cell_and_an_import_in_each_environment() -> None:
    plan = plan_of("good", "unbuilt")
    result = measured(plan)
    assert not result.failures
    assert result.measured == set(plan.cells())
    imports = [row for row in result.rows if row["phase"] == "import"]
    assert sorted(row["environment"] for row in imports) == ["first", "second"]


def test_members_of_different_zygotes_share_a_core_and_overlap() -> None:
    plan = plan_of("computes_for_long", co_scheduling=SHARED, memory_bytes=1 << 30)
    groups: dict[int, list[Any]] = defaultdict(list)
    for row in measured(plan).rows:
        if row["phase"] == "construct" and row["group"] is not None:
            groups[row["group"]].append(row)
    baselines = {Cell(plan.panels[0], "computes_for_long", name) for name in plan.environments}
    across = [
        members
        for members in groups.values()
        if {row["environment"] for row in members if row["arm"] != "placebo"} == {"first", "second"}
    ]
    ((*members,),) = across
    assert len(baselines) == 2
    assert len({row["core"] for row in members}) == 1
    for row in members:
        assert row["wall_ns"] > 1.5 * row["cpu_ns"], "others had the core meanwhile"


def test_arm_that_takes_its_zygote_down_fails_alone_and_other_environments_go_on() -> None:
    plan = plan_of("good", "kills_its_zygote", co_scheduling=SHARED, memory_bytes=1 << 30)
    result = measured(plan)
    assert {(each.invocation.cell.arm, each.kind) for each in result.failures} == {
        ("kills_its_zygote", CRASHED)
    }
    assert result.measured == {cell for cell in plan.cells() if cell.arm != "kills_its_zygote"}


def test_environment_that_breaks_later_has_failed_and_the_others_go_on(
    tmp_path: Path, breaks_later: Path
) -> None:
    plan = plan_of("good", "unbuilt", other=str(breaks_later), rounds=3)
    findings = execute_run(fake_folder(tmp_path / "run", plan), Listener(), enough=lambda _: False)
    assert findings.rounds == 3
    (reason,) = {each.reason for each in findings.failures}
    assert reason == "the measured interpreter ended with exit status 3: it is broken now"
    assert {(each.environment, each.kind) for each in findings.failures} == {
        ("second", ENVIRONMENT)
    }
    # It is tried again when the run is resumed, and not before.
    assert all(not each.given_up and each.count == 1 for each in findings.failures)
    rounds = {
        each.rounds
        for each in findings.timings
        if (each.environment, each.phase) == ("first", "construct")
    }
    assert rounds == {3}
    (told,) = [text for text in findings.answer if text.startswith("Failed: ")]
    assert "good and unbuilt at 2 layers (in second; function): " in told


def test_first_environment_that_breaks_later_leaves_the_others_among_themselves(
    tmp_path: Path, breaks_later: Path
) -> None:
    environments = {"first": str(breaks_later), "second": sys.executable}
    plan = fake_plan("good", "unbuilt", rounds=2, layers=(2,), environments=environments)
    findings = execute_run(fake_folder(tmp_path / "run", plan), Listener(), enough=lambda _: False)
    assert {each.environment for each in findings.failures} == {"first"}
    within = [each for each in findings.timings if each.baseline_environment == "second"]
    assert {each.rounds for each in within if each.phase == "construct"} == {2}


def test_run_of_which_no_environment_is_left_ends_with_the_reason(
    tmp_path: Path, breaks_later: Path
) -> None:
    environments = {"first": str(breaks_later), "second": str(breaks_later)}
    plan = fake_plan("good", rounds=3, layers=(2,), environments=environments)
    (tmp_path / "left").write_text("2")
    with pytest.raises(InterpreterFailed, match="it is broken now"):
        execute_run(fake_folder(tmp_path / "run", plan), Listener(), enough=lambda _: False)


@pytest.mark.parametrize(
    ("python", "words"),
    [
        ("/bin/true", "before it imported the framework: is /bin/true a Python?"),
        ("/nowhere/python", "cannot start /nowhere/python: No such file or directory"),
    ],
)
def test_environment_that_does_not_start_is_named_before_anything_is_measured(
    tmp_path: Path, python: str, words: str
) -> None:
    plan = plan_of("good", other=python)
    with pytest.raises(InterpreterFailed) as failure:
        begin(plan, tmp_path / "runs", Session())
    assert str(failure.value).startswith("environment 'second': ")
    assert words in str(failure.value)
    assert not list((tmp_path / "runs").iterdir())


def test_python_that_is_too_old_says_so(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(
        "import sys\nsys.version_info = (3, 7, 17, 'final', 0)\n"
    )
    old = tmp_path / "python"
    old.write_text(f'#!/bin/sh\nPYTHONPATH={tmp_path} exec {sys.executable} "$@"\n')
    old.chmod(0o755)
    told = "it is Python 3.7, and 3.9 is the oldest that can be measured"
    with pytest.raises(InterpreterFailed, match=told), started(plan_of("good", other=str(old))):
        pass


def test_reference_that_one_environment_lacks_is_told_with_it() -> None:
    plan = plan_of("good", "no_such_builder")
    with started(plan) as ready:
        ((reference, everywhere),) = ready.bad.items()
    assert reference.endswith(":no_such_builder")
    with started(pinned(plan, "no_such_builder", "second")) as ready:
        assert ready.bad == {reference: f"in environment 'second', {everywhere}"}


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> tuple[RunFolder, Findings]:
    plan = plan_of("good", "unbuilt", rounds=6, layers=(2, 4))
    said: list[str] = []
    return begin(plan, tmp_path_factory.mktemp("runs"), Session(say=said.append))


def test_environments_are_recorded_with_their_versions(run: tuple[RunFolder, Findings]) -> None:
    folder, findings = run
    known = RunFolder(folder.path).record.environments
    assert list(known) == ["first", "second"]
    assert all(each["interpreter"] == sys.executable for each in known.values())
    assert all(each["python"] for each in known.values())
    assert findings.environments == known
    (told,) = [text for text in findings.answer if text.startswith("Environments: ")]
    assert told.startswith("Environments: first and second have the same versions, ")


def test_each_environment_may_have_its_own_backend(tmp_path: Path) -> None:
    backends = ("tests.fakes.framework", "tests.fakes.second_framework")
    plan = fake_plan("good", rounds=2, layers=(2,), backends=backends, co_scheduling=SHARED)
    _, findings = begin(plan, tmp_path / "runs", Session())
    assert not findings.failures
    found = {name: (each["backend"], each["fake"]) for name, each in findings.environments.items()}
    assert found == dict(zip(backends, zip(backends, ("1.0", "2.0"), strict=True), strict=True))
    across = [each for each in findings.timings if each.across]
    assert {(each.environment, each.baseline_environment) for each in across} == {backends[::-1]}
    assert {each.rounds for each in across if each.phase == "construct"} == {2}


def test_environment_whose_device_is_not_there_is_unavailable_and_the_others_are_measured(
    tmp_path: Path,
) -> None:
    plan = fake_plan("good", rounds=2, layers=(2,), devices=("cpu", "gpu"))
    _, findings = begin(plan, tmp_path / "runs", Session())
    assert {(each.environment, each.kind, each.reason) for each in findings.failures} == {
        ("gpu", UNAVAILABLE, "the fake framework has no GPU")
    }
    measured_in = {each.environment for each in findings.timings if each.rounds}
    assert measured_in == {"cpu"}
    assert {name: each["device"] for name, each in findings.environments.items()} == {
        "cpu": "cpu",
        "gpu": "gpu",
    }


def test_import_of_an_environment_in_which_everything_is_unavailable_is_not_measured() -> None:
    plan = fake_plan("good", rounds=1, layers=(2,), devices=("cpu", "gpu"))
    imports = [row["environment"] for row in measured(plan).rows if row["phase"] == "import"]
    assert imports == ["cpu"]


def test_tables_say_which_environment_figures_are_of(run: tuple[RunFolder, Findings]) -> None:
    _, findings = run
    output = StringIO()
    console = Console(file=output, width=140, color_system=None)
    console.print(render_terminal(list(findings_tables(findings))))
    text = output.getvalue()
    assert " · first\n" in text
    assert " · second\n" in text
    assert " · good\n" in text
    assert " · unbuilt\n" in text
