"""The Python interface, with the fake framework: what a program or a notebook does."""

from __future__ import annotations

import doctest
import re
import subprocess
import sys
import threading
from functools import partial
from pathlib import Path

import pytest

import bench
from bench import Arm, BenchError, Scenario, measure, open_run
from bench.api.run import Run
from bench.domain.errors import UnknownName
from bench.domain.findings.explanation import PassLeftOut
from bench.store.files import InvalidRun
from tests.cli.command import ROOT

ARMS = {"good": "tests.fakes.builders:good", "unbuilt": Arm("tests.fakes.builders:unbuilt")}


def measured(out: Path, **changes: object) -> Run:
    asked: dict[str, object] = {
        "arms": ARMS,
        "architectures": ["tests.fakes.builders:stack"],
        "layers": [2, 4],
        "preset": "quick",
        "rounds": 2,
        "budget": "5m",
        "backends": ["tests.fakes.framework"],
        "out": out,
        "progress": False,
        **changes,
    }
    return measure(**asked)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return measured(tmp_path_factory.mktemp("runs"), name="mine")


def test_arms_are_measured_and_compared(run: Run) -> None:
    assert run.findings.status == "complete"
    assert run.findings.rounds == 2
    assert {each.arm for each in run.findings.comparisons} == {"unbuilt", "placebo"}
    assert {each.scenario for each in run.findings.comparisons} == {"mine"}
    assert "-mine-" in run.name


def test_samples_are_a_table_with_units_in_its_columns(run: Run) -> None:
    samples = run.samples()
    assert {"round", "arm", "phase", "wall_ns", "cpu_ns"} <= set(samples.columns)
    assert set(samples["arm"].dropna()) == {"good", "unbuilt", "placebo"}


def test_tables_show_themselves_as_text_and_as_html(run: Run) -> None:
    assert "construct" in str(run.table())
    shown = run.table()._repr_html_()
    assert "<pre" not in shown
    assert "<td>construct</td>" in shown
    assert shown in run._repr_html_()


def test_findings_show_their_answer(run: Run) -> None:
    found = run.findings.model_copy(update={"answer": ("a <b> & c", "second")})
    assert found._repr_html_() == (
        f"<p>{run.name}</p><ul><li>a &lt;b&gt; &amp; c</li><li>second</li></ul>"
    )


def test_charts_show_themselves(run: Run) -> None:
    charts = run.charts(["svg", "png"])
    assert charts
    for chart in charts:
        assert chart.path.is_relative_to(run.path)
        assert (chart._repr_svg_() or "").count("<svg") == (chart.path.suffix == ".svg")
        assert (chart._repr_png_() is not None) == (chart.path.suffix == ".png")


def test_report_shows_itself(run: Run) -> None:
    report = run.report()
    assert report.path == run.path / "report" / "index.html"
    assert run.name in report.path.read_text(encoding="utf-8")
    shown = report._repr_html_()
    assert shown.startswith("<iframe ")
    assert shown.count("<") == 2


def test_explanation_is_made_once_and_stored_with_the_run(run: Run) -> None:
    found = run.explain()
    assert [each.architecture for each in found] == ["tests.fakes.builders:stack"]
    assert Run(run._folder).explain() == found


def test_explanation_for_which_there_was_no_time_is_made_when_it_is_asked_for(
    tmp_path: Path,
) -> None:
    hurried = measured(tmp_path, evidence=False)
    folder = hurried._folder
    task = PassLeftOut(what="growth", arm="good", layers=4)
    (full,) = hurried.explain()
    assert full.growth
    folder.write_explanation(full.model_copy(update={"growth": (), "left_out": (task,)}))
    (again,) = Run(folder).explain()
    assert again.growth
    assert not again.left_out


def test_run_is_found_again_by_its_name_a_prefix_its_path_and_as_the_latest(run: Run) -> None:
    runs = run.path.parent
    for name in (run.name, run.name[:-2], run.path, "latest"):
        assert open_run(name, runs).path == run.path
    with pytest.raises(InvalidRun, match="there is no run"):
        open_run("nothing", runs)


def test_scenario_is_measured_as_a_value(tmp_path: Path) -> None:
    scenario = Scenario(
        question="?",
        arms={"only": Arm("tests.fakes.builders:good")},
        baseline="only",
        architectures=("tests.fakes.builders:stack",),
        layers=(2,),
    )
    lines: list[str] = []
    again = measure(
        scenario,
        name="single",
        preset="quick",
        rounds=1,
        backends=("tests.fakes.framework",),
        out=tmp_path,
        progress=lines.append,
    )
    assert {each.scenario for each in again.findings.cells} == {"single"}
    assert any(line.startswith("round 1:") for line in lines)


def test_wrong_request_is_one_error_that_all_errors_derive_from(tmp_path: Path) -> None:
    with pytest.raises(UnknownName, match="unknown preset 'quik': did you mean 'quick'"):
        measured(tmp_path, preset="quik")
    with pytest.raises(BenchError, match="there is no module 'nowhere'"):
        measured(tmp_path, arms={"mine": "nowhere:build"})
    with pytest.raises(BenchError, match="is not a duration"):
        measured(tmp_path, budget="soon")
    assert list(tmp_path.glob("*/run.json")) == []


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"backends": ["tensorflw"]}, "unknown backend 'tensorflw': did you mean 'tensorflow'?"),
        ({"rounds": 0}, "its rounds are 0: they are from 1 to"),
        ({"seed": -1}, "its seed is -1: it is not below 0"),
    ],
)
def test_value_that_cannot_be_measured_is_refused_in_one_line(
    tmp_path: Path, changes: dict[str, object], words: str
) -> None:
    with pytest.raises(BenchError, match=re.escape(words)) as refused:
        measured(tmp_path, **changes)
    assert len(str(refused.value).splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


def test_other_threads_than_the_main_one_are_refused(tmp_path: Path) -> None:
    refused: list[BenchError] = []

    def call() -> None:
        try:
            measured(tmp_path)
        except BenchError as error:
            refused.append(error)

    thread = threading.Thread(target=call)
    thread.start()
    thread.join()
    assert "main thread" in str(refused[0])


def test_import_loads_nothing(tmp_path: Path) -> None:
    code = (
        "import sys\n"
        "before = set(sys.modules)\n"
        "import bench\n"
        "assert {'bench', '__future__', 'typing'} >= {\n"
        "    name for name in set(sys.modules) - before if name.split('.')[0] in\n"
        "    ('bench', 'keras', 'numpy', 'pandas', 'pydantic', 'tensorflow')}\n"
        "from bench import Arm, Scenario\n"
        "assert not {'numpy', 'pandas', 'pydantic', 'tensorflow'} & set(sys.modules)\n"
    )
    environment = {"PYTHONPATH": str(ROOT)}
    ran = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=environment, capture_output=True
    )
    assert ran.returncode == 0, ran.stderr.decode()


def test_public_names_are_all_there() -> None:
    for name in bench.__all__:
        assert getattr(bench, name) is not None
        assert name in dir(bench)
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        bench.nothing  # noqa: B018


def test_example_of_the_docstring_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "my_models.py").write_text(
        "from tests.fakes.builders import by_depth as build_old, by_depth as build_new\n"
    )
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    fake = partial(measure, rounds=1, backends=("tests.fakes.framework",), progress=False)
    example = doctest.DocTestParser().get_doctest(
        measure.__doc__ or "", {"measure": fake}, "measure", None, None
    )
    assert len(example.examples) == 3
    assert doctest.DocTestRunner().run(example).failed == 0
    assert open_run("latest").path.is_relative_to(tmp_path)
