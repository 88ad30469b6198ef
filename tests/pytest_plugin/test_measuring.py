"""What a session measures, and how pytest-benchmark reports it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from bench.analysis.samples.costs import run_costs
from bench.analysis.samples.invocations import to_invocations
from bench.domain.panel import FACTORS, Cell, Panel
from tests.pytest_plugin.sessions import HEAD, PHASES, ROOT, STACK, Sessions, declaration, plugin

pytest_plugins = ["pytester"]


def test_all_items_share_one_run_and_show_its_costs_exactly(sessions: Sessions) -> None:
    result = sessions.run("fakes.py", "--benchmark-json=out.json", rounds=3)
    result.assert_outcomes(passed=2 * 3 * len(PHASES))
    result.stdout.fnmatch_lines(
        [
            "bench: measuring fakes: 6 cells, at most 3 rounds or 2.8 min",
            "bench: round 3: *comparisons resolved*",
            "bench: 3 rounds * results/runs/*",
            "bench: read the verdicts with: bench show *-fakes-*",
        ]
    )
    (folder,) = sessions.runs()
    assert folder.record.status == "complete"
    costs = run_costs(to_invocations(folder.samples()), folder.record.plan).compared
    reported = json.loads((sessions.path / "out.json").read_text())["benchmarks"]
    assert len(reported) == 2 * 3 * len(PHASES)
    for benchmark in reported:
        about = benchmark["extra_info"]
        panel = Panel(**{name: about[name] for name in FACTORS})
        recorded = costs.of(Cell(panel, about["arm"]), about["phase"]).tolist()
        assert benchmark["stats"]["data"] == recorded
        assert len(recorded) == 3
        assert benchmark["params"] == {
            "architecture": STACK,
            "layers": about["layers"],
            "call_mode": "function",
            "arm": about["arm"],
            "phase": about["phase"],
        }


def test_arms_that_answer_otherwise_are_told(sessions: Sessions) -> None:
    sessions.write("others.py", HEAD + declaration("others", "good", "longer", layers=(2,)))
    result = sessions.run("others.py", "-k", "construct", rounds=1)
    result.stdout.fnmatch_lines(["bench: the outputs of longer differ from those of good*"])


def test_extra_info_holds_the_verdict_against_the_baseline(sessions: Sessions) -> None:
    sessions.run("fakes.py", "-k", "construct", "--benchmark-json=out.json").assert_outcomes(
        passed=6, deselected=6 * (len(PHASES) - 1)
    )
    (folder,) = sessions.runs()
    findings = folder.findings()
    assert findings is not None
    compared = {
        (finding.layers, finding.arm): finding
        for finding in findings.timings
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


@pytest.mark.parametrize("option", ["--benchmark-disable", "--benchmark-skip"])
def test_nothing_is_measured_where_benchmarks_are_off(sessions: Sessions, option: str) -> None:
    result = sessions.run("fakes.py", option, "-rs", "-W", "error")
    result.assert_outcomes(skipped=2 * 3 * len(PHASES))
    assert not (sessions.path / "results").exists()


def test_file_that_is_skipped_is_not_measured(sessions: Sessions) -> None:
    mark = "import pytest\npytestmark = pytest.mark.skip(reason='not today')\n"
    sessions.write("others.py", mark + HEAD + declaration("others", "good", layers=(3,)))
    result = sessions.run(".", "-k", "good-ready")
    result.assert_outcomes(passed=2, skipped=1, deselected=(6 + 2) * len(PHASES) - 3)
    (folder,) = sessions.runs()
    assert {panel.scenario for panel in folder.record.plan.panels} == {"fakes"}


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


def test_real_scenario_is_measured_with_tensorflow(tmp_path: Path) -> None:
    command = [
        *(sys.executable, "-m", "pytest", *plugin(), "scenarios"),
        *("-k", "build_style and not legacy and not no_rebuild and not functional"),
        *("--bench-layers=1,2", "--bench-rounds=1", f"--bench-out={tmp_path}"),
        *("-p", "no:cacheprovider", f"--benchmark-storage={tmp_path / 'storage'}"),
        f"--benchmark-json={tmp_path / 'out.json'}",
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
