"""Sessions of pytest over scenario files of the fake framework, each in a process of its own."""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psutil
import pytest

from bench.analysis.findings import FACTORS, Factors
from bench.analysis.invocations import arrange
from bench.analysis.rounds import reduce_rounds
from bench.plan.catalogue import defines_scenarios
from bench.plan.phases import COMPOSITES, ENTRIES, ITERATING
from bench.pytest_plugin import options
from bench.store.folder import RunFolder

pytest_plugins = ["pytester"]

ROOT = Path(__file__).parents[1]
PHASES = ENTRIES["function"].compared
STACK = "tests.fake_builders:stack"

HEAD = "from bench.plan.scenario import Arm, Scenario\n"


def declaration(name: str, *builders: str, layers: tuple[int, ...] = (2, 4)) -> str:
    """The source of a scenario that compares ``builders``, the first one the baseline."""
    arms = {builder.split(":")[-1]: builder for builder in map(_reference, builders)}
    return (
        f"{name} = Scenario(\n"
        f"    question='Which fake is fastest?',\n"
        f"    arms={{name: Arm(builder) for name, builder in {arms!r}.items()}},\n"
        f"    baseline={next(iter(arms))!r},\n"
        f"    architectures=({STACK!r},),\n"
        f"    layers={layers!r},\n"
        f")\n"
    )


def _reference(builder: str) -> str:
    return builder if ":" in builder else f"tests.fake_builders:{builder}"


class Sessions:
    """A directory in which to run pytest over scenario files."""

    def __init__(self, pytester: pytest.Pytester) -> None:
        self._pytester = pytester
        self.path = pytester.path

    def write(self, name: str, source: str) -> None:
        (self.path / name).write_text(source)

    def run(self, *arguments: str, rounds: int = 2) -> pytest.RunResult:
        return self._pytester.runpytest_subprocess(*_plugin(), *_fake(rounds), *arguments)

    def start(self, *arguments: str, rounds: int) -> subprocess.Popen[str]:
        """A session that goes on by itself."""
        command = [sys.executable, "-m", "pytest", *_plugin(), *_fake(rounds), *arguments]
        return subprocess.Popen(command, cwd=self.path, stdout=subprocess.PIPE, text=True)

    def runs(self) -> list[RunFolder]:
        """Every run that was begun."""
        found = sorted((self.path / "results" / "runs").glob("*/run.json"))
        return [RunFolder(record.parent) for record in found]


def _plugin() -> list[str]:
    """What loads the plugin where it is not installed."""
    entry_points = importlib.metadata.entry_points(group="pytest11")
    is_installed = any(point.value == "bench.pytest_plugin" for point in entry_points)
    return [] if is_installed else ["-p", "bench.pytest_plugin"]


def _fake(rounds: int) -> list[str]:
    without_slow_plugins = ["-p", "no:hypothesispytest"]
    return [
        *without_slow_plugins,
        "--bench-backend=tests.fake_framework",
        f"--bench-rounds={rounds}",
    ]


@pytest.fixture
def sessions(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Sessions:
    """A directory with the scenario file ``fakes.py``: two arms, two depths."""
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("COLUMNS", "250")
    made = Sessions(pytester)
    made.write("fakes.py", HEAD + declaration("fakes", "good", "unbuilt"))
    return made


def test_all_items_share_one_run_and_show_its_samples_exactly(sessions: Sessions) -> None:
    result = sessions.run("fakes.py", "--benchmark-json=out.json", rounds=3)
    result.assert_outcomes(passed=2 * 3 * len(PHASES))
    result.stdout.fnmatch_lines(
        [
            "bench: measuring fakes: 6 cells, at most 3 rounds or * s",
            "bench: round 3: *comparisons resolved*",
            "bench: 3 rounds * results/runs/*",
            "bench: read the verdicts with: bench show *-fakes-*",
        ]
    )
    (folder,) = sessions.runs()
    assert folder.record.status == "complete"
    costs = reduce_rounds(arrange(folder.samples()), composites=COMPOSITES, iterating=ITERATING)
    reported = json.loads((sessions.path / "out.json").read_text())["benchmarks"]
    assert len(reported) == 2 * 3 * len(PHASES)
    for benchmark in reported:
        about = benchmark["extra_info"]
        factors = Factors(**{name: about[name] for name in FACTORS})
        recorded = costs.seconds_of(factors, about["arm"], about["phase"]).tolist()
        assert benchmark["stats"]["data"] == recorded
        assert len(recorded) == 3
        assert benchmark["params"] == {
            "architecture": STACK,
            "layers": about["layers"],
            "entry": "function",
            "arm": about["arm"],
            "phase": about["phase"],
        }


def test_extra_info_holds_the_verdict_against_the_baseline(sessions: Sessions) -> None:
    sessions.run("fakes.py", "-k", "construct", "--benchmark-json=out.json").assert_outcomes(
        passed=6, deselected=6 * (len(PHASES) - 1)
    )
    (folder,) = sessions.runs()
    findings = folder.findings()
    assert findings is not None
    compared = {
        (finding.layers, finding.arm): finding
        for finding in findings.comparisons
        if finding.phase == "construct"
    }
    for benchmark in json.loads((sessions.path / "out.json").read_text())["benchmarks"]:
        about = benchmark["extra_info"]
        assert about["run"] == folder.record.run
        assert about["baseline"] == "good"
        finding = compared.get((about["layers"], about["arm"]))
        assert (finding is None) == (about["arm"] == "good")
        for name in ("verdict", "ratio", "ratio_low", "ratio_high", "confidence"):
            assert about[name] == getattr(finding, name, None)


def test_only_selected_cells_and_what_they_are_compared_with_are_measured(
    sessions: Sessions,
) -> None:
    sessions.write("fakes.py", HEAD + declaration("fakes", "good", "unbuilt", "by_depth"))
    result = sessions.run("fakes.py", "-k", "stack-4 and unbuilt and construct")
    result.assert_outcomes(passed=1, deselected=2 * 4 * len(PHASES) - 1)
    (folder,) = sessions.runs()
    samples = folder.samples().dropna(subset=["arm"])
    assert set(samples["arm"]) == {"good", "placebo", "unbuilt"}
    assert set(samples["layers"]) == {4}


def test_baseline_alone_is_measured_alone(sessions: Sessions) -> None:
    sessions.run("fakes.py", "-k", "2-good").assert_outcomes(
        passed=len(PHASES), deselected=5 * len(PHASES)
    )
    (folder,) = sessions.runs()
    assert set(folder.samples()["arm"].dropna()) == {"good"}


@pytest.mark.parametrize("keyword", ["fakes", "stack", "unbuilt", "stack-4-", "time_to_first"])
def test_keyword_selects_by_scenario_architecture_arm_depth_and_phase(
    sessions: Sessions, keyword: str
) -> None:
    result = sessions.run("fakes.py", "-k", keyword, "--collect-only", "-q")
    collected = [line for line in result.outlines if "::" in line]
    assert collected
    assert all(keyword in line for line in collected)


def test_collecting_measures_nothing_and_imports_no_builder(sessions: Sessions) -> None:
    result = sessions.run("fakes.py", "--collect-only", "-q")
    result.stdout.fnmatch_lines([f"fakes.py::fakes[[]{STACK}-2-good-construct]"])
    assert not (sessions.path / "results").exists()


@pytest.mark.parametrize("option", ["--benchmark-disable", "--benchmark-skip"])
def test_nothing_is_measured_where_benchmarks_are_off(sessions: Sessions, option: str) -> None:
    result = sessions.run("fakes.py", option, "-rs", "-W", "error")
    result.assert_outcomes(skipped=2 * 3 * len(PHASES))
    assert not (sessions.path / "results").exists()


def test_ordinary_tests_are_skipped_where_only_benchmarks_are_wanted(sessions: Sessions) -> None:
    sessions.write("test_plain.py", "def test_plain(): pass\n")
    result = sessions.run(".", "-k", "plain or (2-good and ready)", "--benchmark-only")
    result.assert_outcomes(passed=1, skipped=1, deselected=6 * len(PHASES) - 1)


def test_results_are_grouped_so_that_arms_stand_together(sessions: Sessions) -> None:
    result = sessions.run("fakes.py", "-k", "construct or inference")
    result.stdout.fnmatch_lines(
        [
            f"*benchmark 'fakes/{STACK}/2/construct': 3 tests*",
            f"*benchmark 'fakes/{STACK}/4/time_to_first_inference': 3 tests*",
        ]
    )


def test_results_are_grouped_by_any_factor_and_shown_in_columns_asked_for(
    sessions: Sessions,
) -> None:
    result = sessions.run(
        "fakes.py", "--benchmark-group-by=param:phase", "--benchmark-columns=min,rounds"
    )
    result.stdout.fnmatch_lines(["*benchmark 'phase=construct': 6 tests*"])
    result.stdout.fnmatch_lines(["Name (time in *) * Min * Rounds*"])
    result.stdout.no_fnmatch_line("Name (time in *StdDev*")


def test_saved_results_are_compared_with(sessions: Sessions) -> None:
    arguments = ("fakes.py", "-k", "2-unbuilt-construct")
    sessions.run(*arguments, "--benchmark-autosave").assert_outcomes(
        passed=1, deselected=6 * len(PHASES) - 1
    )
    result = sessions.run(*arguments, "--benchmark-compare", "--benchmark-cprofile=tottime")
    result.assert_outcomes(passed=1, deselected=6 * len(PHASES) - 1)
    result.stdout.fnmatch_lines_random(
        ["*-2-unbuilt-construct] (0001_*", "*-2-unbuilt-construct] (NOW) *"]
    )
    assert len(sessions.runs()) == 2


def test_failed_builder_fails_its_items_in_one_line_and_leaves_the_others(
    sessions: Sessions,
) -> None:
    builders = ("good", "raises", "needs_newer_version")
    sessions.write("fakes.py", HEAD + declaration("fakes", *builders, layers=(2,)))
    result = sessions.run("fakes.py", "-rfs", "-W", "error", "--benchmark-json=out.json")
    result.assert_outcomes(passed=2 * len(PHASES), failed=len(PHASES), skipped=len(PHASES))
    result.stdout.fnmatch_lines(
        [
            "builder_error: the builder raised ValueError: no such luck (fake_builders.py, line *)",
            "FAILED *-2-raises-construct] - Failed: builder_error: the builder raised ValueError*",
            "SKIPPED [[]7] fakes.py:*: unavailable: *this version has no such method*",
        ]
    )
    result.stdout.no_fnmatch_line("*Traceback*")
    reported = json.loads((sessions.path / "out.json").read_text())["benchmarks"]
    assert {benchmark["params"]["arm"] for benchmark in reported} == {"good", "placebo"}


def test_cell_that_failed_at_times_shows_its_rounds_and_a_warning(sessions: Sessions) -> None:
    sessions.write(
        "mine.py",
        "from pathlib import Path\n"
        "from tests.fake_framework import Model\n"
        "def flaky(layers):\n"
        "    if not Path('tried').exists():\n"
        "        Path('tried').touch()\n"
        "        raise RuntimeError('the first time is the hardest')\n"
        "    return Model(layers)\n",
    )
    sessions.write("fakes.py", HEAD + declaration("fakes", "good", "mine:flaky", layers=(2,)))
    result = sessions.run("fakes.py", "-k", "flaky-construct", "--benchmark-json=out.json")
    result.assert_outcomes(passed=1, warnings=1, deselected=3 * len(PHASES) - 1)
    result.stdout.fnmatch_lines(["*flaky failed in 1 invocation: *the first time is the hardest*"])
    (benchmark,) = json.loads((sessions.path / "out.json").read_text())["benchmarks"]
    assert benchmark["stats"]["rounds"] == 1


def test_arm_that_cannot_be_imported_leaves_the_others_measured(sessions: Sessions) -> None:
    sessions.write("fakes.py", HEAD + declaration("fakes", "good", "no_such:thing", layers=(2,)))
    result = sessions.run("fakes.py", "-k", "construct")
    result.assert_outcomes(passed=2, failed=1, deselected=3 * (len(PHASES) - 1))
    result.stdout.fnmatch_lines(["no_such:thing: there is no module 'no_such' to import"])
    (folder,) = sessions.runs()
    assert set(folder.samples()["arm"].dropna()) == {"good", "placebo"}


def test_baseline_that_cannot_be_imported_fails_all_before_anything_is_measured(
    sessions: Sessions,
) -> None:
    sessions.write("fakes.py", HEAD + declaration("fakes", "no_such:thing", "good", layers=(2,)))
    result = sessions.run("fakes.py", "-k", "construct")
    result.assert_outcomes(failed=3, deselected=3 * (len(PHASES) - 1))
    result.stdout.fnmatch_lines(["FAILED *-good-construct] - Failed: no_such:thing: there is *"])
    assert not sessions.runs()


def test_unwritable_folder_of_runs_fails_in_one_line(sessions: Sessions) -> None:
    sessions.write("taken", "")
    result = sessions.run("fakes.py", "-k", "2-good-construct", "--bench-out=taken")
    result.assert_outcomes(failed=1, deselected=6 * len(PHASES) - 1)
    result.stdout.fnmatch_lines(["cannot write to taken: *"])


def test_scenarios_of_several_files_are_one_experiment(sessions: Sessions) -> None:
    sessions.write("others.py", HEAD + declaration("others", "good", "unbuilt", layers=(3,)))
    sessions.run(".", "-k", "ready").assert_outcomes(passed=9, deselected=9 * (len(PHASES) - 1))
    (folder,) = sessions.runs()
    assert [scenario.name for scenario in folder.record.plan.scenarios] == ["fakes", "others"]
    assert set(folder.samples()["scenario"].dropna()) == {"fakes", "others"}


def test_scenario_that_two_files_share_is_measured_once(sessions: Sessions) -> None:
    source = "from fakes import fakes\n" + HEAD + declaration("own", "good", layers=(2,))
    sessions.write("more.py", source)
    result = sessions.run(".", "-k", "2-good-construct")
    result.assert_outcomes(passed=3, deselected=(6 + 6 + 2) * len(PHASES) - 3)
    (folder,) = sessions.runs()
    assert len(folder.record.plan.panels) == 2


def test_two_scenarios_of_one_name_are_refused(sessions: Sessions) -> None:
    sessions.write("others.py", HEAD + declaration("fakes", "good", layers=(3,)))
    result = sessions.run(".", "--collect-only")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*two scenarios of this session are called 'fakes': *"])


def test_file_that_is_a_test_module_too_is_collected_once(sessions: Sessions) -> None:
    source = HEAD + declaration("speed", "good", layers=(2,)) + "def test_plain(): pass\n"
    sessions.write("test_mixed.py", source)
    for argument in (".", "test_mixed.py"):
        result = sessions.run(argument, "-k", "mixed", "--collect-only", "-q")
        collected = [line for line in result.outlines if line.startswith("test_mixed.py::")]
        assert len(collected) == len(set(collected)) == 1 + 2 * len(PHASES)
    item = f"test_mixed.py::speed[{STACK}-2-good-ready]"
    sessions.run(item, "test_mixed.py::test_plain").assert_outcomes(passed=2)


def test_sessions_without_scenario_files_import_nothing_heavy(sessions: Sessions) -> None:
    (sessions.path / "fakes.py").unlink()
    sessions.write(
        "test_plain.py",
        "import sys\n"
        "def test_plain():\n"
        "    heavy = {'numpy', 'pandas', 'pyarrow', 'pydantic', 'psutil', 'rich', 'tensorflow'}\n"
        "    assert not heavy & set(sys.modules)\n",
    )
    # Files that look a little like scenario files, and one that is no text at all.
    sessions.write("steps.py", "from nowhere import Scenario\nfeature = Scenario()\n")
    (sessions.path / "binary.py").write_bytes(b"bench.plan.scenario \xff\x00")
    result = sessions.run(".")
    result.assert_outcomes(passed=1)
    result.stdout.no_fnmatch_line("bench:*")


def test_tests_of_the_suite_declare_no_scenario_to_measure() -> None:
    assert not [path for path in (ROOT / "tests").rglob("*.py") if defines_scenarios(path)]


@pytest.mark.parametrize("text", ["0", "-3", "x", "", "4,,16", "4.5"])
def test_layer_counts_are_whole_numbers_from_1(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match="is no whole number from 1"):
        options.layer_counts(text)


@pytest.mark.parametrize("text", ["0", "-1", "nan", "inf", "10m", ""])
def test_budget_is_a_number_of_seconds(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match="is no number of seconds above 0"):
        options.seconds(text)


def test_lists_hold_each_value_once() -> None:
    assert options.layer_counts("64, 4,4") == (4, 64)
    assert options.names("mlp, cnn,mlp") == ("mlp", "cnn")
    with pytest.raises(argparse.ArgumentTypeError, match="is no list of names"):
        options.names("mlp,")


def test_wrong_option_is_refused_in_one_line(sessions: Sessions) -> None:
    result = sessions.run("fakes.py", "--bench-layers=4,0")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*--bench-layers: '0' is no whole number from 1"])


def test_wrong_names_and_scenarios_are_told_in_one_line(sessions: Sessions) -> None:
    result = sessions.run("fakes.py", "--bench-architecture=mpl")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["unknown architecture 'mpl': did you mean 'mlp'? *"])
    sessions.write("fakes.py", HEAD + "bad = Scenario('Why?', arms={}, baseline='none')\n")
    result = sessions.run("fakes.py")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["baseline 'none' is none of the arms: *"])


def test_options_choose_depths_architectures_and_the_folder_of_runs(sessions: Sessions) -> None:
    flat = HEAD + (
        "flat = Scenario('Flat?', arms={'all': Arm('tests.fake_builders:without_depth')}, "
        "baseline='all')\n"
    )
    sessions.write("flat.py", flat)
    result = sessions.run(
        ".", "-k", "ready", "--bench-layers=3", "--bench-out=elsewhere", "--bench-preset=standard"
    )
    result.assert_outcomes(passed=3 + 2, deselected=5 * (len(PHASES) - 1))
    result.stdout.fnmatch_lines(["bench: read the verdicts with: bench show elsewhere/*"])
    (record,) = (sessions.path / "elsewhere").glob("*/run.json")
    panels = RunFolder(record.parent).record.plan.panels
    assert [(panel.scenario, panel.layers) for panel in panels] == [("fakes", 3), ("flat", None)]


def test_interrupted_session_keeps_its_rounds_and_leaves_no_process(sessions: Sessions) -> None:
    session = sessions.start("fakes.py", "--bench-budget=600", rounds=100_000)
    deadline = time.monotonic() + 60
    while not any(folder.rounds() for folder in sessions.runs()):
        assert time.monotonic() < deadline, "no round was finished in a minute"
        assert session.poll() is None, session.communicate()[0]
        time.sleep(0.05)
    family = psutil.Process(session.pid).children(recursive=True)
    session.send_signal(signal.SIGINT)
    said = session.communicate(timeout=30)[0]
    assert session.returncode == pytest.ExitCode.INTERRUPTED
    _, alive = psutil.wait_procs(family, timeout=5)
    assert not alive, f"left behind: {alive}"
    (folder,) = sessions.runs()
    assert folder.record.status == "interrupted"
    assert f"bench: finish the run with: bench run --resume {folder.record.run}" in said


def test_real_scenario_is_measured_with_tensorflow(tmp_path: Path) -> None:
    command = [
        *(sys.executable, "-m", "pytest", *_plugin(), "scenarios"),
        *("-k", "build_style and not legacy and not no_rebuild and not functional"),
        *("--bench-layers=1,2", "--bench-rounds=1", f"--bench-out={tmp_path}"),
        *("-p", "no:cacheprovider", f"--benchmark-json={tmp_path / 'out.json'}"),
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    reported: list[dict[str, Any]] = json.loads((tmp_path / "out.json").read_text())["benchmarks"]
    assert {(each["params"]["arm"], each["params"]["layers"]) for each in reported} == {
        (arm, layers)
        for arm in ("inline", "placebo", "incremental", "incremental_deferred")
        for layers in (1, 2)
    }
    assert {each["params"]["phase"] for each in reported} == set(PHASES)
    assert all(each["stats"]["min"] > 0 for each in reported)
