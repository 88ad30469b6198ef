"""Arms with names that are paths, markup or long: measured, shown, and nothing outside the run."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest
from click import BadParameter
from rich.console import Console

from bench.cli.option_types import ARM
from bench.domain.design.profiling import Profiling
from bench.domain.scenario import Arm, Scenario
from bench.execution.listener import Listener
from bench.execution.passes.profile import profile
from bench.execution.rounds.run import execute_run
from bench.planning.build import compose
from bench.planning.presets import PRESETS
from bench.planning.run_options import RunOptions
from bench.report.charts.draw import draw_charts
from bench.report.tables.run import findings_tables
from bench.report.terminal import render_terminal
from bench.runs.conclude import conclude
from bench.runs.tensorboard import update_tensorboard
from bench.store.run_folder import RunFolder
from tests.fakes.plan import ENVIRONMENT

FAILING = "fails " + "x" * 58


@pytest.fixture(scope="module")
def scratch() -> Iterator[Path]:
    """A folder with a path short enough to be the name of an arm."""
    with tempfile.TemporaryDirectory(dir="/tmp") as path:
        yield Path(path)


@pytest.fixture(scope="module")
def names(scratch: Path) -> list[str]:
    outside = scratch / "outside"
    return ["../../x", str(outside), "a|b", "<b>", "größe", "A", "a", "$x_{", "[red]", FAILING]


@pytest.fixture(scope="module")
def folder(scratch: Path, names: list[str]) -> RunFolder:
    """A run of these arms, the last of which fails, with all that is made of a run."""
    scenario = Scenario(
        question="Are names only names?",
        arms={
            name: Arm(
                "tests.fakes.builders:prints_and_exits"
                if name == FAILING
                else "tests.fakes.builders:good"
            )
            for name in names
        },
        baseline=names[0],
        architectures=("tests.fakes.builders:stack",),
        layers=(2, 4),
    )
    options = RunOptions(
        free_memory_bytes=1 << 29,
        seed=1,
        rounds=1,
        replicates=1,
        backends=("tests.fakes.framework",),
        timeout_s=10,
    )
    plan = compose({"hostile": scenario}, PRESETS["quick"], options, sys.executable)
    folder = RunFolder.create(scratch / "runs" / "run", plan, ENVIRONMENT)
    execute_run(folder, Listener())
    profile(folder, Profiling(steps=2, modules=()), lambda *_: None)
    findings = conclude(folder)
    draw_charts(findings, folder.path / "charts", ["svg"])
    update_tensorboard(folder, findings)
    return folder


def test_no_file_is_outside_the_run(folder: RunFolder, scratch: Path) -> None:
    files = [path for path in scratch.rglob("*") if path.is_file()]
    assert files
    outside = [path for path in files if not path.is_relative_to(folder.path)]
    assert outside == []


def test_names_of_files_are_short_ascii_words(folder: RunFolder) -> None:
    for path in folder.path.rglob("*"):
        assert path.name.isascii()
        assert path.name.isprintable()
        assert " " not in path.name
        assert len(path.name.encode()) < 200


def test_every_arm_is_measured_and_the_failed_one_ends_no_run(
    folder: RunFolder, names: list[str]
) -> None:
    findings = conclude(folder)
    assert findings.status == "complete"
    measured = {cell.arm for cell in findings.cells if cell.phase == "construct"}
    assert measured == {*names, "placebo"} - {FAILING}
    assert {failure.arm for failure in findings.failures} == {FAILING}
    assert len(list((folder.path / "logs").iterdir())) == 2


def test_every_arm_has_runs_of_its_own_in_tensorboard(folder: RunFolder, names: list[str]) -> None:
    curves = {path.parent for path in (folder.path / "tensorboard/curves").rglob("*/events*")}
    arms = {place.name for place in curves if place.name != "curves"}
    # The one that fails has the time of what it did before.
    assert len(arms) == len({*names, "placebo"})


def test_every_arm_is_shown_by_its_name(folder: RunFolder, names: list[str]) -> None:
    findings, output = conclude(folder), StringIO()
    Console(file=output, width=400).print(render_terminal(findings_tables(findings)))
    for name in set(names) - {FAILING}:
        assert name in output.getvalue()


@pytest.mark.parametrize("name", ["x" * 300, "a\nb", "a\u200fb", "\u202eab"])
def test_name_that_cannot_be_shown_is_refused_in_one_line(name: str) -> None:
    with pytest.raises(BadParameter, match="name") as refused:
        ARM.convert(f"{name}=m:f", None, None)
    assert str(refused.value).isprintable()
    assert len(str(refused.value)) < 200
